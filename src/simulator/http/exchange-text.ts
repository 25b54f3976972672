import type { Exchange } from './exchange';

/** `POST /voice/menu 200 (action) RQ…` */
export function exchangeText(exchange: Exchange): string {
  const { method, url, status, purpose, attempt, fault, recordId } = exchange;
  return [
    method,
    pathOf(url),
    status === null ? 'no answer' : String(status),
    ...(purpose === 'document' ? [] : [`(${purpose})`]),
    ...(attempt === 1 ? [] : [`attempt ${attempt}`]),
    ...(fault === null ? [] : [`[${fault}]`]),
    ...(recordId === null ? [] : [recordId]),
  ].join(' ');
}

/** By GET all parameters stand in it, which nobody reads in a transcript. */
const LONGEST_PATH = 100;

function pathOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  const path = pathname + search;
  return path.length <= LONGEST_PATH ? path : `${path.slice(0, LONGEST_PATH)}…`;
}
