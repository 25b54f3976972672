/** Failure on purpose: what goes wrong with which request of a conversation. */
import type { Purpose } from './exchange';

export type Fault =
  /** The answer is used only after this time: over 15 s the vendor gives up. */
  | { readonly type: 'slow'; readonly ms: number }
  /** The answer is lost and this status takes its place. */
  | { readonly type: 'status'; readonly status: number }
  /** The connection ends before the answer; the project has got the request. */
  | { readonly type: 'dropped' }
  /** Nobody is there: the project does not get the request. */
  | { readonly type: 'refused' }
  /** It arrives twice, with the same idempotency token; the second answer counts. */
  | { readonly type: 'duplicate' }
  /** It is not sent at all. For status callbacks, which nobody waits for. */
  | { readonly type: 'lost' };

export interface FaultRule {
  readonly fault: Fault;
  /** Which requests; absent: all that read TwiML (`lost`: all callbacks). */
  readonly purposes?: readonly Purpose[];
  /** Part of the path and query. */
  readonly path?: string;
  /** The first of them that are spared. */
  readonly after?: number;
  /** How many it happens to; absent: all of them. */
  readonly times?: number;
}

const CALLBACKS: readonly Purpose[] = ['status', 'recording', 'transcription', 'partial'];

/** Counts for the rules of one conversation. */
export class FaultPlan {
  readonly #rules: readonly FaultRule[];
  readonly #seen: number[];

  constructor(rules: readonly FaultRule[]) {
    this.#rules = rules;
    this.#seen = rules.map(() => 0);
  }

  /** Of the first rule that fits; each attempt counts. */
  next(purpose: Purpose, url: URL): Fault | null {
    let found: Fault | null = null;
    this.#rules.forEach((rule, at) => {
      if (!fits(rule, purpose, url)) return;
      const seen = this.#seen[at] ?? 0;
      this.#seen[at] = seen + 1;
      const { after = 0, times = Infinity } = rule;
      if (seen >= after && seen < after + times) found ??= rule.fault;
    });
    return found;
  }
}

function fits(rule: FaultRule, purpose: Purpose, url: URL): boolean {
  const isCallback = CALLBACKS.includes(purpose);
  const purposes = rule.purposes ?? null;
  if (purposes === null ? isCallback !== (rule.fault.type === 'lost') : !purposes.includes(purpose))
    return false;
  return rule.path === undefined || `${url.pathname}${url.search}`.includes(rule.path);
}

export function faultText(fault: Fault): string {
  switch (fault.type) {
    case 'slow':
      return `the answer took ${fault.ms} ms longer`;
    case 'status':
      return `the answer was replaced by ${fault.status}`;
    case 'dropped':
      return 'the connection was dropped before the answer';
    case 'refused':
      return 'the connection was refused';
    case 'duplicate':
      return 'delivered twice';
    case 'lost':
      return 'lost: never sent';
  }
}
