/** Which URL a webhook has, and where it is really sent: a project with a public URL is reached at its local one. */
import { type Problem, problem } from '../problem';

export interface Project {
  /** Where the project listens: `http://localhost:3000`. */
  readonly baseUrl: string;
  /** What the world calls it, where it has a name of its own: the URL that signatures cover. */
  readonly publicUrl: string | null;
}

export type Resolved = { readonly url: URL } | { readonly problem: Problem };

/** Far longer than what a gateway takes. */
const LONGEST_URL = 16_384;

/** What the world calls the project, without a slash at the end. */
export function nameOf(project: Project): string {
  return (project.publicUrl ?? project.baseUrl).replace(/\/+$/, '');
}

/** `reference` is a path or a URL; `base` is the document that it stands in. */
export function resolveUrl(reference: string, base: string): Resolved {
  const text = reference.trim();
  if (text.length > LONGEST_URL) return refused(`it has ${text.length} characters`, base);
  if (!URL.canParse(text, base)) return refused(JSON.stringify(text.slice(0, 100)), base);
  const url = new URL(text, base);
  if (url.protocol === 'http:' || url.protocol === 'https:') return { url };
  return refused(`${url.protocol} in ${JSON.stringify(text.slice(0, 100))}`, base);
}

/** A path counts from the root of the project, whatever path its public URL has. */
export function resolveStart(reference: string, project: Project): Resolved {
  const name = nameOf(project);
  return reference.startsWith('/')
    ? resolveUrl(`${name}${reference}`, name)
    : resolveUrl(reference, `${name}/`);
}

/** Where a request for `url` is sent. */
export function connectTo(url: URL, project: Project): URL {
  if (project.publicUrl === null) return url;
  const name = nameOf(project);
  if (url.href !== name && !url.href.startsWith(`${name}/`) && !url.href.startsWith(`${name}?`)) return url;
  return new URL(`${project.baseUrl.replace(/\/+$/, '')}${url.href.slice(name.length)}`);
}

/** Whether it belongs to the project, under either of its names. */
export function isOfProject(url: URL, project: Project): boolean {
  const names = [project.baseUrl, project.publicUrl].filter((name) => name !== null);
  return names.some((name) => URL.canParse(name) && new URL(name).origin === url.origin);
}

function refused(detail: string, url: string): Resolved {
  return { problem: problem(11100, detail, { url, line: null, column: null }) };
}
