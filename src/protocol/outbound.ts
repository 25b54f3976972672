/**
 * What a test says about the connections that its Functions open. The rules lie in a file that the test replaces as a
 * whole and that an instance reads for each connection: so they can change in the middle of a call, and whether a
 * connection is let through is known before it is made.
 */

/** Handed to an instance when it boots; without it nothing is looked at. */
export interface OutboundHook {
  /** Absolute path of the `OutboundRules`, as JSON. */
  readonly rulesFile: string;
  /** On this machine; takes what is answered, and is told of what is refused. */
  readonly port: number;
  /** Which project of the test process it is. */
  readonly project: string;
}

/** Names of hosts in lower case: `example.com`, `*.example.com` for all below it, `*` for every one. The first list goes first. */
export interface OutboundRules {
  readonly answered: readonly string[];
  readonly allowed: readonly string[];
}

export type Verdict = 'answered' | 'allowed' | 'refused';

/** The first line of each connection to `OutboundHook.port`, as JSON; what follows is what the Function sends. */
export interface OutboundLine {
  readonly project: string;
  readonly verdict: Exclude<Verdict, 'allowed'>;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

export function judge({ answered, allowed }: OutboundRules, host: string): Verdict {
  if (isOwnMachine(host)) return 'allowed';
  if (answered.some((pattern) => matchesHost(pattern, host))) return 'answered';
  return allowed.some((pattern) => matchesHost(pattern, host)) ? 'allowed' : 'refused';
}

export function matchesHost(pattern: string, host: string): boolean {
  const name = host.toLowerCase();
  if (pattern === '*' || pattern === name) return true;
  return pattern.startsWith('*.') && name.endsWith(pattern.slice(1));
}

function isOwnMachine(host: string): boolean {
  const name = host.toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return /^127(?:\.\d{1,3}){3}$/.test(name) || /^(?:::1|::ffff:127(?:\.\d{1,3}){3})$/.test(name);
}
