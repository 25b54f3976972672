/**
 * Why the signature of one request is right or wrong, for `hookswitch signature explain` and the console. Unlike the
 * log (`explain-signature.ts`) it shows the string that was signed, values of fields included: whoever asks has the
 * request. Never shown: the token, and the signature that would be right.
 */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { SignatureExplanation, TriedForm } from '../admin/api';
import { classifyBody, type DecodedBody, decodeBody } from './body';
import { clip } from './clip';
import { explainMatch, generalAdvice } from './explain-signature';
import type { Origin } from './origin';
import { otherTokensOf } from './other-tokens';
import { type Attempt, type SignatureFailure, searchSignature } from './search-signature';
import {
  bodyHashOf,
  isBodyIntact,
  isSame,
  type SignedRequest,
  sign,
  signedFields,
  spellings,
  verifySignature,
} from './signature';
import { headersOf, type SignatureQuestion } from './signature-question';

/** What a signature is checked with. */
export interface SignatureSettings {
  /** `null`: the project has none. */
  readonly token: string | null;
  readonly origin: Origin;
  readonly hasPublicUrl: boolean;
  /** All variables of the project: another one may hold the token that was used. */
  readonly variables: Readonly<Record<string, string>>;
}

/** How much harder than for a line of the log what would match is looked for: at most some 50 ms. */
const EFFORT = 10;
const MOST_ATTEMPTS = 60;
const REDACTED = '***';

/** Pure; resolves later only because a compressed body is inflated by other threads. */
export async function explainRequest(
  question: SignatureQuestion,
  settings: SignatureSettings,
): Promise<SignatureExplanation> {
  const headers = headersOf(question.headers);
  const received = await receive(question, headers);
  const failure = failureOf(question, settings, { headers, ...received });
  const { request } = failure;
  const obstacles = obstaclesOf(request, settings, received.problem);
  const answer =
    obstacles.length > 0 ? { valid: false, tried: untried(request), lines: obstacles } : check(failure);
  return {
    ...answer,
    signature: request.signature === '' ? null : request.signature,
    signedString: request.base + request.target + fieldsOf(request),
  };
}

/** The signature that the vendor would send with this request, if this was its URL. */
export async function signRequest(question: SignatureQuestion, url: string, token: string): Promise<string> {
  const { body } = await receive(question, headersOf(question.headers));
  return sign(token, url + (body?.kind === 'form' ? signedFields(body.form) : ''));
}

type Answer = Pick<SignatureExplanation, 'valid' | 'tried' | 'lines'>;

function check(failure: SignatureFailure): Answer {
  const tried = triedOf(failure.request);
  if (verifySignature(failure.request)) return { valid: true, tried, lines: explainValid(tried) };
  const attempts: Attempt[] = [];
  const match = searchSignature(failure, EFFORT, (attempt) => attempts.push(attempt));
  const lines = match === null ? generalAdvice(failure) : explainMatch(failure, match);
  return {
    valid: false,
    tried: [...tried, ...furtherForms(tried, attempts, match !== null)],
    lines: [...lines, ...explainHash(failure.request)],
  };
}

// --- the request as the gateway sees it

interface Received {
  readonly body: DecodedBody | null;
  /** Why nothing can be checked, or `null`. */
  readonly problem: string | null;
}

const NO_BODY: Received = { body: null, problem: null };

async function receive(question: SignatureQuestion, headers: IncomingHttpHeaders): Promise<Received> {
  if (question.method.toUpperCase() !== 'POST') return NO_BODY;
  if (question.bodyIsCut) return receiveCut(question, headers);
  return new Promise((resolve) => {
    decodeBody(question.body, headers['content-type'], headers['content-encoding'], (error, body) =>
      resolve({ body, problem: error === null ? null : `${error.code}: ${error.detail}` }),
    );
  });
}

function receiveCut({ target }: SignatureQuestion, headers: IncomingHttpHeaders): Received {
  const needsBody = classifyBody(headers['content-type']) === 'form' || bodyHashOf(target) !== null;
  if (!needsBody) return NO_BODY;
  return {
    body: null,
    problem:
      'Only the beginning of the body was kept, and the signature covers all of it: give the whole request by hand.',
  };
}

function failureOf(
  question: SignatureQuestion,
  settings: SignatureSettings,
  { headers, body }: Received & { readonly headers: IncomingHttpHeaders },
): SignatureFailure {
  const raw = question.method.toUpperCase() === 'POST' ? question.body : Buffer.alloc(0);
  const token = settings.token ?? '';
  return {
    request: {
      token,
      signature: String(headers['x-twilio-signature'] ?? ''),
      base: baseOf(question, settings.origin, headers),
      target: question.target,
      form: body?.kind === 'form' ? body.form : null,
      body: raw,
      inflated: body?.bytes ?? raw,
    },
    publicUrl: settings.hasPublicUrl,
    headers,
    remoteAddress: question.remoteAddress,
    calledUrl: question.calledUrl,
    otherTokens: otherTokensOf(settings.variables, token),
  };
}

/** Without any header that says what reached the gateway, the URL itself is believed. */
function baseOf(question: SignatureQuestion, origin: Origin, headers: IncomingHttpHeaders): string {
  const { calledUrl, remoteAddress } = question;
  const called = calledUrl === null ? null : new URL(calledUrl);
  const forwardedHost = textOf(headers['x-forwarded-host']);
  const forwardedProto = textOf(headers['x-forwarded-proto']);
  const saysNothing = [headers.host, forwardedHost, forwardedProto].every((value) => value === undefined);
  const encrypted = saysNothing && called?.protocol === 'https:';
  // As typed: `URL` would drop a port that is the standard one.
  const host = headers.host ?? calledUrl?.replace(/^\w+:\/\//, '').replace(/[/?].*$/s, '');
  return origin.of(host, remoteAddress, encrypted, forwardedHost, forwardedProto).base;
}

function textOf(header: string | string[] | undefined): string | undefined {
  return header === undefined ? undefined : String(header);
}

function fieldsOf({ form }: SignedRequest): string {
  return form === null ? '' : signedFields(form);
}

// --- what was tried

function triedOf(request: SignedRequest): readonly TriedForm[] {
  const fields = fieldsOf(request);
  const forms = spellings(request.base, request.target);
  const isSigned = (data: string) => isSame(request.signature, sign(request.token, data));
  // Where the URL holds the hash of the body, a form may be covered by that alone.
  const bare = fields !== '' && bodyHashOf(request.target) !== null;
  return forms.map((url) => ({
    url,
    matches: isSigned(url + fields) || (bare && isSigned(url)),
    differs: [],
  }));
}

function untried({ base, target }: SignedRequest): readonly TriedForm[] {
  return spellings(base, target).map((url) => ({ url, matches: false, differs: [] }));
}

/** One of each kind; the last attempt is the one that matched, where one did. */
function furtherForms(
  tried: readonly TriedForm[],
  attempts: readonly Attempt[],
  matched: boolean,
): readonly TriedForm[] {
  const known = new Set(tried.map(({ url }) => url));
  const last = matched ? attempts.at(-1) : undefined;
  const others = attempts.filter(({ url }) => !known.has(url) && known.add(url)).slice(0, MOST_ATTEMPTS);
  const shown = others.filter((attempt) => attempt !== last);
  const forms = shown.map(({ url, hints }) => ({ url, matches: false, differs: hints }));
  // The form as it is checked can match only where the body has another hash: it is marked already.
  if (last === undefined || last.hints.length === 0) return forms;
  return [...forms, { url: last.url, matches: true, differs: last.hints }];
}

// --- words

function obstaclesOf(
  { signature }: SignedRequest,
  { token }: SignatureSettings,
  problem: string | null,
): readonly string[] {
  const lines = [];
  if (signature === '') {
    lines.push(
      'No X-Twilio-Signature header came: the request was not sent by the vendor, or something on the way removed the header.',
    );
  }
  if (signature === REDACTED) {
    lines.push('The signature is redacted in this record: give the request by hand.');
  }
  if (token === null) {
    lines.push(
      'The project has no auth token to check with: put AUTH_TOKEN=… (or TWILIO_AUTH_TOKEN=…) into .env.',
    );
  }
  if (problem !== null) lines.push(`The body is refused before any signature is checked. ${problem}`);
  return lines;
}

function explainValid(tried: readonly TriedForm[]): readonly string[] {
  const form = tried.find(({ matches }) => matches);
  const lines = ['The signature is right.'];
  if (form !== undefined && form !== tried[0]) {
    lines.push(`The sender signed the URL in another spelling, which is accepted: ${clip(form.url)}`);
  }
  return lines;
}

function explainHash(request: SignedRequest): readonly string[] {
  const named = bodyHashOf(request.target);
  if (named === null || isBodyIntact(request)) return [];
  const came = createHash('sha256').update(request.body).digest('hex');
  return [
    `bodySHA256 in the URL is ${clip(named, 64)}; the body of ${request.body.length} bytes has ${came}.`,
  ];
}
