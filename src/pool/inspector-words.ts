/** What is said of processes that are debugged, and what Node itself says of them. */

import { isIP } from 'node:net';
import type { InspectorSettings } from '../protocol/inspector';

export const CALLS_WAIT =
  'calls wait for the one that runs, which is perhaps paused in the debugger; a Function that calls another one of this project over HTTP waits for ever, unless --max-instances 2 gives it a second process (with the next port)';

const NOWHERE: InspectorSettings = { host: '', port: 0, waits: false };

/** `url` is `null` where the port could not be opened. */
export function inspectorNotice(
  settings: InspectorSettings | null,
  url: string | null,
): ['info' | 'error', string] {
  const { host, port, waits } = settings ?? NOWHERE;
  if (url === null) {
    return [
      'error',
      `HS_CANNOT_INSPECT: no debugger can attach: port ${port} is in use; this is tried again`,
    ];
  }
  const held = waits ? '; nothing runs before a debugger has attached' : '';
  const place = isIP(host) === 6 ? `[${host}]` : host;
  return [
    'info',
    `Debugger listening on ${url} - open chrome://inspect or attach VS Code to ${place}:${port}${held}`,
  ];
}

/** Written by Node to stderr: no words of the author's code, and told by us where they matter. */
const WORDS =
  /^(?:Debugger (?:listening on|ending on) .*|Debugger attached\.|For help, see: https:\/\/nodejs\.org\/.*inspector.*|Waiting for the debugger to disconnect\.\.\.|Starting inspector on .*)\r?\n/gm;

/** Of a process that is not debugged everything stays. */
export function withoutInspectorWords(chunk: Buffer, inspector: InspectorSettings | null): Buffer {
  if (inspector === null) return chunk;
  const text = chunk.toString('latin1');
  const rest = text.replace(WORDS, '');
  return rest.length === text.length ? chunk : Buffer.from(rest, 'latin1');
}
