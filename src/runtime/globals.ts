import { readFileSync } from 'node:fs';
import type { Boot } from '../protocol/messages';
import { checkAccountSid, isAccountSid } from './context';
import { Response } from './response';
import { type Sdk, serveSdkToRequire, TWIML_NAMES } from './sdk';

/**
 * What author's code finds on the global object (functions-behaviour 6.1), before any of it is loaded. Of the SDK
 * nothing is loaded here: each part is when it is first touched.
 */
export function installGlobals(boot: Boot, sdk: Sdk, onFound: (file: unknown) => void = ignore): void {
  const runtime = createRuntime(boot, sdk);
  defineValue(globalThis, 'Twilio', createTwilio(sdk));
  defineValue(globalThis, 'Runtime', runtime);
  defineLazily(globalThis, 'Functions', runtime.getFunctions);
  // Takes the place of the Response of fetch, as on the hosted platform; fetch itself keeps using its own. Deleted
  // first: from Node 22 on, defining a member reads the old one, which loads fetch as a whole (50 ms and 13 MB in
  // each process, measured) and makes the real stderr non-blocking, so that native code and children lose lines.
  Reflect.deleteProperty(globalThis, 'Response');
  defineValue(globalThis, 'Response', Response);
  const { accountSid, authToken } = boot;
  if (isAccountSid(accountSid) && authToken) {
    const create = () => sdk.createClient(accountSid, authToken, { lazyLoading: true });
    defineLazily(globalThis, 'twilioClient', create);
  }
  serveSdkToRequire(sdk, onFound);
}

function ignore(): void {}

export interface RuntimeAsset {
  readonly path: string;
  open(): string;
}

export interface RuntimeGlobal {
  getSync(options?: object): unknown;
  getAssets(): Record<string, RuntimeAsset>;
  getFunctions(): Record<string, { readonly path: string }>;
}

function createRuntime(boot: Boot, sdk: Sdk): RuntimeGlobal {
  return {
    getSync: (options) => getSync(boot, sdk, options),
    getAssets: () => getAssets(boot),
    getFunctions: () => getFunctions(boot),
  };
}

function getSync({ accountSid, authToken }: Boot, sdk: Sdk, options: object | undefined): unknown {
  checkAccountSid(accountSid, 'Runtime.getSync()');
  const { serviceName, ...clientOptions } = { serviceName: 'default', lazyLoading: true, ...options };
  const client = sdk.createClient(accountSid, authToken, clientOptions) as SyncClient;
  const service = client.sync.v1.services(serviceName || 'default');
  service.maps = service.syncMaps;
  service.lists = service.syncLists;
  return service;
}

/** The part of the SDK's client that `getSync` uses; the same in every major. */
interface SyncClient {
  readonly sync: { readonly v1: { services(name: string): Record<string, unknown> } };
}

function getAssets({ assets }: Boot): Record<string, RuntimeAsset> {
  const result: Record<string, RuntimeAsset> = {};
  for (const { path, file } of assets) result[path] = { path: file, open: () => readFileSync(file, 'utf8') };
  return result;
}

/** Keys without a leading slash; some templates use one, so that it works too but is not listed (Q27). */
function getFunctions({ functions }: Boot): Record<string, { readonly path: string }> {
  const result: Record<string, { readonly path: string }> = {};
  for (const { path, file, module } of functions) {
    // Of TypeScript what it was compiled to: authors require it.
    const entry = module?.entry ?? file;
    if (entry !== file) process.setSourceMapsEnabled(true);
    defineValue(result, path.slice(1), { path: entry });
    Object.defineProperty(result, path, { value: result[path.slice(1)], writable: true, configurable: true });
  }
  return result;
}

/**
 * The global `Twilio`: called, constructed, listed, spread and written to like the SDK's own function, and loaded as
 * late as possible. `Twilio.twiml.VoiceResponse` loads that class alone, which saves 50 to 90 ms of a cold start.
 */
function createTwilio(sdk: Sdk): object {
  // A function that can be constructed: authors write `new Twilio(sid, token)`, and what it returns is the result.
  function Twilio(...parameters: unknown[]): unknown {
    return sdk.load()(...parameters);
  }
  defineValue(Twilio, 'Response', Response);
  defineLazily(Twilio, 'twiml', () => createTwiml(sdk));
  defineLazily(Twilio, 'jwt', () => createJwt(sdk));
  return loadOnTouch(Twilio, () => sdk.load());
}

function createTwiml(sdk: Sdk): object {
  const target = {};
  for (const name of TWIML_NAMES) defineLazily(target, name, () => sdk.twimlClass(name));
  return loadOnTouch(target, () => sdk.load().twiml);
}

function createJwt(sdk: Sdk): object {
  const target = {};
  defineLazily(target, 'AccessToken', () => sdk.jwtClass('AccessToken'));
  return loadOnTouch(target, () => sdk.load().jwt);
}

/**
 * An object that gets the members of another one when somebody asks for a member that it does not have, or for the
 * list of its members. What it has, or was given since, stays.
 */
function loadOnTouch<T extends object>(target: T, load: () => unknown): T {
  let isComplete = false;
  const complete = (): void => {
    if (isComplete) return;
    const source = Object(load()) as object;
    isComplete = true;
    for (const key of Reflect.ownKeys(source)) {
      if (Object.hasOwn(target, key)) continue;
      const property = Reflect.getOwnPropertyDescriptor(source, key);
      if (property !== undefined) Object.defineProperty(target, key, { ...property, configurable: true });
    }
  };
  // Symbols and what every object inherits (`toString`, `hasOwnProperty`, `call`) are no reason to load anything;
  // neither is `then`, which `await` and `Promise.resolve` ask for.
  const completeFor = (key: string | symbol): void => {
    if (typeof key === 'string' && key !== 'then' && !(key in target)) complete();
  };
  return new Proxy(target, {
    get(_, key) {
      completeFor(key);
      return Reflect.get(target, key);
    },
    has(_, key) {
      completeFor(key);
      return Reflect.has(target, key);
    },
    getOwnPropertyDescriptor(_, key) {
      completeFor(key);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
    ownKeys() {
      complete();
      return Reflect.ownKeys(target);
    },
  });
}

function defineValue(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true });
}

/** A member that is made when it is first read, and may be overwritten like any other. */
function defineLazily(holder: object, key: string, create: () => unknown): void {
  Object.defineProperty(holder, key, {
    enumerable: true,
    configurable: true,
    get() {
      const value = create();
      defineValue(holder, key, value);
      return value;
    },
    set(value: unknown) {
      defineValue(holder, key, value);
    },
  });
}
