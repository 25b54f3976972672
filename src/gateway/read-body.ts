/** Reads a request body within its limit, and within what all bodies may take. */
import { REQUEST_BYTES } from '../model/limits';
import { type BodyMemory, uncountedBytesOf } from './body-memory';
import type { Exchange } from './exchange';
import { refuse } from './send';

const EMPTY = Buffer.alloc(0);
const COME_AGAIN = ['Retry-After', '1'];

/** Hot. Calls `done` with the body as sent, or refuses the request and ends the exchange. */
export function readBody(exchange: Exchange, memory: BodyMemory, done: (body: Buffer) => void): void {
  const { req, head } = exchange;
  const room = REQUEST_BYTES - head.bytes;
  if ((head.contentLength ?? 0) > room) {
    const detail = `Content-Length ${head.contentLength} and ${head.bytes} bytes of request line and headers`;
    return refuse(exchange, 'HS_REQUEST_TOO_LARGE', detail);
  }
  if (!head.hasBody) return done(EMPTY);
  if (exchange.expectsContinue) exchange.res.writeContinue();
  const uncountedBytes = uncountedBytesOf(exchange);
  let first: Buffer | null = null;
  let more: Buffer[] | null = null;
  let bytes = 0;
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > uncountedBytes && !isWanted(exchange, memory, bytes, room)) {
      first = null;
      more = null;
    } else if (first === null) first = chunk;
    else if (more === null) more = [first, chunk];
    else more.push(chunk);
  });
  req.on('end', () => {
    if (exchange.ended) return;
    done(more === null ? (first ?? EMPTY) : Buffer.concat(more, bytes));
  });
  req.on('close', () => endIfCut(exchange));
}

/** `false`: it is too large, and the request was refused. */
function isWanted(exchange: Exchange, memory: BodyMemory, bytes: number, room: number): boolean {
  if (exchange.ended) return false;
  if (bytes > room) refuse(exchange, 'HS_REQUEST_TOO_LARGE', `over ${room} bytes had arrived`);
  else if (!memory.hold(exchange, bytes))
    refuse(exchange, 'HS_BODIES_TOO_LARGE', memory.explain(), COME_AGAIN);
  return !exchange.ended;
}

/**
 * A kilobyte may inflate to the limit of a request, so that is what it takes until its size is known. `inflated`:
 * `null` before. `false`: there is no room, and the request was refused.
 */
export function holdInflated(
  exchange: Exchange,
  memory: BodyMemory,
  raw: Buffer,
  inflated: Buffer | null,
): boolean {
  if (memory.hold(exchange, raw.length + (inflated === null ? REQUEST_BYTES : inflated.length))) return true;
  refuse(exchange, 'HS_BODIES_TOO_LARGE', memory.explain(), COME_AGAIN);
  return false;
}

/** Whether a GET or HEAD that may carry a body carries one: `done` is called when it turns out that it does not. */
export function expectNoBody(exchange: Exchange, done: () => void): void {
  const { req, head } = exchange;
  if ((head.contentLength ?? 0) > 0) return refuse(exchange, 'HS_GET_WITH_BODY', null);
  if (head.transferEncoding === undefined) return done();
  if (exchange.expectsContinue) exchange.res.writeContinue();
  req.on('data', () => {
    if (!exchange.ended) refuse(exchange, 'HS_GET_WITH_BODY', null);
  });
  req.on('end', () => {
    if (!exchange.ended) done();
  });
  req.on('close', () => endIfCut(exchange));
}

/** The client went away, or its framing broke (then the server has answered on the socket). */
function endIfCut(exchange: Exchange): void {
  if (exchange.ended || exchange.req.complete) return;
  exchange.fail('HS_BODY_UNREADABLE', 'the connection ended before the body did');
  exchange.end(400, null);
}
