/** Fields as `application/x-www-form-urlencoded`, in their order. Lone halves of surrogates become U+FFFD, as in all UTF-8. */
import type { Fields } from './exchange';

export function formText(fields: Fields): string {
  return new URLSearchParams(Object.entries(fields)).toString();
}

/** With the fields behind what the query has. */
export function withFields(url: URL, fields: Fields): URL {
  const text = formText(fields);
  if (text === '') return url;
  const changed = new URL(url);
  changed.search = changed.search === '' ? `?${text}` : `${changed.search}&${text}`;
  return changed;
}
