/**
 * Flags of `twilio-run` that mean nothing here: accepted, so that scripts and fingers keep working, with one
 * warning each that says why. In a configuration file they are passed over without a word.
 */

export interface CompatibilityFlag {
  readonly alias: string | null;
  readonly takes: 'nothing' | 'value' | 'optional value';
  /** Completes the sentence "--flag has no effect: …". */
  readonly why: string;
}

const NO_API = 'start never calls the API of the vendor';
const DEPLOY_ONLY = 'it belongs to deploying';

export const COMPATIBILITY_FLAGS = {
  ngrok: {
    alias: null,
    takes: 'optional value',
    why: 'start a tunnel of your own and give its address to --public-url',
  },
  detailedLogs: {
    alias: null,
    takes: 'nothing',
    why: 'every request line already has its query, its reason and what the Function wrote',
  },
  forkProcess: { alias: null, takes: 'nothing', why: 'Functions always run in processes of their own' },
  username: {
    alias: 'u',
    takes: 'value',
    why: `${NO_API}; an account SID here only picks the project of a configuration file`,
  },
  password: { alias: null, takes: 'value', why: NO_API },
  region: { alias: null, takes: 'value', why: NO_API },
  edge: { alias: null, takes: 'value', why: NO_API },
  loadSystemEnv: { alias: null, takes: 'nothing', why: 'use --load-local-env' },
  serviceSid: { alias: null, takes: 'value', why: NO_API },
  serviceName: { alias: 'n', takes: 'value', why: NO_API },
  environment: { alias: null, takes: 'value', why: DEPLOY_ONLY },
  to: { alias: null, takes: 'value', why: DEPLOY_ONLY },
  runtime: { alias: null, takes: 'value', why: 'Functions run on the Node that runs Hookswitch' },
  production: {
    alias: null,
    takes: 'nothing',
    why: `${DEPLOY_ONLY}; set NODE_ENV=production to keep stacks from clients`,
  },
  functions: { alias: null, takes: 'nothing', why: DEPLOY_ONLY },
  assets: { alias: null, takes: 'nothing', why: DEPLOY_ONLY },
  force: { alias: null, takes: 'nothing', why: DEPLOY_ONLY },
  overrideExistingProject: { alias: null, takes: 'nothing', why: DEPLOY_ONLY },
} as const satisfies Record<string, CompatibilityFlag>;

export type CompatibilityKey = keyof typeof COMPATIBILITY_FLAGS;

/** Whether the argument after a flag that may stand alone is its value: a port, an address, or a subdomain. */
export function looksLikeFlagValue(key: string, text: string): boolean {
  return key === 'ngrok' ? /^[a-z0-9][a-z0-9.-]*$/i.test(text) : /^([\w.-]+:)?\d{1,5}$/.test(text);
}
