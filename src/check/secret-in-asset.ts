import type { Build } from '../model/build';
import { looksSecret, namesSecret } from '../model/secret';
import type { Spot } from './finding';
import type { CheckedAsset, Rule } from './rule';

export const SECRET_IN_ASSET: Rule = {
  id: 'secret-in-asset',
  severity: 'error',
  finds:
    "A secret in a public or protected Asset: the value of one of the project's own secret variables, an auth token beside its name, a private key, a key of a known service.",
  otherwise: 'Everybody who reaches the Asset can read it, and use it in your name.',
  fix: 'Take it out and make a new secret, since this one was shown. What Functions need goes into .env, or into a private Asset.',
  ofAsset: check,
};

function check({ text }: CheckedAsset, { variables }: Build): readonly Spot[] {
  const own = secretsOf(variables).flatMap(({ name, value }) => {
    const at = text.indexOf(value);
    return at === -1 ? [] : [{ at, reason: `the value of the variable ${name} stands here` }];
  });
  const seen = new Set(own.map(({ at }) => at));
  return [...own, ...patternSpots(text).filter(({ at }) => at === null || !seen.has(at))];
}

/** Shorter ones may stand anywhere by chance. */
const SHORTEST = 12;

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** Each value once, under its first name. */
function secretsOf(variables: Build['variables']): readonly Variable[] {
  const named = new Map<string, string>();
  for (const [name, value] of Object.entries(variables)) {
    const isSecret = namesSecret(name) || looksSecret(value);
    if (isSecret && value.length >= SHORTEST && !isExample(value) && !named.has(value))
      named.set(value, name);
  }
  return [...named].map(([value, name]) => ({ name, value }));
}

/** Bounded repetitions only: an Asset may hold anything. The group `secret` is what must not stand there. */
const PATTERNS: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  {
    what: 'a private key',
    pattern: /(?<secret>-----BEGIN (?:[A-Z]{1,12} ){0,2}PRIVATE KEY-----\s{0,4}[A-Za-z0-9+/=]{40})/g,
  },
  {
    what: 'an auth token',
    pattern: /auth[_-]?token["']?\s{0,4}[:=]\s{0,4}["'`]?(?<secret>[0-9a-f]{32})(?![0-9a-z])/gi,
  },
  {
    what: 'an API secret',
    pattern:
      /api[_-]?(?:key[_-]?)?secret["']?\s{0,4}[:=]\s{0,4}["'`]?(?<secret>[0-9A-Za-z]{32})(?![0-9A-Za-z])/gi,
  },
  {
    what: 'an access key of AWS',
    pattern: /(?<![0-9A-Za-z])(?<secret>(?:AKIA|ASIA)[0-9A-Z]{16})(?![0-9A-Za-z])/g,
  },
  { what: 'a live key of Stripe', pattern: /(?<![0-9A-Za-z])(?<secret>(?:sk|rk)_live_[0-9A-Za-z]{16,64})/g },
  {
    what: 'a token of GitHub',
    pattern: /(?<![0-9A-Za-z])(?<secret>gh[pousr]_[0-9A-Za-z]{36})(?![0-9A-Za-z])/g,
  },
  { what: 'a key of SendGrid', pattern: /(?<![0-9A-Za-z])(?<secret>SG\.[\w-]{22}\.[\w-]{43})(?![\w-])/g },
];

function patternSpots(text: string): readonly Spot[] {
  return PATTERNS.flatMap(({ what, pattern }) => {
    for (const match of text.matchAll(pattern)) {
      const secret = match.groups?.secret ?? '';
      if (isExample(secret)) continue;
      return [{ at: match.index + match[0].indexOf(secret), reason: `${what} stands here` }];
    }
    return [];
  });
}

/** `xxxxxxxx…`, `0123456789abcdef…`, `AKIAIOSFODNN7EXAMPLE`: shown in documents, worth nothing. */
function isExample(value: string): boolean {
  return (
    new Set(value.toLowerCase()).size < 6 ||
    /example|your[_-]|xxxx|placeholder|change[_-]?me|0123456789|123456789/i.test(value)
  );
}
