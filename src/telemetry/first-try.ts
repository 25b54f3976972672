import type { Build, FunctionResource } from '../model/build';

/** What a newcomer can paste to see a Function answer. */
export type FirstTry =
  | { readonly kind: 'curl'; readonly command: string }
  /** Every Function asks for a signature, which no curl line can have. */
  | { readonly kind: 'all protected' }
  | { readonly kind: 'nothing to call' };

/** A form POST like the one of a text message. Prefers a public Function. */
export function firstTry(build: Build, url: string, checkSignatures: boolean): FirstTry {
  const reachable = build.functions.filter(({ visibility }) => visibility !== 'private');
  const open = reachable.filter(({ visibility }) => visibility === 'public' || !checkSignatures);
  const chosen = open.find(({ visibility }) => visibility === 'public') ?? open[0];
  if (chosen !== undefined) return { kind: 'curl', command: curlOf(chosen, url) };
  return { kind: reachable.length > 0 ? 'all protected' : 'nothing to call' };
}

function curlOf(resource: FunctionResource, url: string): string {
  return `curl ${shellWord(url + resource.path)} --data-urlencode 'From=+15551234567' -d 'Body=Ahoy'`;
}

function shellWord(text: string): string {
  return /^[\w/.:~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
