/** The result of an invocation -> the HTTP response; F7, F14 and the end of the table of refusals. */
import { ERRORS, type ErrorCode } from '../errors';
import { answerHeaders, hasNoBody } from '../model/answer-headers';
import { RESPONSE_BODY_BYTES } from '../model/limits';
import type { BodyKind, Failure, Reply } from '../protocol/messages';
import { checkAuthorHeaders } from './author-headers';
import { ERROR_PAGE_CSP, renderErrorPage } from './error-page';
import { type Exchange, KEPT_RESPONSE_BYTES, keepBody, NO_HEADERS } from './exchange';
import { refuse, TEXT_TYPE } from './send';

/** As the hosted platform spells them (functions-behaviour 7.1, 6.4). */
const DEFAULT_TYPES: Readonly<Record<BodyKind, string | null>> = {
  none: null,
  text: TEXT_TYPE,
  json: 'application/json',
  xml: 'text/xml',
  binary: 'application/octet-stream',
};

const PAGE_TYPE = 'text/html; charset=utf-8';

/** Hot. `running`: invocations at this moment, as the header `x-twilio-function-concurrency` tells. */
export function respond(exchange: Exchange, reply: Reply, running: number): void {
  const { failure } = reply;
  if (failure !== null) exchange.fail(failure.code, describeFailure(failure));
  if (reply.status < 200 || reply.status > 599) {
    return refuse(
      exchange,
      'HS_RESULT_INVALID',
      `the status ${reply.status} is not an integer from 200 to 599`,
    );
  }
  let type = DEFAULT_TYPES[reply.kind];
  let lines: readonly string[] = NO_HEADERS;
  if (reply.headers.length > 0) {
    const checked = checkAuthorHeaders(reply.headers, Date.now());
    if ('code' in checked) return refuse(exchange, checked.code, checked.detail);
    lines = checked.lines;
    type = checked.contentType ?? type;
  }
  const bytes = reply.oversize > 0 ? reply.oversize : reply.body.length;
  if (bytes > RESPONSE_BODY_BYTES) {
    return refuse(
      exchange,
      'HS_RESPONSE_TOO_LARGE',
      `the body has ${bytes} bytes, ${RESPONSE_BODY_BYTES} are allowed`,
    );
  }
  send(exchange, reply, type, lines, running);
}

function send(
  exchange: Exchange,
  { status, body }: Reply,
  type: string | null,
  author: readonly string[],
  running: number,
): void {
  const { res, id } = exchange;
  const head = { id, status, contentType: type, bytes: body.length, running };
  const headers = answerHeaders(author, head);
  res.writeHead(status, headers);
  // The record of a HEAD has no body, and so not its size.
  if (exchange.isHead) exchange.responseHeaders = headers;
  else {
    exchange.responseHeaders = author;
    exchange.running = running;
  }
  // As a Latin-1 string, because node:http joins a string with the head into one write; the bytes stay the same.
  if (hasNoBody(status) || body.length === 0) res.end();
  else if (body.length < 16_384) {
    const latin1 = body.toString('latin1');
    if (exchange.keepsTraffic) exchange.responseBody = { content: body, bytes: body.length };
    res.end(latin1, 'latin1');
  } else {
    if (exchange.keepsTraffic) exchange.responseBody = keepBody(body, KEPT_RESPONSE_BYTES);
    res.end(body);
  }
  exchange.end(status, type);
}

/** The same status, with a page instead of the body. `root`: the project, whose source lines are shown. */
export function respondWithPage(exchange: Exchange, failure: Failure, status: number, root: string): void {
  const { res, head, id } = exchange;
  exchange.fail(failure.code, describeFailure(failure));
  const page = Buffer.from(
    renderErrorPage({
      status,
      code: failure.code,
      method: head.method,
      target: head.target,
      requestId: id,
      resource: exchange.route === null ? null : exchange.route.name,
      root,
      failure,
      detail: null,
      console: exchange.console,
    }),
  );
  const headers = ['Content-Type', PAGE_TYPE, 'Content-Length', String(page.length)];
  headers.push(
    'Content-Security-Policy',
    ERROR_PAGE_CSP,
    'Cache-Control',
    'no-store',
    'Twilio-Request-Id',
    id,
  );
  exchange.responseHeaders = headers;
  if (exchange.keepsTraffic) exchange.responseBody = keepBody(page, KEPT_RESPONSE_BYTES);
  res.writeHead(status, headers);
  res.end(page);
  exchange.end(status, PAGE_TYPE);
}

export function describeFailure({ name, message, stack }: Failure): string {
  return stack ?? (name === '' ? message : `${name}: ${message}`);
}

/** What a client gets when there is no reply at all: the text of the code, and nothing else. */
export function respondFailed(exchange: Exchange, code: ErrorCode, detail: string): void {
  const retry = ERRORS[code].status === 429 ? ['Retry-After', '1'] : [];
  refuse(exchange, code, detail, retry);
}
