/** Where the console is: written into the hash of the URL, so that every view can be linked and the back button works. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { InvocationFilter } from '../../../src/admin/api';

export type Route =
  | { readonly view: 'invocations'; readonly id: string | null; readonly filter: InvocationFilter }
  | { readonly view: 'compare'; readonly original: string; readonly replay: string }
  | { readonly view: 'resources'; readonly name: string | null }
  /** `id`: a conversation, `new` for the form that begins one. */
  | { readonly view: 'phone'; readonly id: string | null }
  | { readonly view: 'settings' };

const FILTERS = ['status', 'function', 'method', 'sid', 'q'] as const;

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = splitOnce(hash.replace(/^#\/?/, ''), '?');
  const [view, first, second] = path.split('/').map(decode);
  if (view === 'compare' && first && second) return { view, original: first, replay: second };
  if (view === 'resources') return { view, name: first || null };
  if (view === 'phone') return { view, id: first || null };
  if (view === 'settings') return { view };
  return { view: 'invocations', id: first || null, filter: parseFilter(query) };
}

export function formatRoute(route: Route): string {
  switch (route.view) {
    case 'invocations':
      return `#/invocations${segment(route.id)}${formatFilter(route.filter)}`;
    case 'compare':
      return `#/compare${segment(route.original)}${segment(route.replay)}`;
    case 'resources':
      return `#/resources${segment(route.name)}`;
    case 'phone':
      return `#/phone${segment(route.id)}`;
    case 'settings':
      return '#/settings';
  }
}

export class Router {
  readonly #route = signal<Route>(parseRoute(location.hash));
  readonly #follow = () => {
    this.#route.value = parseRoute(location.hash);
  };

  constructor() {
    addEventListener('hashchange', this.#follow);
  }

  get route(): ReadonlySignal<Route> {
    return this.#route;
  }

  go(route: Route): void {
    location.hash = formatRoute(route);
  }

  /** Without an entry of its own in the history: for what is typed, and for steps from one invocation to the next. */
  replace(route: Route): void {
    history.replaceState(null, '', formatRoute(route));
    this.#follow();
  }

  close(): void {
    removeEventListener('hashchange', this.#follow);
  }
}

function segment(value: string | null): string {
  return value === null ? '' : `/${encodeURIComponent(value)}`;
}

function parseFilter(query: string): InvocationFilter {
  const values = new URLSearchParams(query);
  const given = FILTERS.map((name) => [name, values.get(name) ?? '']).filter(([, value]) => value !== '');
  return Object.fromEntries(given);
}

function formatFilter(filter: InvocationFilter): string {
  const query = new URLSearchParams();
  for (const name of FILTERS) if (filter[name]) query.set(name, filter[name]);
  return query.size === 0 ? '' : `?${query}`;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** A hash is typed and pasted by people: what does not decode is taken as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
