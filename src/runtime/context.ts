import type { Boot } from '../protocol/messages';
import type { Sdk } from './sdk';

export interface Context {
  getTwilioClient(options?: object): unknown;
  [member: string]: unknown;
}

/**
 * The `context` of a call: a new plain object each time, because authors write to it; a Variable wins over a member
 * of the same name, and `getTwilioClient` over everything (functions-behaviour 5). Hot.
 */
export function createContext(boot: Boot, sdk: Sdk, path: string, domainName: string): Context {
  let template = templates.get(boot);
  if (template === undefined) {
    template = createTemplate(boot, sdk);
    templates.set(boot, template);
  }
  const context = { ...template.members };
  if (template.setsPath) context.PATH = path;
  if (template.setsDomainName) context.DOMAIN_NAME = domainName;
  return context;
}

/** Throws as the emulator does: named `INVALID_CONFIG`, with a message that begins with what is wrong. */
export function checkAccountSid(accountSid: string | null, caller: string): asserts accountSid is string {
  if (isAccountSid(accountSid)) return;
  const title = accountSid ? 'Invalid Account SID' : 'Missing Account SID';
  throw configError(title, `${caller} needs ACCOUNT_SID=AC… (34 characters) in .env`);
}

export function isAccountSid(value: string | null): value is string {
  return value !== null && value.length === 34 && value.startsWith('AC');
}

interface Template {
  readonly members: Context;
  readonly setsPath: boolean;
  readonly setsDomainName: boolean;
}

/**
 * What does not change between calls, laid out once: a copy of it costs a quarter of building it anew. Its methods
 * are its own: author's code may replace those of all others.
 */
const templates: Pick<WeakMap<Boot, Template>, 'get' | 'set'> = Object.assign(new WeakMap<Boot, Template>(), {
  get: WeakMap.prototype.get,
  set: WeakMap.prototype.set,
});

function createTemplate(boot: Boot, sdk: Sdk): Template {
  const { variables } = boot;
  const members: Context = {
    PATH: '',
    DOMAIN_NAME: '',
    SERVICE_SID: undefined,
    ENVIRONMENT_SID: undefined,
    ...variables,
    ...missingCredentials(boot),
    getTwilioClient: (options) => createClient(boot, sdk, options),
  };
  return {
    members,
    setsPath: !Object.hasOwn(variables, 'PATH'),
    setsDomainName: !Object.hasOwn(variables, 'DOMAIN_NAME'),
  };
}

/** Without credentials both are `null`, not missing (functions-behaviour Q40). */
function missingCredentials({ variables, accountSid, authToken }: Boot): Record<string, string | null> {
  return {
    ...(Object.hasOwn(variables, 'ACCOUNT_SID') ? {} : { ACCOUNT_SID: accountSid }),
    ...(Object.hasOwn(variables, 'AUTH_TOKEN') ? {} : { AUTH_TOKEN: authToken }),
  };
}

function createClient({ accountSid, authToken }: Boot, sdk: Sdk, options: object | undefined): unknown {
  const caller = 'context.getTwilioClient()';
  checkAccountSid(accountSid, caller);
  checkAuthToken(authToken, caller);
  return sdk.createClient(accountSid, authToken, { lazyLoading: true, ...options });
}

function checkAuthToken(authToken: string | null, caller: string): void {
  if (authToken?.length === 32) return;
  const title = authToken ? 'Invalid Auth Token' : 'Missing Auth Token';
  throw configError(title, `${caller} needs AUTH_TOKEN=… (32 characters) in .env`);
}

function configError(title: string, explanation: string): Error {
  const error = new Error(`${title}\n${explanation}`);
  error.name = 'INVALID_CONFIG';
  return error;
}
