import type { Build, FunctionResource } from '../model/build';
import type { Boot, BootFunction, BootResource, Reading } from '../protocol/messages';

/** What an instance of this build is told before anything else. */
export function bootOf(build: Build, production: boolean, reading: Reading, temporaryFolder: string): Boot {
  return {
    root: build.root,
    production,
    functions: build.functions.map(functionOf),
    assets: build.assets.filter(({ visibility }) => visibility === 'private').map(placeOf),
    variables: build.variables,
    accountSid: build.accountSid,
    authToken: build.authToken,
    temporaryFolder,
    reading,
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
