/** What all who ask share, and the one place where an answer is judged. */
import type { Builds } from './builds';
import type { Answer } from './connection';
import { FAILED, type Kind, matches, type Right, type Variant } from './kind';
import type { Ledger } from './ledger';
import type { Tallies } from './tally';
import type { Timeline } from './timeline';

export interface Bed {
  readonly port: number;
  readonly seed: number;
  readonly ledger: Ledger;
  readonly builds: Builds;
  readonly tallies: Tallies;
  readonly timeline: Timeline;
}

/** Those who ask do so until `stop` is aborted. */
export interface Phase {
  readonly name: string;
  readonly stop: AbortSignal;
}

/** A request of a Function that was sent. */
export interface Call {
  readonly id: number;
  readonly kind: Kind;
  readonly variant: Variant;
  /** `performance.now` */
  readonly sentAt: number;
  /** Of the build that was live by then, so an older one must not answer. */
  readonly oldestBuild: number;
}

/** The queue of the gateway refuses what has waited so long; model/limits.ts. */
const QUEUE_WAIT_MS = 5_000;
const BUILD = / build (\d+)$/;

export function openCall({ ledger, builds }: Bed, kind: Kind, variant: Variant): Call {
  return {
    id: ledger.open(variant.runs ?? 'once'),
    kind,
    variant,
    sentAt: performance.now(),
    oldestBuild: builds.savedOf(kind.name),
  };
}

/** Hot. `sender`: under whose name it is counted. */
export function takeAnswer(bed: Bed, call: Call, answer: Answer, sender = call.kind.name): void {
  const answeredAt = performance.now();
  const tookMs = answeredAt - call.sentAt;
  bed.tallies.add(sender, answer.status, tookMs);
  const problem = explainWrong(bed, call, answer);
  if (problem === null) return;
  if (answer.status === 429 && tookMs >= QUEUE_WAIT_MS) return bed.ledger.allowNone(call.id);
  const what = `${problem}, after ${Math.round(tookMs)} ms, ${requestIdOf(answer)}`;
  if (answer.status === 500 && answer.body === FAILED) {
    bed.ledger.suspects.push({ id: call.id, what, sentAt: call.sentAt, answeredAt });
  } else {
    bed.ledger.allowNone(call.id);
    bed.ledger.blame(call.id, what);
  }
}

export function takeLoss({ ledger }: Bed, { id, kind, variant }: Call, error: unknown): void {
  ledger.allowNone(id);
  const how = variant.event?.how ?? '';
  ledger.blame(id, `${kind.name} ${how}: ${error instanceof Error ? error.message : String(error)}`);
}

function explainWrong({ builds }: Bed, call: Call, answer: Answer): string | null {
  const { id, kind, variant, oldestBuild } = call;
  const [suffix = '', number = ''] = kind.isRewritten ? (BUILD.exec(answer.body) ?? []) : [];
  const body = suffix === '' ? answer.body : answer.body.slice(0, -suffix.length);
  const isRight = (right: Right) => right.status === answer.status && matches(right.body, id, body);
  const name = [kind.name, variant.method, variant.event?.how].filter(Boolean).join(' ');
  if (!variant.right.some(isRight)) {
    return `${name}: answered ${answer.status} ${JSON.stringify(answer.body.slice(0, 120))}`;
  }
  if (!kind.isRewritten) return null;
  const build = Number(number);
  const newest = builds.begunOf(kind.name);
  if (build >= oldestBuild && build <= newest) return null;
  return `${name}: answered by build ${build}, live were ${oldestBuild} to ${newest}`;
}

function requestIdOf({ head }: Answer): string {
  return /\r\ntwilio-request-id: *(\S+)/i.exec(head)?.[1] ?? 'without a request id';
}
