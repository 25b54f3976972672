/**
 * What must not be shown, and what is shown in its place: the one rule for settings, variables, records and the
 * findings of `check`. A name may promise a secret (`AUTH_TOKEN`), a value may look like one (`SK…`), and a URL may
 * hold one beside what is harmless. Pure.
 */

export interface ShownValue {
  readonly text: string;
  /** Whether something of the value was hidden. */
  readonly masked: boolean;
}

/** A variable, parameter, header or setting as people may see it. */
export function shownValue(name: string, value: string): ShownValue {
  const isSecret = value !== '' && (namesSecret(name) || looksSecret(value));
  const text = isSecret && !hasUserInfo(value) ? maskSecret(value) : maskUrls(value);
  return { text, masked: text !== value };
}

/** `authToken`, `TWILIO_API_SECRET`, `X-Api-Key`, `dbpassword`; not `TOKENIZER`, `KEYBOARD` or `PUBLIC_KEY`. */
export function namesSecret(name: string): boolean {
  if (!mayNameSecret(name)) return false;
  const words = wordsOf(name);
  if (words.some((word) => OPEN_WORDS.has(word))) return false;
  return words.some((word) => SECRET_WORD.test(word));
}

/** Next to nothing to ask: whether it is worth while to look at the words. A form may have thousands of names. */
export function mayNameSecret(name: string): boolean {
  return PART_OF_SECRET_WORD.test(name.slice(0, MOST_NAME_CHARACTERS).toLowerCase());
}

/** An auth token or API secret (32 hexadecimal digits), an API key (`SK…`), a private key, a token of a known form. */
export function looksSecret(value: string): boolean {
  return SECRET_VALUES.some((pattern) => pattern.test(value));
}

/** `12…ef` where that tells next to nothing of the value, else `****`. */
export function maskSecret(value: string): string {
  if (value.length < LONG_ENOUGH || /[\r\n]/.test(value)) return HIDDEN;
  return `${value.slice(0, 2)}…${value.slice(-2)}`;
}

/** URLs in a text without the passwords, and the secret fields of the query, that they may hold. */
export function maskUrls(text: string): string {
  return text
    .replace(USER_INFO, (_, scheme: string, user: string, password: string | undefined) =>
      password === undefined ? `${scheme}${HIDDEN}@` : `${scheme}${user}:${HIDDEN}@`,
    )
    .replace(QUERY_FIELD, (field: string, before: string, name: string) =>
      namesSecret(name) ? `${before}${name}=${HIDDEN}` : field,
    );
}

const HIDDEN = '****';
const LONG_ENOUGH = 20;

/** Ends of words, so that what is written in one is found too: `AUTHTOKEN`, `apikey`, `dbpassword`. */
const SECRET_WORD =
  /(?:token|secret|password|passwd|pwd|passphrase|passcode|credentials?|authorization|cookie)$|^(?:pass|key|auth|bearer|salt|dsn)$|(?:api|private|access|signing|encryption|master)key$/;

/** Stands in every word that `SECRET_WORD` finds. */
const PART_OF_SECRET_WORD = /token|secret|pass|pwd|credential|auth|cookie|bearer|salt|dsn|key/;

/** Beside one of them a key is made to be seen. */
const OPEN_WORDS: ReadonlySet<string> = new Set(['public', 'publishable']);

const SECRET_VALUES: readonly RegExp[] = [
  /^[0-9a-f]{32}$/i,
  /^SK[0-9a-f]{32}$/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /^(?:AKIA|ASIA)[0-9A-Z]{16}$/,
  /^(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{10,}$/,
  /^gh[pousr]_[0-9A-Za-z]{20,}$/,
  /^xox[abeprs]-[0-9A-Za-z-]{10,}$/,
  /^SG\.[\w-]{16,}\.[\w-]{16,}$/,
  /^eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*$/,
];

// Bounded, so that a long text without a colon or an end costs linear time.
const USER_INFO = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s/?#@:"'<>]{0,256})(?::([^\s/?#@"'<>]{0,256}))?@/gi;
const QUERY_FIELD = /([?&])([\w.-]{1,64})=[^&#\s"'<>]{1,4096}/g;

function hasUserInfo(value: string): boolean {
  return /^[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/?#@]{0,512}@/i.test(value);
}

/** `twilioApiKey`, `TWILIO_API_KEY` and `twilio-api-key` have the same words. */
function wordsOf(name: string): readonly string[] {
  return name
    .slice(0, MOST_NAME_CHARACTERS)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

const MOST_NAME_CHARACTERS = 256;
