import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { AssetResource, Build, FunctionResource } from '../model/build';

/** 128 bits as hex: enough to tell builds apart, short enough for a log line. */
const ID_CHARACTERS = 32;

/**
 * `Build.id`. Functions count with their contents: they are small, and two saves within one tick of the file
 * system's clock can have the same size and time. Assets count with size and time of change only: they may be
 * gigabytes, and are read from the disk when they are asked for.
 *
 * What Functions require from elsewhere (`lib/`, `node_modules`, `package.json`) is not part of it: after such a file
 * was saved, the build has the same id and its instances are out of date all the same.
 */
export function digestBuild(
  functions: readonly FunctionResource[],
  assets: readonly AssetResource[],
  variables: Build['variables'],
): string {
  const hash = createHash('sha256');
  for (const { path, name, visibility, file } of functions) {
    const content = readContent(file);
    hash.update(JSON.stringify(['function', path, name, visibility, content.length])).update(content);
  }
  for (const { path, name, visibility, file } of assets) {
    hash.update(JSON.stringify(['asset', path, name, visibility, ...readState(file)]));
  }
  hash.update(JSON.stringify(Object.entries(variables).sort(byKey)));
  return hash.digest('hex').slice(0, ID_CHARACTERS);
}

/** A file that cannot be read is still a Function: calling it says why it fails. */
function readContent(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

function readState(file: string): readonly number[] {
  const state = statSync(file, { throwIfNoEntry: false });
  return state === undefined ? [] : [state.size, state.mtimeMs];
}

function byKey([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : 1;
}
