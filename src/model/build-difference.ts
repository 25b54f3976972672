/** What of a newer build is new for processes that were started for an older one. */
import { isDeepStrictEqual } from 'node:util';
import type { AssetResource, Build, FunctionResource } from './build';

/** They were told the same of all but the code: Functions in their order, private Assets, variables, credentials. */
export function isToldTheSame(one: Build, other: Build): boolean {
  return isDeepStrictEqual(toldOf(one), toldOf(other));
}

/** Indexes of the Functions that are loaded from something else now; both builds have the same Functions. */
export function findNewModules(before: Build, after: Build): readonly number[] {
  const isNew = ({ index, module }: FunctionResource) =>
    !isDeepStrictEqual(loadedFrom(module), loadedFrom(before.functions[index]?.module));
  return after.functions.filter(isNew).map(({ index }) => index);
}

function toldOf({ root, functions, assets, variables, accountSid, authToken }: Build): unknown {
  const privateAssets = assets.filter(({ visibility }) => visibility === 'private');
  return [root, functions.map(placeOf), privateAssets.map(placeOf), variables, accountSid, authToken];
}

function placeOf({ path, file, visibility }: FunctionResource | AssetResource): unknown {
  return [path, file, visibility];
}

/** Without what it was made of, which says nothing about the result. */
function loadedFrom(module: FunctionResource['module'] | undefined): unknown {
  return module === undefined ? null : [module.entry, module.format, module.failure];
}
