import type { Build } from '../model/build';
import type { Spot } from './finding';
import type { CheckedAsset, Rule } from './rule';

export const PROTECTED_WITHOUT_TOKEN: Rule = {
  id: 'protected-without-token',
  severity: 'error',
  finds: 'A protected Function or Asset in a project without an auth token.',
  otherwise: 'Nobody can sign for it: every request gets 400, those of Twilio too.',
  fix: 'Put AUTH_TOKEN=… into .env, or take .protected out of the name.',
  ofFile: ({ visibility, path }, { authToken }) =>
    visibility === 'protected' && authToken === null
      ? [
          {
            at: null,
            reason: `${path} is protected, and the project has no auth token to check signatures with`,
          },
        ]
      : [],
};

export const PROTECTED_LINK: Rule = {
  id: 'protected-link',
  severity: 'warning',
  finds: 'A public page that links or loads a protected path.',
  otherwise: 'A browser does not sign its requests: it gets 400.',
  fix: 'Make what the page needs public, or let a Function check who asks.',
  ofAsset: checkLinks,
};

function checkLinks({ resource, text }: CheckedAsset, build: Build): readonly Spot[] {
  if (resource.visibility !== 'public' || !/\.html?$/i.test(resource.name)) return [];
  const guarded = new Set(
    [...build.functions, ...build.assets]
      .filter(({ visibility }) => visibility === 'protected')
      .map(({ path }) => path),
  );
  if (guarded.size === 0) return [];
  return [...text.matchAll(LINK)].flatMap((match) => {
    const path = pathOf(match[1] ?? match[2] ?? '', resource.path);
    if (path === null || !guarded.has(path)) return [];
    return [{ at: match.index, reason: `this page asks for ${path}, which is protected` }];
  });
}

const LINK = /(?<![\w-])(?:href|src|action)\s{0,4}=\s{0,4}(?:"([^"<>\s]{1,2048})"|'([^'<>\s]{1,2048})')/gi;

/** On this site only. */
function pathOf(link: string, page: string): string | null {
  if (!URL.canParse(link, `http://site${page}`)) return null;
  const url = new URL(link, `http://site${page}`);
  return url.host === 'site' ? url.pathname : null;
}
