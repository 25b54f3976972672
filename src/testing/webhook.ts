/** Which Function a text or a call goes to, as the settings of a phone number say it for the vendor. */
import { CodedError } from '../errors';
import type { Build } from '../model/build';
import { likelyFunction } from '../model/phone-path';

export type WebhookKind = 'sms' | 'voice';

/** What the test names, else the Function that fits best. Throws `CodedError` (HS_TEST_USAGE). */
export function webhookOf(build: Build, kind: WebhookKind, named: string | undefined): string {
  if (named !== undefined) return checked(named, build);
  const likely = likelyFunction(kind === 'sms' ? 'sms' : 'call', build.functions);
  if (likely !== null) return likely.path;
  const paths = build.functions.filter(({ visibility }) => visibility !== 'private').map(({ path }) => path);
  throw new CodedError('HS_TEST_USAGE', unclear(kind, paths));
}

function checked(named: string, build: Build): string {
  if (!named.startsWith('/')) return named;
  const [path] = named.split(/[?#]/);
  const known = [...build.functions, ...build.assets].filter(({ visibility }) => visibility !== 'private');
  if (known.some((resource) => resource.path === path)) return named;
  const list = known.map((resource) => resource.path).join(', ');
  throw new CodedError(
    'HS_TEST_USAGE',
    `the project has nothing at ${path}; it has ${list === '' ? 'nothing at all' : list}`,
  );
}

function unclear(kind: WebhookKind, paths: readonly string[]): string {
  const [first = '/path'] = paths;
  const how = kind === 'sms' ? `app.sms({ body: 'Hi', url: '${first}' })` : `app.call({ url: '${first}' })`;
  const list = paths.length === 0 ? 'none' : paths.join(', ');
  return `it is not clear which Function takes the ${kind === 'sms' ? 'text' : 'call'} (there are ${list}): write ${how}, or startProject(…, { ${kind}: '${first}' })`;
}
