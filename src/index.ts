/** What the package offers to programs; the command line is `main.ts`. */
export { CodedError, ERRORS, type ErrorCode, type ErrorRow } from './errors';
export type { AssetResource, Build, BuildProblem, FunctionResource, Visibility } from './model/build';
export type { ConsoleLevel, ConsoleLine, LateLine, RequestRecord } from './model/invocation';
export {
  type Isolation,
  type Platform,
  type PlatformEvents,
  type PlatformOptions,
  type ProjectOptions,
  startPlatform,
} from './platform';
