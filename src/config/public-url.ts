export const PUBLIC_URL_ALLOWED =
  'an http or https URL without query and fragment, as in https://hooks.example.com';

/**
 * What the world calls the project. A path is a prefix that a proxy in front removes; its trailing slash goes.
 * User information is dropped: the vendor signs without it (functions-behaviour 9.2), and it must not reach a log.
 */
export function readPublicUrl(text: string): URL | undefined {
  // `new URL` would silently drop line breaks and tabs, and turn backslashes into slashes.
  if (/[\s\\]/.test(text) || !/^https?:\/\/[^/?#]/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (text.includes('?') || text.includes('#')) return undefined;
  url.username = '';
  url.password = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/** As it is shown and put before a path: without a trailing slash. */
export function printPublicUrl(url: URL): string {
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
