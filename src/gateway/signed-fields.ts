/** What a sender may have appended to the URL instead of the fields of the form that came. */
import { clip } from './clip';
import type { Form } from './event';
import { type SignedRequest, signedFields } from './signature';
import { checked, likely, MAX_RANK, type Variant } from './signature-variant';

/** Looking at all fields but one is the square of their number. */
const MOST_NAMES = 32;
const MOST_BYTES = 4_096;

export function fieldVariants(request: SignedRequest): readonly Variant<string>[] {
  const { form } = request;
  const variants = form === null ? variantsOfOther(request.inflated) : variantsOfForm(request, form);
  const known = new Set<string>();
  return variants.filter(({ value }) => !known.has(value) && known.add(value));
}

function variantsOfForm(request: SignedRequest, form: Form): readonly Variant<string>[] {
  return [
    checked(signedFields(form)),
    likely(
      '',
      'The sender signed the URL alone, as for GET or JSON, but sent a form: its fields must be signed too.',
    ),
    likely(
      signedFields(withoutEmpty(form)),
      'The sender signed only the fields that are not empty: empty ones must be signed by their name.',
    ),
    ...variantsOfText(request.inflated),
    ...variantsOfValues(form),
    ...withoutOne(request, form),
  ];
}

// --- the form as a text

function variantsOfText(body: Buffer): readonly Variant<string>[] {
  const pairs = pairsOf(body.toString('latin1'));
  return [
    likely(
      body.toString('utf8'),
      'The sender appended the body as it stands to the URL: the fields must be appended, each as its name and value, decoded and sorted by name.',
    ),
    likely(
      decodedText(pairs, decodeUtf8),
      'The sender signed the fields in the order in which they stand in the body: they must be sorted by name.',
    ),
    likely(
      sortedText(pairs.map(([name, value]) => [decodeLatin1(name), decodeLatin1(value)])),
      'The body is written in ISO-8859-1 or Windows-1252: a form must be sent in UTF-8. Something on the way, or the sender, wrote it in another charset.',
    ),
    likely(
      sortedText(pairs.map(([name, value]) => [decodePlus(name), decodePlus(value)])),
      'The sender signed + in values where the body has + for a blank: something on the way wrote the form again (a + must be sent as %2B).',
    ),
    likely(
      sortedText(pairs),
      'The sender signed the values as they are escaped in the body (%2B, +): they must be decoded first.',
    ),
  ];
}

type Pair = readonly [name: string, value: string];

function pairsOf(text: string): readonly Pair[] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals === -1 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    });
}

function sortedText(pairs: readonly Pair[]): string {
  return [...pairs]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => name + value)
    .join('');
}

function decodedText(pairs: readonly Pair[], decode: (text: string) => string): string {
  return pairs.map(([name, value]) => decode(name) + decode(value)).join('');
}

function decodeUtf8(text: string): string {
  return decodePlus(text.replaceAll('+', ' '));
}

/** Escapes only; what is none stays. */
function decodePlus(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function decodeLatin1(text: string): string {
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return new TextDecoder('windows-1252').decode(Buffer.from(bytes, 'latin1'));
}

// --- the form as fields

function variantsOfValues(form: Form): readonly Variant<string>[] {
  return [
    likely(
      signedFields(changed(form, (value) => value.trim())),
      'The sender signed values without the blanks around them: they must be signed as they are sent.',
    ),
    likely(
      signedFields(changed(form, decodePlus)),
      'The values that came are escaped once more than those that were signed: something on the way wrote the form again.',
    ),
    likely(
      signedFields(changed(form, (value) => value.replaceAll('\r\n', '\n'))),
      'The sender signed line breaks as LF, but CRLF came: something on the way changed them.',
    ),
    likely(
      signedFields(changed(form, (value) => value.replace(/\r?\n/g, '\r\n'))),
      'The sender signed line breaks as CRLF, but LF came: something on the way changed them.',
    ),
    likely(
      signedFields(
        Object.fromEntries(Object.entries(form).map(([name, value]) => [name, [value].flat()[0]])),
      ),
      'The sender signed only the first of the values that a name has: all of them must be signed.',
    ),
  ];
}

function changed(form: Form, change: (value: string) => string): Form {
  const entries = Object.entries(form).map(([name, value]): [string, string | string[] | undefined] => [
    name,
    typeof value === 'object' ? value.map(change) : value === undefined ? value : change(value),
  ]);
  return Object.fromEntries(entries);
}

function withoutEmpty(form: Form): Form {
  return Object.fromEntries(Object.entries(form).filter(([, value]) => value !== ''));
}

function withoutOne(request: SignedRequest, form: Form): readonly Variant<string>[] {
  const names = Object.keys(form);
  if (names.length > MOST_NAMES || request.inflated.length > MOST_BYTES) return [];
  return names.map((left) => ({
    value: signedFields(Object.fromEntries(Object.entries(form).filter(([name]) => name !== left))),
    hint: `The sender signed all fields but ${clip(left, 40)}: something on the way added it.`,
    rank: MAX_RANK,
  }));
}

// --- no form

function variantsOfOther(body: Buffer): readonly Variant<string>[] {
  const text = body.toString('utf8');
  const appended = likely(
    text,
    'The sender appended the body to the URL: where it is no form, the URL alone is signed (with bodySHA256 in its query).',
  );
  const form = likely(
    signedFields(
      Object.fromEntries(pairsOf(text).map(([name, value]) => [decodeUtf8(name), decodeUtf8(value)])),
    ),
    'The sender signed the body as a form, but its Content-Type is not application/x-www-form-urlencoded: something on the way changed the header, or the sender did not set it.',
  );
  return [checked(''), ...fieldsOfJson(text), form, appended];
}

/** Some senders treat the members of a JSON object as if they were a form. */
function fieldsOfJson(text: string): readonly Variant<string>[] {
  const members = membersOf(text);
  if (members === null) return [];
  const fields = Object.fromEntries(Object.entries(members).map(([name, value]) => [name, textOf(value)]));
  const hint =
    'The sender appended the members of the JSON body to the URL: for JSON the URL alone is signed.';
  return [likely(signedFields(fields), hint)];
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? '' : String(value);
}

function membersOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
