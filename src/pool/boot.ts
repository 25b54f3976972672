import type { Build } from '../model/build';
import type { Boot, BootResource, Reading } from '../protocol/messages';

/** What an instance of this build is told before anything else. */
export function bootOf(build: Build, production: boolean, reading: Reading, temporaryFolder: string): Boot {
  return {
    root: build.root,
    production,
    functions: build.functions.map(placeOf),
    assets: build.assets.filter(({ visibility }) => visibility === 'private').map(placeOf),
    variables: build.variables,
    accountSid: build.accountSid,
    authToken: build.authToken,
    temporaryFolder,
    reading,
  };
}

function placeOf({ path, file }: BootResource): BootResource {
  return { path, file };
}
