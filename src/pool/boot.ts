import type { Build, FunctionResource } from '../model/build';
import type { InspectorSettings } from '../protocol/inspector';
import type { Boot, BootFunction, BootResource, Reading } from '../protocol/messages';
import type { OutboundHook } from '../protocol/outbound';

/** What the pool knows of an instance beside its build. */
export interface BootSettings {
  readonly production: boolean;
  readonly reading: Reading;
  readonly inspector: InspectorSettings | null;
  readonly temporaryFolder: string;
  /** Newer builds may come, and a part of the instances go on with them. */
  readonly tellsInputs: boolean;
  readonly outbound: OutboundHook | undefined;
}

/** What an instance of this build is told before anything else. */
export function bootOf(build: Build, { outbound, ...settings }: BootSettings): Boot {
  return {
    ...settings,
    root: build.root,
    functions: build.functions.map(functionOf),
    assets: build.assets.filter(({ visibility }) => visibility === 'private').map(placeOf),
    variables: build.variables,
    accountSid: build.accountSid,
    authToken: build.authToken,
    ...(outbound === undefined ? {} : { outbound }),
  };
}

function functionOf({ path, file, module }: FunctionResource): BootFunction {
  const { entry, format, failure } = module;
  const isPlain = entry === file && format === 'require' && failure === null;
  return isPlain ? { path, file } : { path, file, module: { entry, format, failure } };
}

function placeOf({ path, file }: BootResource): BootResource {
  return { path, file };
}
