/** Looks for the request that a wrong signature would have been right for: another URL, other fields, another spelling. */
import type { IncomingHttpHeaders } from 'node:http';
import { clip } from './clip';
import type { Form } from './event';
import { isValidHost } from './origin';
import { isBodyIntact, isSame, type SignedRequest, sign, signedFields, spellings } from './signature';

export interface SignatureFailure {
  readonly request: SignedRequest;
  /** The URL was made from `--public-url`; else from the Host header or trusted forwarded headers. */
  readonly publicUrl: boolean;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string | undefined;
}

/** The search hashes at most this much: a few ms of work. */
const MAX_HASHES = 400;
const MAX_HASHED_BYTES = 2_000_000;

/** One way to look at one part of what was signed; the first of each list is the way that was checked. */
interface Variant<Value> {
  readonly value: Value;
  /** What the sender did, and what to do about it; `null` for the way that was checked. */
  readonly hint: string | null;
  /** How unlikely it is, 0 for the way that was checked; the ways that are looked at add up to at most `MAX_RANK`. */
  readonly rank: number;
}

const MAX_RANK = 2;

export interface Match {
  readonly url: string;
  readonly hints: readonly string[];
}

/** Looks at the combinations in which few things differ before those in which more do. */
export function searchSignature(failure: SignatureFailure): Match | null {
  const { request } = failure;
  const budget = new Budget();
  for (const way of combinations(failure)) {
    const hints = [way.base, way.target, way.fields, way.signature, way.token].flatMap(
      ({ hint }) => hint ?? [],
    );
    if (!budget.takesSpelling(way.target.value)) return null;
    for (const url of spellings(way.base.value, way.target.value)) {
      const data = url + way.fields.value;
      if (!budget.takesHash(data.length)) return null;
      if (isSame(way.signature.value, sign(way.token.value, data))) {
        return { url, hints: isBodyIntact(request) ? hints : [...hints, BODY_CHANGED] };
      }
    }
  }
  return null;
}

class Budget {
  #hashes = MAX_HASHES;
  #bytes = MAX_HASHED_BYTES;

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
  for (const base of baseVariants(failure)) {
    for (const target of targets) {
      for (const field of fields) {
        for (const signature of signatureVariants(request.signature)) {
          for (const token of tokenVariants(request.token)) {
            ways.push({ base, target, fields: field, signature, token });
          }
        }
      }
    }
  }
  return ways.filter((way) => rankOf(way) <= MAX_RANK).sort((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ base, target, fields, signature, token }: Way): number {
  return base.rank + target.rank + fields.rank + signature.rank + token.rank;
}

function checked<Value>(value: Value): Variant<Value> {
  return { value, hint: null, rank: 0 };
}

const BODY_CHANGED =
  'The signature is right, but the body does not have the hash that the URL names (bodySHA256): something on the way, such as a proxy, changed the body.';

// The base: which scheme and host the sender called.

function baseVariants(failure: SignatureFailure): readonly Variant<string>[] {
  const { base } = failure.request;
  const { pathname } = new URL(base);
  const prefixes = pathname === '/' ? [''] : [pathname, ''];
  const variants: Variant<string>[] = [checked(base)];
  const known = new Set([base]);
  for (const host of hostsNamed(failure)) {
    for (const value of [`https://${host}`, `http://${host}`].flatMap((origin) =>
      prefixes.map((end) => origin + end),
    )) {
      if (!known.has(value)) variants.push({ value, hint: hintOfBase(failure, value), rank: 1 });
      known.add(value);
    }
  }
  return variants;
}

function hostsNamed({ request, headers }: SignatureFailure): readonly string[] {
  const ours = new URL(request.base).host;
  const forwarded = listOf(headers['x-forwarded-host']);
  const port = listOf(headers['x-forwarded-port']).at(-1);
  const withPort = port === undefined ? [] : [`${forwarded.at(-1) ?? headers.host ?? ours}:${port}`];
  const others = [...listOf(headers['x-original-host']), ...hostsOfForwarded(headers.forwarded), ...withPort];
  const hosts = [ours, headers.host ?? '', ...forwarded, ...others];
  return hosts.filter((host) => isValidHost(host) && URL.canParse(`http://${host}`)).slice(0, 8);
}

/** RFC 7239: `for=…;host="example.com";proto=https, …` */
function hostsOfForwarded(header: string | undefined): string[] {
  const pairs = (header ?? '').split(/[;,]/).map((pair) => pair.trim());
  return pairs
    .filter((pair) => pair.toLowerCase().startsWith('host='))
    .map((pair) => pair.slice(5).replaceAll('"', ''));
}

function listOf(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  return String(header)
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

function hintOfBase(failure: SignatureFailure, base: string): string {
  const remedy = failure.publicUrl
    ? `The public URL is ${failure.request.base}, but the sender called ${base}: start with --public-url ${base}, or correct the URL at the sender.`
    : `The sender called ${base}: start with --public-url ${base}`;
  if (failure.publicUrl) return remedy;
  const proxy = trustedName(failure, base);
  return proxy === null
    ? `${remedy}.`
    : `${remedy}, or with --trust-proxy ${proxy} (its X-Forwarded headers say so).`;
}

/** What `--trust-proxy` must name for the forwarded headers to lead to `base`; `null` where they do not. */
function trustedName({ headers, remoteAddress }: SignatureFailure, base: string): string | null {
  const host = listOf(headers['x-forwarded-host']).at(-1);
  const scheme = listOf(headers['x-forwarded-proto']).at(-1)?.toLowerCase();
  if (remoteAddress === undefined || (host === undefined && scheme === undefined)) return null;
  if (base !== `${scheme ?? 'http'}://${host ?? headers.host}`) return null;
  const address = remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress;
  return address.startsWith('127.') || address === '::1' ? 'loopback' : address;
}

// The target: which path and query.

function targetVariants({ request, headers }: SignatureFailure): readonly Variant<string>[] {
  const { target } = request;
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  const rest = target.slice(path.length);
  const variants = [checked(target), otherSlash(path, rest)];
  if (rest !== '') {
    const hint = 'The sender signed the URL without its query: something on the way added it.';
    variants.push({ value: path, hint, rank: 1 });
  }
  const prefix = listOf(headers['x-forwarded-prefix']).at(-1);
  if (prefix?.startsWith('/')) {
    const value = (prefix.endsWith('/') ? prefix.slice(0, -1) : prefix) + target;
    const hint = `A proxy removed ${clip(prefix)} from the path: add it to the end of --public-url.`;
    variants.push({ value, hint, rank: 1 });
  }
  return variants;
}

function otherSlash(path: string, rest: string): Variant<string> {
  if (path === '/') {
    const hint = 'The sender signed the URL of the root without its slash: add it there.';
    return { value: rest, hint, rank: 1 };
  }
  return path.endsWith('/')
    ? { value: path.slice(0, -1) + rest, hint: slashHint('without a slash', 'has one'), rank: 1 }
    : { value: `${path}/${rest}`, hint: slashHint('with a slash', 'has none'), rank: 1 };
}

function slashHint(signed: string, came: string): string {
  return `The sender signed a path ${signed} at its end, the path that came ${came}: something on the way changed it.`;
}

// The fields: what was appended to the URL.

function fieldVariants(request: SignedRequest): readonly Variant<string>[] {
  const { form } = request;
  if (form === null) return [checked(''), ...fieldsOfJson(request.inflated)];
  return [
    checked(signedFields(form)),
    {
      value: '',
      hint: 'The sender signed the URL alone, as for GET or JSON, but sent a form: its fields must be signed too.',
      rank: 1,
    },
    {
      value: signedFields(withoutEmpty(form)),
      hint: 'The sender signed only the fields that are not empty: empty ones must be signed by their name.',
      rank: 1,
    },
    ...withoutOne(request, form),
  ];
}

function withoutEmpty(form: Form): Form {
  return Object.fromEntries(Object.entries(form).filter(([, value]) => value !== ''));
}

/** Only small forms: this is the square of their size. */
function withoutOne(request: SignedRequest, form: Form): readonly Variant<string>[] {
  const names = Object.keys(form);
  if (names.length > 32 || request.inflated.length > 4_096) return [];
  return names.map((left) => ({
    value: signedFields(Object.fromEntries(Object.entries(form).filter(([name]) => name !== left))),
    hint: `The sender signed all fields but ${clip(left, 40)}: something on the way added it.`,
    rank: MAX_RANK,
  }));
}

/** Some senders treat the members of a JSON object as if they were a form. */
function fieldsOfJson(body: Buffer): readonly Variant<string>[] {
  const members = membersOf(body);
  if (members === null) return [];
  const fields = Object.fromEntries(Object.entries(members).map(([name, value]) => [name, textOf(value)]));
  const hint =
    'The sender appended the members of the JSON body to the URL: for JSON the URL alone is signed.';
  return [{ value: signedFields(fields), hint, rank: 1 }];
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? '' : String(value);
}

function membersOf(body: Buffer): object | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

// The signature and the token: how they were written.

function signatureVariants(signature: string): readonly Variant<string>[] {
  const variants: Variant<string>[] = [checked(signature)];
  const repaired = repair(signature);
  if (repaired !== signature) {
    variants.push({
      value: repaired,
      hint: 'The X-Twilio-Signature header is written differently: it must be plain Base64 with +, / and =, and nothing around it.',
      rank: 1,
    });
  }
  return variants;
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

function tokenVariants(token: string): readonly Variant<string>[] {
  const trimmed = token.replace(/^["'\s]+|["'\s]+$/g, '');
  const variants: Variant<string>[] = [checked(token)];
  if (trimmed !== token && trimmed !== '') {
    variants.push({
      value: trimmed,
      hint: 'AUTH_TOKEN has blanks or quotes around it: remove them.',
      rank: 1,
    });
  }
  return variants;
}
