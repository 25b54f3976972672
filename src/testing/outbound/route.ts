/** `POST /2010-04-01/Accounts/:sid/Messages.json`, `GET https://api.example.com/*`, `/path` for every method. */
import { CodedError } from '../../errors';
import type { OutboundRequest } from './request';

/** Returns what is answered; see `answerOf`. */
export type OutboundHandler = (request: OutboundRequest) => unknown;

export interface OutboundRoute {
  readonly method: string | null;
  /** `null`: every host of the vendor. */
  readonly host: string | null;
  readonly path: RegExp;
  readonly names: readonly string[];
  readonly handler: OutboundHandler;
}

const PATTERN = /^(?:([A-Za-z]+) +)?(?:https?:\/\/([^/?#]+))?(\/[^?#]*)?$/;

/** Throws `CodedError` (HS_TEST_USAGE). */
export function createRoute(pattern: string, handler: OutboundHandler): OutboundRoute {
  const [, method = null, host = null, path] = PATTERN.exec(String(pattern)) ?? [];
  if (host === null && path === undefined) throw misread(pattern);
  const names: string[] = [];
  const source = (path ?? '/*').split('/').map((part) => sourceOf(part, names));
  return {
    method: method === null ? null : method.toUpperCase(),
    host: host === null ? null : host.toLowerCase().replace(/:\d+$/, ''),
    path: new RegExp(`^${source.join('/')}$`),
    names,
    handler,
  };
}

/** What the names of the pattern stand for; `null` where the request is another one. */
export function matchRoute(route: OutboundRoute, request: OutboundRequest): Record<string, string> | null {
  if (route.method !== null && route.method !== request.method) return null;
  if (route.host === null ? !isTwilio(request.host) : route.host !== request.host) return null;
  const found = route.path.exec(request.path);
  if (found === null) return null;
  return Object.fromEntries(route.names.map((name, at) => [name, decode(found[at + 1] ?? '')]));
}

export function isTwilio(host: string): boolean {
  return host === 'twilio.com' || host.endsWith('.twilio.com');
}

/** `:sid.json` is a name and the text behind it. */
function sourceOf(part: string, names: string[]): string {
  if (part === '*') return '.*';
  const [, name, rest = ''] = /^:([A-Za-z_]\w*)(.*)$/.exec(part) ?? [];
  if (name === undefined) return literal(part);
  names.push(name);
  return `([^/]+?)${literal(rest)}`;
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function misread(pattern: string): CodedError {
  const examples =
    "'POST /2010-04-01/Accounts/:sid/Messages.json' or 'GET https://api.example.com/orders/:id'";
  return new CodedError('HS_TEST_USAGE', `${JSON.stringify(pattern)} is no request: write ${examples}`);
}
