import Module from 'node:module';
import { dirname, join, sep } from 'node:path';

/** The package `twilio` as a function with members; its types belong to the major that the project chose. */
export type SdkModule = ((...args: unknown[]) => unknown) & { readonly [member: string]: unknown };
export type TwimlName = 'VoiceResponse' | 'MessagingResponse' | 'FaxResponse';

export const TWIML_NAMES: readonly TwimlName[] = ['VoiceResponse', 'MessagingResponse', 'FaxResponse'];

/** Which copy of the package `twilio` a project gets: its own of any major, else ours. */
export function createSdk(root: string): Sdk {
  return new Sdk(root);
}

/** Finds and loads nothing before it is asked: the whole SDK costs 60 to 110 ms, a TwiML class 20. */
export class Sdk {
  #location: Location | null = null;
  readonly #twiml = new Map<TwimlName, SdkClass>();

  constructor(private readonly root: string) {}

  /** Loads the TwiML classes that webhooks answer with, for a first call that comes later. Never throws. */
  prepare(): void {
    try {
      this.#part('twiml/VoiceResponse');
      this.#part('twiml/MessagingResponse');
    } catch {
      // Told to whoever touches it.
    }
  }

  /** The whole SDK. Throws what its modules throw. */
  load(): SdkModule {
    return require(this.#locate().entry) as SdkModule;
  }

  /** One TwiML class without the rest; `undefined` where this major has none of that name. */
  twimlClass(name: TwimlName): unknown {
    return this.#part(`twiml/${name}`) ?? memberOf(this.load().twiml, name);
  }

  jwtClass(name: 'AccessToken'): unknown {
    return this.#part(`jwt/${name}`) ?? memberOf(this.load().jwt, name);
  }

  /** A REST client; loads the whole SDK. */
  createClient(accountSid: unknown, authToken: unknown, options: object): unknown {
    return this.load()(accountSid, authToken, options);
  }

  /**
   * TwiML of this copy, as the emulator asks: what comes from another copy is an ordinary object. Loads nothing:
   * while a class is not loaded, no value can be made of it. Hot.
   */
  isTwiml(value: object): boolean {
    for (const name of TWIML_NAMES) {
      const type = this.#twiml.get(name) ?? this.#findLoaded(name);
      if (type !== null && value instanceof type) return true;
    }
    return false;
  }

  /** What `require('twilio')` or `require('twilio/lib/…')` means where nothing nearer is installed, with or without extension. */
  pathOf(request: string): string | null {
    const { entry, directory } = this.#locate();
    if (request === 'twilio') return entry;
    return directory === null ? null : join(directory, request.slice('twilio/'.length));
  }

  #findLoaded(name: TwimlName): SdkClass | null {
    const loaded = this.#loadedClass(name);
    if (loaded !== null) this.#twiml.set(name, loaded);
    return loaded;
  }

  #loadedClass(name: TwimlName): SdkClass | null {
    const { entry, parts, twimlFiles } = this.#locate();
    const module = require.cache[twimlFiles?.[name] ?? entry];
    if (!module?.loaded) return null;
    // In a layout that we do not know, only the whole SDK can tell; asking it could load more in the known one.
    return classIn(parts === null ? memberOf(memberOf(module.exports, 'twiml'), name) : module.exports);
  }

  /** `null` where there is no such file. */
  #part(path: string): SdkClass | null {
    const { parts } = this.#locate();
    const file = parts !== null && findFile(join(parts, `${path}.js`));
    return file === false ? null : classIn(require(file));
  }

  #locate(): Location {
    this.#location ??= locate(this.root);
    return this.#location;
  }
}

/**
 * On the hosted platform every build has the SDK, whether its `package.json` names it or not: a project without
 * `twilio` gets ours. Only where Node finds nothing. `onFound` hears what else Node found: nothing of it is loaded yet.
 */
export function serveSdkToRequire(sdk: Sdk, onFound: (file: unknown) => void): void {
  const resolveFilename = internals._resolveFilename;
  internals._resolveFilename = function (request, ...rest) {
    if (request !== 'twilio' && !String(request).startsWith('twilio/')) {
      const file = resolveFilename.call(this, request, ...rest);
      onFound(file);
      return file;
    }
    try {
      return resolveFilename.call(this, request, ...rest);
    } catch (error) {
      const path = isNotFound(error) ? sdk.pathOf(request) : null;
      const file = path !== null && findFile(path);
      if (file === false) throw error;
      return file;
    }
  };
}

type SdkClass = abstract new (...args: never[]) => object;

interface Location {
  readonly entry: string;
  /** Folder of the package; `null` when its layout hides it. */
  readonly directory: string | null;
  /** Folder in which each class has a file of its own (all majors from 3 to 6); `null` in an unknown layout. */
  readonly parts: string | null;
  /** In the known layout: joining paths for each answer would cost more than the look-up. */
  readonly twimlFiles: Readonly<Record<TwimlName, string>> | null;
}

/** What CommonJS looks up with; not in the types, and unchanged since long before Node 20. */
interface ModuleInternals {
  _findPath(request: string, paths: readonly string[] | null): string | false;
  _nodeModulePaths(from: string): string[];
  _resolveFilename(this: unknown, request: string, ...rest: unknown[]): string;
}

// The cast adds the undocumented half of the module that the types leave out.
const internals = Module as unknown as ModuleInternals;

/** Not through `require.resolve`, which would come back to `serveSdkToRequire`. */
function locate(root: string): Location {
  const paths = [...internals._nodeModulePaths(root), ...internals._nodeModulePaths(__dirname)];
  const entry = internals._findPath('twilio', paths);
  if (entry === false) throw new Error('The package twilio is not installed');
  const manifest = internals._findPath('twilio/package.json', paths);
  const directory =
    manifest !== false && entry.startsWith(dirname(manifest) + sep) ? dirname(manifest) : null;
  const parts = directory === null ? null : partsIn(directory);
  return { entry, directory, parts, twimlFiles: parts === null ? null : twimlFilesIn(parts) };
}

function partsIn(directory: string): string | null {
  const parts = join(directory, 'lib');
  return findFile(join(parts, 'twiml', 'VoiceResponse.js')) === false ? null : parts;
}

function twimlFilesIn(parts: string): Readonly<Record<TwimlName, string>> {
  const file = (name: TwimlName) => join(parts, 'twiml', `${name}.js`);
  return {
    VoiceResponse: file('VoiceResponse'),
    MessagingResponse: file('MessagingResponse'),
    FaxResponse: file('FaxResponse'),
  };
}

function findFile(path: string): string | false {
  return internals._findPath(path, null);
}

/** Every major so far exports the class itself; compiled ES modules would have it as `default`. */
function classIn(exports: unknown): SdkClass | null {
  const type = typeof exports === 'function' ? exports : memberOf(exports, 'default');
  return typeof type === 'function' ? (type as unknown as SdkClass) : null;
}

/** `undefined` for what has no members, `null` included. */
function memberOf(holder: unknown, key: string): unknown {
  return Reflect.get(Object(holder) as object, key);
}

function isNotFound(error: unknown): boolean {
  return memberOf(error, 'code') === 'MODULE_NOT_FOUND';
}
