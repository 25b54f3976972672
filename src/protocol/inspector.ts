import { need, parse } from './encoding';

/** Where a debugger attaches to an instance. */
export interface InspectorSettings {
  readonly host: string;
  readonly port: number;
  /** Nothing goes on before one has, and the first module of the author stops at its first line. */
  readonly waits: boolean;
}

/** What `node:inspector` gives: it is shown to people. */
const URL_OF_NODE = /^ws:\/\/[\w.:[\]-]{1,300}\/[\w-]{1,100}$/;

/** JSON text of a URL, or of `null`. Throws `ProtocolError`. */
export function decodeInspectorUrl(payload: Buffer): string | null {
  const url = parse(payload.toString('utf8'));
  need(url === null || (typeof url === 'string' && URL_OF_NODE.test(url)), 'inspecting');
  return url;
}
