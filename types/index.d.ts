/**
 * Types for authors of Functions: what a handler gets, and the globals that it finds.
 *
 *     import type { Handler } from 'hookswitch/types';
 *
 *     export const handler: Handler = (context, event, callback) => {
 *       const twiml = new Twilio.twiml.MessagingResponse();
 *       twiml.message(`Hello ${event.From}`);
 *       callback(null, twiml);
 *     };
 *
 * The globals are known in every file of a project in which one file imports this one, or with
 * `"types": ["hookswitch/types"]` in its tsconfig.json.
 */
// @ts-ignore: where the SDK is not installed, what comes from it is not checked.
import type TwilioSdk = require('twilio');

/** Everything that a handler is called with, in one type. What it returns is ignored, apart from a rejection. */
export type Handler<Variables = unknown, Parameters = FormParameters> = (
  context: Context<Variables>,
  event: Event<Parameters>,
  callback: Callback,
) => unknown;

/**
 * `context`: Variables by name, and a client. Name the Variables that a Function uses:
 * `Handler<{ readonly MY_KEY: string }>`.
 */
export type Context<Variables = unknown> = ContextMembers & Readonly<Variables>;

/** A Variable of one of these names takes the place of the member. */
export interface ContextMembers {
  /** Needs `ACCOUNT_SID` and `AUTH_TOKEN`. */
  getTwilioClient(options?: ClientOptions): TwilioClient;
  readonly DOMAIN_NAME: string;
  /** URL path of the Function that runs: `/sms/reply`. */
  readonly PATH: string;
  readonly SERVICE_SID: string | undefined;
  readonly ENVIRONMENT_SID: string | undefined;
  readonly ACCOUNT_SID: string | null;
  readonly AUTH_TOKEN: string | null;
}

/** `event`: the parameters of the query and of the body, and the request that they came with. */
export type Event<Parameters = FormParameters> = EventMembers & Parameters;

export interface EventMembers {
  readonly request: {
    /** Names in lower case. */
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly cookies: Readonly<Record<string, string | undefined>>;
  };
}

/**
 * What webhooks send. Describe a body of JSON, or parameters that come several times, yourself:
 * `Handler<unknown, { readonly items: readonly string[] }>`.
 */
export interface FormParameters {
  readonly [name: string]: string | undefined;
}

/** Ends the call; later calls of it are ignored. The first argument is what went wrong, or `null`. */
export type Callback = (error?: Error | string | object | null, value?: Answer) => void;

/** TwiML and a `Response` are objects; other objects are sent as JSON. */
export type Answer = object | string | number | boolean | null | undefined;

export type TwilioClient = ReturnType<typeof TwilioSdk>;
export type ClientOptions = NonNullable<Parameters<typeof TwilioSdk>[2]>;

/** Class of the global `Twilio.Response`. */
export class TwilioResponse {
  constructor(options?: {
    readonly statusCode?: number;
    readonly body?: Answer;
    readonly headers?: Readonly<Record<string, HeaderValue>>;
  });
  body: unknown;
  statusCode: number;
  headers: Record<string, unknown>;
  setStatusCode(statusCode: number): this;
  setBody(body: Answer): this;
  /** Replaces all headers. */
  setHeaders(headers: Readonly<Record<string, HeaderValue>>): this;
  /** A second value for one name makes a list. */
  appendHeader(name: string, value: HeaderValue): this;
  /** `attributes`: such as `Secure` and `Max-Age=60`. */
  setCookie(name: string, value: string, attributes?: readonly string[]): this;
  removeCookie(name: string): this;
}

export type HeaderValue = string | number | readonly (string | number)[];

/** The global `Runtime`. */
export interface RuntimeGlobal {
  /** Private Assets by path, with a leading slash: `Runtime.getAssets()['/data.json']`. */
  getAssets(): Record<string, RuntimeAsset>;
  /** All Functions by path, without a leading slash: `require(Runtime.getFunctions()['lib/x'].path)`. */
  getFunctions(): Record<string, RuntimeFunction>;
  /** The Sync service of this name or SID, `default` where there is none. */
  getSync(options?: ClientOptions & { readonly serviceName?: string }): SyncService;
}

export interface RuntimeAsset {
  readonly path: string;
  open(): string;
}

export interface RuntimeFunction {
  readonly path: string;
}

type SdkSyncService = ReturnType<TwilioClient['sync']['v1']['services']>;

export type SyncService = SdkSyncService & {
  readonly maps: SdkSyncService['syncMaps'];
  readonly lists: SdkSyncService['syncLists'];
};

declare global {
  /**
   * The SDK, with `Twilio.Response` besides. (The global `Response` is the same class; TypeScript takes it for that of
   * `fetch`, so write `Twilio.Response`.)
   */
  var Twilio: typeof TwilioSdk & { readonly Response: typeof TwilioResponse };
  namespace Twilio {
    type Response = TwilioResponse;
  }
  var Runtime: RuntimeGlobal;
  /** As `Runtime.getFunctions()`. */
  var Functions: ReturnType<RuntimeGlobal['getFunctions']>;
  /** There only where `ACCOUNT_SID` and `AUTH_TOKEN` are set. */
  var twilioClient: TwilioClient | undefined;
}
