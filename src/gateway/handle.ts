/**
 * The way of a request, from top to bottom. Each refusal stands where request-flow's table decides it.
 * Everything is a callback: a promise for each step would cost more than the steps.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode } from '../errors';
import type { AssetResource, Build, FunctionResource } from '../model/build';
import { HEADER_BYTES, HEADER_LINES, TARGET_BYTES } from '../model/limits';
import type { Invocation, Outcome } from '../pool/invocation';
import type { Pool } from '../pool/pool';
import { sendAsset, sentAsset } from './asset';
import { type BodyProblem, decodeBody } from './body';
import { BodyMemory } from './body-memory';
import { wantsPage } from './error-page';
import { buildEvent } from './event';
import { Exchange, type OnRecord } from './exchange';
import { ExplanationBrake, explainSignature } from './explain-signature';
import { isValidHost, type Origin } from './origin';
import { otherTokensOf } from './other-tokens';
import { Pipelines } from './pipelines';
import { expectNoBody, holdInflated, readBody } from './read-body';
import { RequestHead } from './request-head';
import { RequestIds } from './request-id';
import { respond, respondFailed, respondWithPage } from './respond';
import type { Route, RouteTable } from './router';
import { refuse, sendShort } from './send';
import { type SignedRequest, verifySignature } from './signature';

/** A build that is served: what `platform.ts` swaps when another build becomes live. */
export interface Site {
  readonly build: Build;
  readonly routes: RouteTable;
  readonly pool: Pool;
  /** No stack and no error page leaves the machine. */
  readonly production: boolean;
}

/** Where the gateway finds the site that is live. */
export interface Sites {
  /** `null` while a newer build is being made: then requests wait for it. */
  readonly live: Site | null;
  whenLive(next: (site: Site) => void): void;
  /** Like `whenLive`, but only once it is certain that no file was saved before the request arrived. */
  recheck(next: (site: Site) => void): void;
}

export interface GatewayOptions {
  readonly origin: Origin;
  readonly hasPublicUrl: boolean;
  readonly checkSignatures: boolean;
  readonly signatureStatus: 400 | 403;
  /** Of the bodies of all requests together. */
  readonly bodyMemoryMb: number;
  /** Records have what went over the wire. */
  readonly keepsTraffic: boolean;
}

/** Where somebody never stops saving, a request that has waited for so long gets the newest build that there is. */
const RESTART_MS = 3_000;
const ALLOW = ['Allow', 'GET, POST, OPTIONS'];
const CLOSE = ['Connection', 'close'];
/** functions-behaviour 2.1: the documented `*`, beside the other headers that the emulator's authors copied from the platform. */
const PREFLIGHT = [
  'Access-Control-Allow-Origin',
  '*',
  'Access-Control-Allow-Headers',
  '*',
  'Access-Control-Allow-Methods',
  'GET, POST, OPTIONS',
  'Access-Control-Expose-Headers',
  'ETag',
  'Access-Control-Max-Age',
  '86400',
  'Access-Control-Allow-Credentials',
  'true',
];
export class Handler {
  readonly #ids = new RequestIds();
  readonly #explanations = new ExplanationBrake();
  readonly #bodyMemory: BodyMemory;
  readonly #pipelines = new Pipelines();
  #lastHost = '';
  stopping = false;

  constructor(
    private readonly sites: Sites,
    private readonly options: GatewayOptions,
    private readonly onRecord: OnRecord,
  ) {
    this.#bodyMemory = new BodyMemory(options.bodyMemoryMb);
  }

  open(req: IncomingMessage, res: ServerResponse): Exchange {
    const exchange = new Exchange(this.#ids.next(), req, res, this.onRecord);
    exchange.keepsTraffic = this.keepsTraffic;
    return exchange;
  }

  get keepsTraffic(): boolean {
    return this.options.keepsTraffic;
  }

  nextId(): string {
    return this.#ids.next();
  }

  /** The same order as for all other methods, without waiting for a build. */
  refusalOfConnect(req: IncomingMessage): ErrorCode {
    if (this.stopping) return 'HS_STOPPING';
    const head = new RequestHead(req);
    const tooLong = explainTooLong(head);
    if (tooLong !== null) return tooLong.code;
    const isMissing = head.path.startsWith('/') && this.sites.live?.routes.find(head.path) === null;
    return isMissing ? 'HS_NOT_FOUND' : 'HS_METHOD_NOT_ALLOWED';
  }

  /** Hot. */
  readonly handle = (req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): Exchange => {
    const exchange = this.open(req, res);
    exchange.expectsContinue = expectsContinue;
    safely(exchange, () => this.#begin(exchange));
    return exchange;
  };

  #begin(exchange: Exchange): void {
    // The parser drops what follows such a request in the same packet: with the rest it would be out of step.
    if (exchange.head.offersUpgrade) exchange.res.shouldKeepAlive = false;
    const invalid = this.stopping ? null : this.#explainInvalid(exchange);
    if (this.stopping) refuse(exchange, 'HS_STOPPING', null, CLOSE);
    else if (invalid !== null) refuse(exchange, 'HS_BAD_REQUEST', invalid, CLOSE);
    else this.#limit(exchange);
  }

  /** What node:http lets through although it is not valid HTTP, or not unambiguous. */
  #explainInvalid({ head, req }: Exchange): string | null {
    if (req.httpVersion !== '1.1') {
      const reason = explainVersion(head, req.httpVersion);
      if (reason !== null) return reason;
    }
    if (head.transferEncoding !== undefined && head.transferEncoding.trim().toLowerCase() !== 'chunked') {
      return `Transfer-Encoding ${JSON.stringify(head.transferEncoding.slice(0, 100))} is not supported`;
    }
    if (head.hostLines === 0 && req.httpVersion !== '1.0') return 'there is no Host header';
    if (head.hostLines > 1) return 'there are several Host headers';
    return this.#isHost(head.host ?? '') ? null : 'the Host header is invalid';
  }

  /** It becomes a part of URLs. Nearly all requests name the same one. */
  #isHost(host: string): boolean {
    if (host === '' || host === this.#lastHost) return true;
    if (!isValidHost(host) || !URL.canParse(`http://${host}`)) return false;
    this.#lastHost = host;
    return true;
  }

  #limit(exchange: Exchange): void {
    const tooLong = explainTooLong(exchange.head);
    if (tooLong !== null) return refuse(exchange, tooLong.code, tooLong.detail);
    const { live } = this.sites;
    if (live !== null) this.#route(exchange, live);
    else this.sites.whenLive((site) => safely(exchange, () => this.#route(exchange, site)));
  }

  #route(exchange: Exchange, site: Site): void {
    const route = site.routes.find(exchange.head.path);
    if (route !== null) return this.#method(exchange, site, route);
    this.sites.recheck((latest) => {
      const found = latest.routes.find(exchange.head.path);
      if (found === null) refuse(exchange, 'HS_NOT_FOUND', null);
      else safely(exchange, () => this.#method(exchange, latest, found));
    });
  }

  #method(exchange: Exchange, site: Site, route: Route): void {
    exchange.route = route;
    exchange.build = site.build.id;
    switch (exchange.head.method) {
      case 'POST':
        return this.#admit(exchange, site, route);
      case 'GET':
      case 'HEAD':
        return expectNoBody(exchange, () => safely(exchange, () => this.#admit(exchange, site, route)));
      case 'OPTIONS':
        return sendPreflight(exchange);
      default:
        return refuse(exchange, 'HS_METHOD_NOT_ALLOWED', null, ALLOW);
    }
  }

  /** Before the body is read: could the request be signed at all? */
  #admit(exchange: Exchange, site: Site, route: Route): void {
    if (!this.#maySign(exchange, site, route)) return;
    if (exchange.head.method !== 'POST') return this.#verify(exchange, site, route);
    readBody(exchange, this.#bodyMemory, (raw) =>
      safely(exchange, () => this.#decode(exchange, site, route, raw)),
    );
  }

  #maySign(exchange: Exchange, site: Site, route: Route): boolean {
    if (!this.#isProtected(route)) return true;
    const isSigned = exchange.head.signature !== undefined;
    if (isSigned && site.build.authToken !== null) return true;
    const code = isSigned ? 'HS_NO_AUTH_TOKEN' : 'HS_SIGNATURE_MISSING';
    refuse(exchange, code, null, [], this.options.signatureStatus);
    return false;
  }

  #isProtected(route: Route): boolean {
    return this.options.checkSignatures && route.visibility === 'protected';
  }

  #decode(exchange: Exchange, site: Site, route: Route, raw: Buffer): void {
    const { contentType, contentEncoding } = exchange.head;
    exchange.raw = raw;
    if (contentEncoding !== undefined && !holdInflated(exchange, this.#bodyMemory, raw, null)) return;
    decodeBody(raw, contentType, contentEncoding, (error, body) => {
      if (error !== null) return refuse(exchange, error.code, error.detail);
      if (contentEncoding !== undefined) holdInflated(exchange, this.#bodyMemory, raw, body?.bytes ?? raw);
      exchange.body = body;
      safely(exchange, () => this.#verify(exchange, site, route));
    });
  }

  #verify(exchange: Exchange, site: Site, route: Route): void {
    // While its body arrived, a newer build may have become live, and the older one have ended its instances.
    if (site !== this.sites.live) return this.#goOn(exchange);
    const { head, req, res } = exchange;
    const { remoteAddress } = req.socket;
    const name = this.options.origin.of(
      head.host,
      remoteAddress,
      false,
      head.forwardedHost,
      head.forwardedProto,
    );
    if (this.#isProtected(route) && !this.#isSigned(exchange, site, name.base)) return;
    // Behind other requests of its connection.
    if (res.socket === null && !this.#pipelines.enter(exchange, () => this.#goOn(exchange))) return;
    if (route.kind === 'asset') this.#sendAsset(exchange, site, route);
    else this.#invoke(exchange, site, route, name.domainName);
  }

  #isSigned(exchange: Exchange, site: Site, base: string): boolean {
    const { head, raw, body } = exchange;
    const request = {
      token: site.build.authToken ?? '',
      signature: head.signature ?? '',
      base,
      target: head.target,
      form: body?.kind === 'form' ? body.form : null,
      body: raw,
      inflated: body?.bytes ?? raw,
    };
    if (verifySignature(request)) return true;
    refuse(
      exchange,
      'HS_SIGNATURE_WRONG',
      this.#explain(exchange, site, request),
      [],
      this.options.signatureStatus,
    );
    return false;
  }

  #explain({ req }: Exchange, { build }: Site, request: SignedRequest): string {
    if (!this.#explanations.allows(performance.now())) {
      return 'many signatures are wrong at the moment, so this one is not explained';
    }
    return explainSignature({
      request,
      publicUrl: this.options.hasPublicUrl,
      headers: req.headers,
      remoteAddress: req.socket.remoteAddress,
      otherTokens: otherTokensOf(build.variables, request.token),
    });
  }

  #sendAsset(exchange: Exchange, site: Site, asset: AssetResource): void {
    const { req, res } = exchange;
    const end = () => {
      const type = res.getHeader('Content-Type');
      if (exchange.keepsTraffic && !exchange.ended) Object.assign(exchange, sentAsset(res));
      exchange.end(res.statusCode, typeof type === 'string' ? type : null);
    };
    // The client has left: this was said already.
    if (res.destroyed) return end();
    res.once('close', end);
    res.setHeader('Twilio-Request-Id', exchange.id);
    sendAsset(req, res, asset, site.build.assetsFolder ?? site.build.root, (code, detail) => {
      refuse(exchange, code, detail);
    });
  }

  /** Hot. */
  #invoke(exchange: Exchange, site: Site, route: FunctionResource, domainName: string): void {
    const { head, body } = exchange;
    const input = {
      requestId: exchange.id,
      functionIndex: route.index,
      domainName,
      event: buildEvent(head.rawHeaders, head.query, body?.kind === 'form' ? body.form : null),
      body: body?.kind === 'json' ? body.text : '',
      mayRestart: !exchange.isRestarted || exchange.ageMs < RESTART_MS,
    };
    site.pool.invoke(input, (outcome, invocation) =>
      safely(exchange, () => this.#answer(exchange, site, outcome, invocation)),
    );
  }

  /** Another build may have become live meanwhile. */
  #goOn(exchange: Exchange): void {
    this.sites.whenLive((site) => safely(exchange, () => this.#routeAgain(exchange, site)));
  }

  /** Hot. */
  #answer(exchange: Exchange, site: Site, outcome: Outcome, invocation: Invocation): void {
    if (exchange.ended) return;
    exchange.invocation = outcome.type === 'superseded' ? null : invocation;
    exchange.answeredAt = performance.now();
    if (invocation.console !== null) exchange.console = invocation.console;
    exchange.consoleDropped = invocation.consoleDropped;
    switch (outcome.type) {
      case 'reply':
        if (outcome.reply.failure !== null && showsPage(exchange, site)) {
          return respondWithPage(exchange, outcome.reply.failure, outcome.reply.status, site.build.root);
        }
        return respond(exchange, outcome.reply, site.pool.running + 1);
      case 'failed':
        if (showsPage(exchange, site) && isFailureOfCode(outcome.code)) {
          const failure = { code: outcome.code, name: '', message: outcome.detail, stack: null };
          return respondWithPage(exchange, failure, ERRORS[outcome.code].status ?? 500, site.build.root);
        }
        return respondFailed(exchange, outcome.code, outcome.detail);
      case 'superseded':
        exchange.isRestarted = true;
        return this.#goOn(exchange);
    }
  }

  /** Something was saved since the request began: the newer build decides again. */
  #routeAgain(exchange: Exchange, site: Site): void {
    const route = site.routes.find(exchange.head.path);
    exchange.route = route;
    exchange.build = site.build.id;
    if (route === null) refuse(exchange, 'HS_NOT_FOUND', null);
    else if (this.#maySign(exchange, site, route)) this.#verify(exchange, site, route);
  }
}

/** A browser in development gets a page that it can read; webhooks and scripts get what production sends. */
function showsPage({ head }: Exchange, { production }: Site): boolean {
  return !production && wantsPage(head.accept);
}

/** Whether the author's code is to blame, and not the load or the machine. */
function isFailureOfCode(code: ErrorCode): boolean {
  const { status } = ERRORS[code];
  return (status === 500 || status === 504) && code !== 'HS_START_FAILED' && code !== 'HS_INTERNAL';
}

/** A defect of ours costs one exchange its answer, and nobody else anything. */
function safely(exchange: Exchange, step: () => void): void {
  try {
    step();
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (exchange.res.headersSent) exchange.res.destroy();
    else refuse(exchange, 'HS_INTERNAL', detail);
    exchange.end(500, null);
  }
}

/** The parser knows 0.9 and 2.0 too. */
function explainVersion(head: RequestHead, version: string): string | null {
  if (version !== '1.0') return `HTTP/${version} is not spoken here`;
  // A proxy in between that knows no chunks would see another end of the body (RFC 9112, 6.1).
  return head.transferEncoding === undefined ? null : 'HTTP/1.0 has no Transfer-Encoding';
}

function explainTooLong({ target, headerBytes, headerLines }: RequestHead): BodyProblem | null {
  if (target.length > TARGET_BYTES) {
    return { code: 'HS_TARGET_TOO_LONG', detail: `the target has ${target.length} bytes` };
  }
  if (headerBytes <= HEADER_BYTES && headerLines <= HEADER_LINES) return null;
  return { code: 'HS_REQUEST_HEADERS_TOO_LONG', detail: `${headerLines} lines with ${headerBytes} bytes` };
}

function sendPreflight(exchange: Exchange): void {
  sendShort(exchange, 204, '', 'text/plain; charset=UTF-8', PREFLIGHT);
}
