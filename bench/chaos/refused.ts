/** Requests that must be refused before anything runs, with the status that refuses them. */
import { encode } from './wire';

export interface Refused {
  readonly name: string;
  readonly status: number;
  bytes(id: number): string;
}

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

export const REFUSED: readonly Refused[] = [
  {
    name: 'an unknown path',
    status: 404,
    bytes: (id) => encode({ method: 'GET', target: `/none?id=${id}` }),
  },
  { name: 'PUT', status: 405, bytes: (id) => encode({ method: 'PUT', target: `/sync?id=${id}`, body: 'x' }) },
  {
    name: 'a GET with a body',
    status: 403,
    bytes: (id) => encode({ method: 'GET', target: `/sync?id=${id}`, body: 'x' }),
  },
  { name: 'OPTIONS', status: 204, bytes: (id) => encode({ method: 'OPTIONS', target: `/sync?id=${id}` }) },
  {
    name: 'no signature',
    status: 400,
    bytes: (id) => encode({ method: 'POST', target: `/victim?id=${id}`, headers: FORM, body: 'Body=x' }),
  },
  {
    name: 'a wrong signature',
    status: 400,
    bytes: (id) => {
      const headers = { ...FORM, 'X-Twilio-Signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' };
      return encode({ method: 'POST', target: `/victim?id=${id}`, headers, body: 'Body=x' });
    },
  },
  {
    name: 'JSON that is none',
    status: 400,
    bytes: (id) => {
      const headers = { 'Content-Type': 'application/json' };
      return encode({ method: 'POST', target: `/sync?id=${id}`, headers, body: '{"id":' });
    },
  },
  {
    name: 'a declared body of 2 MB',
    status: 413,
    bytes: (id) =>
      encode({ method: 'POST', target: `/sync?id=${id}`, headers: { ...FORM, 'Content-Length': '2000000' } }),
  },
  {
    name: 'a chunked body of 1.2 MB',
    status: 413,
    bytes: (id) => {
      const head = encode({
        method: 'POST',
        target: `/sync?id=${id}`,
        headers: { ...FORM, 'Transfer-Encoding': 'chunked' },
      });
      return `${head}${`10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(19)}0\r\n\r\n`;
    },
  },
  {
    name: 'long headers',
    status: 431,
    bytes: (id) =>
      encode({ method: 'GET', target: `/sync?id=${id}`, headers: { Cookie: 'x'.repeat(20_000) } }),
  },
  {
    name: 'a long target',
    status: 414,
    bytes: (id) => encode({ method: 'GET', target: `/sync?id=${id}&x=${'x'.repeat(9_000)}` }),
  },
  {
    name: 'a length beside chunks',
    status: 400,
    bytes: (id) => {
      const headers = { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' };
      return `${encode({ method: 'POST', target: `/sync?id=${id}`, headers })}0\r\n\r\n`;
    },
  },
];
