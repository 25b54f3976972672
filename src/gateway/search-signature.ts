/** Looks for the request that a wrong signature would have been right for: another URL, other fields, another spelling. */
import type { IncomingHttpHeaders } from 'node:http';
import { clip } from './clip';
import { isBodyIntact, isSame, type SignedRequest, sign, spellings } from './signature';
import { checked, likely, MAX_RANK, type Variant } from './signature-variant';
import { baseVariants, listOf } from './signed-base';
import { fieldVariants } from './signed-fields';

export interface SignatureFailure {
  readonly request: SignedRequest;
  /** The URL was made from `--public-url`; else from the Host header or trusted forwarded headers. */
  readonly publicUrl: boolean;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string | undefined;
  /** The URL that was called, where somebody says so, without user information and fragment. */
  readonly calledUrl?: string | null;
  /** Further variables of the project that may hold a token. */
  readonly otherTokens?: readonly NamedToken[];
}

export interface NamedToken {
  readonly name: string;
  readonly token: string;
}

/** The search hashes at most this much: a few ms of work. Who asks for an explanation may wait longer. */
const MAX_HASHES = 800;
const MAX_HASHED_BYTES = 2_000_000;

export interface Match {
  readonly url: string;
  /** The scheme, host and prefix that were signed. */
  readonly base: string;
  readonly hints: readonly string[];
}

/** One URL that was looked at, and in what it differs from what was checked. */
export interface Attempt {
  readonly url: string;
  readonly hints: readonly string[];
}

/**
 * Looks at the combinations in which few things differ before those in which more do. `effort` multiplies how much is
 * hashed at most.
 */
export function searchSignature(
  failure: SignatureFailure,
  effort = 1,
  onAttempt: (attempt: Attempt) => void = () => {},
): Match | null {
  const { request } = failure;
  const budget = new Budget(effort);
  for (const way of combinations(failure)) {
    const hints = hintsOf(way);
    if (!budget.takesSpelling(way.target.value)) return null;
    for (const url of spellings(way.base.value, way.target.value)) {
      const data = url + way.fields.value;
      if (!budget.takesHash(data.length)) return null;
      onAttempt({ url, hints });
      if (isSame(way.signature.value, sign(way.token.value, data))) {
        const all = isBodyIntact(request) ? hints : [...hints, BODY_CHANGED];
        return { url, base: way.base.value, hints: all };
      }
    }
  }
  return null;
}

function hintsOf({ base, target, fields, signature, token }: Way): readonly string[] {
  return [base, target, fields, signature, token].flatMap(({ hint }) => hint ?? []);
}

class Budget {
  #hashes: number;
  #bytes: number;

  constructor(effort: number) {
    this.#hashes = MAX_HASHES * effort;
    this.#bytes = MAX_HASHED_BYTES * effort;
  }

  takesHash(bytes: number): boolean {
    this.#hashes--;
    this.#bytes -= bytes;
    return this.#hashes >= 0 && this.#bytes >= 0;
  }

  /** Reading and writing a long query in all ways costs about as much as hashing it 64 times. */
  takesSpelling(target: string): boolean {
    this.#bytes -= target.length * 64;
    return this.#bytes >= 0;
  }
}

interface Way {
  readonly base: Variant<string>;
  readonly target: Variant<string>;
  readonly fields: Variant<string>;
  readonly signature: Variant<string>;
  readonly token: Variant<string>;
}

function combinations(failure: SignatureFailure): readonly Way[] {
  const { request } = failure;
  const ways: Way[] = [];
  const targets = targetVariants(failure);
  const fields = fieldVariants(request);
  const signatures = signatureVariants(request.signature);
  const tokens = tokenVariants(failure);
  for (const base of baseVariants(failure)) {
    for (const target of targets) {
      for (const field of fields) {
        if (base.rank + target.rank + field.rank > MAX_RANK) continue;
        for (const signature of signatures) {
          for (const token of tokens) ways.push({ base, target, fields: field, signature, token });
        }
      }
    }
  }
  return ways.filter((way) => rankOf(way) <= MAX_RANK).sort((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ base, target, fields, signature, token }: Way): number {
  return base.rank + target.rank + fields.rank + signature.rank + token.rank;
}

const BODY_CHANGED =
  'The signature is right, but the body does not have the hash that the URL names (bodySHA256): something on the way, such as a proxy, changed the body.';

// The target: which path and query.

function targetVariants({ request, headers, calledUrl }: SignatureFailure): readonly Variant<string>[] {
  const { target } = request;
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  const rest = target.slice(path.length);
  const variants = [checked(target), ...targetCalled(calledUrl ?? null, target), otherSlash(path, rest)];
  if (rest !== '') {
    variants.push(
      likely(path, 'The sender signed the URL without its query: something on the way added it.'),
    );
  }
  const prefix = listOf(headers['x-forwarded-prefix']).at(-1);
  if (prefix?.startsWith('/')) {
    const value = (prefix.endsWith('/') ? prefix.slice(0, -1) : prefix) + target;
    const hint = `A proxy removed ${clip(prefix)} from the path: add it to the end of --public-url.`;
    variants.push(likely(value, hint));
  }
  return variants;
}

function targetCalled(calledUrl: string | null, target: string): readonly Variant<string>[] {
  if (calledUrl === null || calledUrl.endsWith(target)) return [];
  const called = calledUrl.replace(/^\w+:\/\/[^/?]*/, '');
  const hint = `The sender called ${clip(called)}, but ${clip(target)} came: something on the way changed it.`;
  return [likely(called, hint)];
}

function otherSlash(path: string, rest: string): Variant<string> {
  if (path === '/') {
    return likely(rest, 'The sender signed the URL of the root without its slash: add it there.');
  }
  return path.endsWith('/')
    ? likely(path.slice(0, -1) + rest, slashHint('without a slash', 'has one'))
    : likely(`${path}/${rest}`, slashHint('with a slash', 'has none'));
}

function slashHint(signed: string, came: string): string {
  return `The sender signed a path ${signed} at its end, the path that came ${came}: something on the way changed it.`;
}

// The signature and the token: how they were written.

function signatureVariants(signature: string): readonly Variant<string>[] {
  const repaired = repair(signature);
  if (repaired === signature) return [checked(signature)];
  const hint =
    'The X-Twilio-Signature header is written differently: it must be plain Base64 with +, / and =, and nothing around it.';
  return [checked(signature), likely(repaired, hint)];
}

/** Percent escapes, quotes and blanks away, the alphabet for URLs to the usual one, padding added. */
function repair(signature: string): string {
  const plain = decodeText(signature)
    .replace(/["'\s]/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  return plain.endsWith('=') ? plain : `${plain}=`;
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function tokenVariants({ request, otherTokens = [] }: SignatureFailure): readonly Variant<string>[] {
  const { token } = request;
  const trimmed = token.replace(/^["'\s]+|["'\s]+$/g, '');
  const variants = [checked(token)];
  if (trimmed !== token && trimmed !== '') {
    variants.push(likely(trimmed, 'AUTH_TOKEN has blanks or quotes around it: remove them.'));
  }
  for (const other of otherTokens) {
    const hint = `The sender signed with the token in ${clip(other.name, 40)}: requests are checked with AUTH_TOKEN, which must be the primary token of the account that sends.`;
    if (other.token !== token) variants.push(likely(other.token, hint));
  }
  return variants;
}
