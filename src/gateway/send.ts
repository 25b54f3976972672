/** The gateway's own answers, and what happens to a request body that nobody reads. */
import { ERRORS, type ErrorCode } from '../errors';
import { REQUEST_BYTES } from '../model/limits';
import type { Exchange } from './exchange';

export const TEXT_TYPE = 'text/plain; charset=utf8';

/** An unread rest up to this size is read and dropped, and the connection goes on. */
const KEEP_ALIVE_BYTES = 64 * 1024;
/**
 * With more than that the connection is closed, but only after this much or this long: else the client sees a reset.
 * As much as a body may have, which is more than request-flow's "some hundred kB": nginx sends all of it before it
 * looks for an answer, and makes a 502 of a reset. With 512 kB that was seen for 11 of 180 refused bodies of 600 kB and
 * more (test/proxy.test.ts sends such).
 */
const LINGER_BYTES = REQUEST_BYTES;
const LINGER_MS = 2_000;

/** Sends the text of the code and ends the exchange. `status` overrides that of the table. */
export function refuse(
  exchange: Exchange,
  code: ErrorCode,
  detail: string | null,
  headers: readonly string[] = [],
  status: number = ERRORS[code].status ?? 500,
): void {
  exchange.fail(code, detail);
  const { text } = ERRORS[code];
  sendShort(exchange, status, text, TEXT_TYPE, headers);
}

/** `text` is ASCII; `headers`: name, value, name, value, …  */
export function sendShort(
  exchange: Exchange,
  status: number,
  text: string,
  type: string,
  headers: readonly string[],
): void {
  const { res, req } = exchange;
  if (exchange.ended) return;
  const lingers = hasLongRest(exchange);
  const lines = ['Content-Type', type, 'Content-Length', String(text.length), ...headers];
  lines.push('Twilio-Request-Id', exchange.id);
  if (lingers && !headers.includes('Connection')) lines.push('Connection', 'close');
  if (!res.destroyed && !res.headersSent) {
    exchange.responseHeaders = lines;
    if (exchange.keepsTraffic && text !== '') exchange.responseBody = { content: text, bytes: text.length };
    res.writeHead(status, lines);
    if (lingers) linger(exchange, text);
    else res.end(text);
    if (!req.complete && !lingers) req.resume();
  }
  exchange.end(status, type);
}

/** Whether more of the request body may still come than is worth reading for the sake of the connection. */
function hasLongRest({ req, head }: Exchange): boolean {
  if (req.complete || !head.hasBody) return false;
  return head.transferEncoding !== undefined || (head.contentLength ?? 0) > KEEP_ALIVE_BYTES;
}

/**
 * Sends the answer but does not end it: node:http would close the socket at once, the kernel would answer what is
 * still arriving with a reset, and the client would see that instead of the answer.
 */
function linger({ req, res, isHead }: Exchange, text: string): void {
  if (!isHead && text !== '') res.write(text);
  else res.flushHeaders();
  let dropped = 0;
  const finish = () => {
    clearTimeout(timer);
    req.removeAllListeners('data');
    res.end();
  };
  const timer = setTimeout(finish, LINGER_MS);
  req.removeAllListeners('data');
  req.on('data', (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > LINGER_BYTES) finish();
  });
  req.once('end', finish);
  req.once('close', () => clearTimeout(timer));
  req.resume();
}
