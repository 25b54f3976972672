import { posix } from 'node:path';
import type { Visibility } from './build';
import { PATH_CHARACTERS } from './limits';

/** Where a file of a project goes: its URL path and who may reach it, or why it cannot have a path. */
export type Placement =
  | { readonly kind: 'placed'; readonly path: string; readonly visibility: Visibility }
  | { readonly kind: 'refused'; readonly reason: string };

/** The hosted platform knows the first one alone. */
export const FUNCTION_EXTENSIONS: readonly string[] = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/** `sms/reply.protected.js` -> `/sms/reply`, protected. The name is relative to the folder of Functions. */
export function placeFunction(name: string): Placement {
  return place(name, FUNCTION_EXTENSIONS);
}

/** `data.private.json` -> `/data.json`, private. The name is relative to the folder of Assets. */
export function placeAsset(name: string): Placement {
  return place(name, []);
}

/** Why a Function or an Asset cannot have this path, or `null` (functions-behaviour 1.1, facts 3 and 5). */
export function refusePath(path: string): string | null {
  if (!path.startsWith('/')) return `its path ${JSON.stringify(path)} does not begin with "/"`;
  const forbidden = FORBIDDEN.exec(path);
  if (forbidden !== null) {
    return `its path would be ${JSON.stringify(path)}, and a path cannot hold ${JSON.stringify(forbidden[0])}`;
  }
  if (path.length > PATH_CHARACTERS) {
    return `its path would have ${path.length} characters; ${PATH_CHARACTERS} are allowed`;
  }
  if (DOT_SEGMENT.test(path)) {
    return `its path would be ${JSON.stringify(path)}, and clients remove "." and ".." before they send a request`;
  }
  return null;
}

/**
 * What clients send instead of this path, or `null` where they send it as it is. Paths match without any decoding,
 * so a path that clients encode is never reached: `/größe` arrives as `/gr%C3%B6%C3%9Fe`.
 */
export function encodedByClients(path: string): string | null {
  const sent = new URL(`http://localhost${path}`).pathname;
  return sent === path ? null : sent;
}

const FORBIDDEN = /[#;,?:@+&$()'" ]/;
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;

/**
 * The rule of the vendor's toolkit, with its corners: a marker counts anywhere in the name as long as the last
 * extension follows it (also in a folder: `x.protected.js/foo.js`), but only its first occurrence in the base
 * name is removed; extensions and markers are case-sensitive; a backslash is a separator on every system.
 */
function place(name: string, droppedExtensions: readonly string[]): Placement {
  const unixName = name.replaceAll('\\', '/');
  const extension = posix.extname(unixName);
  const visibility = visibilityOf(unixName, extension);
  const base = posix.basename(unixName, extension).replace(`.${visibility}`, '');
  const kept = droppedExtensions.includes(extension) ? '' : extension;
  const path = `/${posix.join(posix.dirname(unixName), base)}${kept}`.replaceAll(/\s/g, '-');
  const reason = refusePath(path);
  return reason === null ? { kind: 'placed', path, visibility } : { kind: 'refused', reason };
}

function visibilityOf(name: string, extension: string): Visibility {
  if (name.includes(`.protected${extension}`)) return 'protected';
  if (name.includes(`.private${extension}`)) return 'private';
  return 'public';
}
