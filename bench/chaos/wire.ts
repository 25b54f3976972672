/** Requests as bytes. */
import { sign } from '../projects/sms';
import type { Call } from './bed';

export interface Parts {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `null`: none, and no Content-Length. */
  readonly body?: string | null;
}

/** Signatures cover it. */
const HOST = '127.0.0.1';
const FORM = 'application/x-www-form-urlencoded';

/** ASCII only. */
export function encode({ method, target, headers = {}, body = null }: Parts): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = body === null ? '' : `Content-Length: ${body.length}\r\n`;
  return `${method} ${target} HTTP/1.1\r\nHost: ${HOST}\r\n${lines.join('')}${length}\r\n${body ?? ''}`;
}

export function partsOf({ id, kind, variant }: Call): Parts {
  const event = { ...variant.event, id: String(id) };
  const target = `/${kind.name}`;
  switch (variant.method ?? 'GET') {
    case 'GET':
      return { method: 'GET', target: `${target}?${new URLSearchParams(event)}` };
    case 'form':
      return post(target, FORM, new URLSearchParams(event).toString());
    case 'json':
      return post(target, 'application/json', JSON.stringify(event));
  }
}

/** As the vendor sends webhooks to a protected path. */
export function signedParts({ id, kind, variant }: Call): Parts {
  const event = { ...variant.event, id: String(id) };
  const target = `/${kind.name}`;
  const { headers, ...rest } = post(target, FORM, new URLSearchParams(event).toString());
  const signature = sign(`http://${HOST}${target}`, event);
  return { ...rest, headers: { ...headers, 'X-Twilio-Signature': signature } };
}

function post(target: string, type: string, body: string): Parts {
  return { method: 'POST', target, headers: { 'Content-Type': type }, body };
}
