import type { NamedToken } from './search-signature';

const MOST = 8;

/** Variables that look like an auth token, or are called so: a request may have been signed with one of them. */
export function otherTokensOf(
  variables: Readonly<Record<string, string>>,
  token: string,
): readonly NamedToken[] {
  return Object.entries(variables)
    .filter(([name, value]) => value !== token && (/^[0-9a-f]{32}$/.test(value) || /TOKEN/i.test(name)))
    .slice(0, MOST)
    .map(([name, value]) => ({ name, token: value }));
}
