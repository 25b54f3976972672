/**
 * Why a signature did not match, for the log: what was checked, and what would have matched. A wrong signature is the
 * most common first problem of a protected Function, and nearly always a URL that differs from the one that was signed.
 *
 * Never shown: the token, the signature that would be right, values of fields. The work is bounded: see the limits.
 */
import { clip } from './clip';
import type { Form } from './event';
import { type Match, type SignatureFailure, searchSignature } from './search-signature';
import { spellings } from './signature';
import { blameOfBase } from './signed-base';

const MAX_SEARCHED_BODY_BYTES = 65_536;
const SHOWN_NAMES = 20;
const SHOWN_URLS = 8;

export type { SignatureFailure } from './search-signature';

/** Several lines, without a line break at the end. */
export function explainSignature(failure: SignatureFailure): string {
  return [...whatWasChecked(failure), ...whatToDo(failure)].join('\n');
}

/** Lets so many explanations through in each second of the given clock: senders of bad signatures may be many. */
export class ExplanationBrake {
  #second = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(private readonly perSecond = 2) {}

  allows(nowMs: number): boolean {
    const second = Math.floor(nowMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#count = 0;
    }
    this.#count++;
    return this.#count <= this.perSecond;
  }
}

function whatWasChecked({ request, publicUrl }: SignatureFailure): string[] {
  const source = publicUrl
    ? 'the public URL (--public-url)'
    : 'the Host header (or that of a trusted proxy), as no --public-url is set';
  const lines = [`The check was made against ${source}:`];
  const urls = spellings(request.base, request.target);
  lines.push(...urls.slice(0, SHOWN_URLS).map((url) => `  ${clip(url)}`));
  if (urls.length > SHOWN_URLS) lines.push(`  and ${urls.length - SHOWN_URLS} more spellings of it`);
  lines.push(request.form === null ? 'with no form fields.' : `with ${describeForm(request.form)}.`);
  return lines;
}

function describeForm(form: Form): string {
  const names = Object.keys(form).sort();
  if (names.length === 0) return 'a form that has no fields';
  const shown = names.slice(0, SHOWN_NAMES).map((name) => clip(name, 40));
  const more = names.length > SHOWN_NAMES ? ', …' : '';
  return `${names.length} form field${names.length === 1 ? '' : 's'} (${shown.join(', ')}${more})`;
}

function whatToDo(failure: SignatureFailure): string[] {
  const { request } = failure;
  if (request.body.length > MAX_SEARCHED_BODY_BYTES || request.inflated.length > MAX_SEARCHED_BODY_BYTES) {
    return ['The body is too large to look for what would match.', ...generalAdvice(failure)];
  }
  const match = searchSignature(failure);
  return match === null ? generalAdvice(failure) : explainMatch(failure, match);
}

export function explainMatch(failure: SignatureFailure, match: Match): string[] {
  return [`It would match for ${clip(match.url)}`, ...blameOfBase(failure, match.base), ...match.hints];
}

export function generalAdvice({ request, publicUrl }: SignatureFailure): string[] {
  const lines = ['No other scheme, host, port, path or set of fields was found that would match. Check that'];
  lines.push(
    '- AUTH_TOKEN is the primary auth token of the account (or subaccount) that sends: not the secondary one,',
  );
  lines.push(
    '  not an API key secret, not the test token, and for a regional account the token of that region;',
  );
  if (!/^[0-9a-f]{32}$/.test(request.token)) {
    lines.push('  (it does not look like one: an auth token has 32 characters, digits and a to f)');
  }
  lines.push(
    `- the URL that is configured at the sender begins with ${clip(request.base)}, letter for letter;`,
  );
  if (!publicUrl) lines.push('  behind a proxy or tunnel set --public-url to the URL that the world sees;');
  lines.push('- nothing on the way changes the path, the query or the body.');
  return lines;
}
