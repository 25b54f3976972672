/** Which Function a text or a call goes to, as the settings of a phone number say it for the vendor. */
import { CodedError } from '../errors';
import type { Build } from '../model/build';

export type WebhookKind = 'sms' | 'voice';

const LIKELY: Readonly<Record<WebhookKind, RegExp>> = {
  sms: /sms|message|text|reply|survey/i,
  voice: /voice|call|menu|ivr|phone/i,
};

/** What the test names, else the only Function that fits. Throws `CodedError` (HS_TEST_USAGE). */
export function webhookOf(build: Build, kind: WebhookKind, named: string | undefined): string {
  const paths = build.functions.filter(({ visibility }) => visibility !== 'private').map(({ path }) => path);
  if (named !== undefined) return checked(named, build);
  const [only, another] = paths.length === 1 ? paths : paths.filter((path) => LIKELY[kind].test(path));
  if (only !== undefined && another === undefined) return only;
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
