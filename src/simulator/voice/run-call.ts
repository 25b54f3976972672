/** A call from its first ring to its end. */
import type { WebhookMethod } from '../http/exchange';
import { Interruption, type Steps } from './effects';
import type { CallStatus, EndReason } from './event';
import { Leg } from './leg';
import type { LegIdentity } from './parameters';
import type { CallSession } from './session';
import type { CallOptions } from './settings';

export interface CallEnd {
  readonly reason: EndReason;
  readonly status: CallStatus;
  /** Since it was answered; 0 where it was not. */
  readonly durationMs: number;
}

export function* runCall(session: CallSession, identity: LegIdentity): Steps<CallEnd> {
  const leg = new Leg({ name: 'caller', identity, session, status: 'queued' });
  if (identity.direction === 'outbound-api') {
    leg.setStatus('initiated');
    yield* tell(leg, 'initiated', null);
  }
  leg.setStatus('ringing');
  yield* tell(leg, 'ringing', null);
  const outcome = session.options.answer ?? 'answered';
  if (outcome !== 'answered') return yield* end(leg, 'not answered', outcome, null);
  if (identity.direction === 'outbound-api') leg.setStatus('in-progress');
  const answeredAt = session.now();
  const reason = yield* talk(leg);
  const wasAnswered = leg.status === 'in-progress' || leg.status === 'completed';
  const status = wasAnswered || leg.status === 'ringing' ? 'completed' : leg.status;
  return yield* end(leg, reason, status, answeredAt);
}

function* talk(leg: Leg): Steps<EndReason> {
  const { url, method } = leg.session.options;
  const target = leg.resolveStart(url);
  if (target === null) return 'error';
  try {
    const request = { purpose: 'document' as const, method: method ?? 'POST', url: target, parameters: {} };
    const ending = yield* leg.run(request);
    return ending.type === 'ended' ? ending.reason : 'no more verbs';
  } catch (thrown) {
    if (!(thrown instanceof Interruption)) throw thrown;
    return 'caller hung up';
  }
}

function* end(leg: Leg, reason: EndReason, status: CallStatus, answeredAt: number | null): Steps<CallEnd> {
  const durationMs = answeredAt === null ? 0 : leg.session.now() - answeredAt;
  leg.setStatus(status);
  yield* tell(leg, 'completed', durationMs);
  return { reason, status, durationMs };
}

function* tell(leg: Leg, event: string, durationMs: number | null): Steps<void> {
  const callback = callbackOf(leg.session.options);
  if (callback === null || !callback.events.includes(event)) return;
  const base = leg.resolveStart(callback.url);
  if (base === null) return;
  yield* leg.tellProgress({ url: base.href, method: callback.method, base: base.href }, durationMs);
}

function callbackOf(options: CallOptions): {
  readonly url: string;
  readonly method: WebhookMethod;
  readonly events: readonly string[];
} | null {
  const { statusCallback: url, statusCallbackMethod: method, statusCallbackEvent: events } = options;
  return url === undefined ? null : { url, method: method ?? 'POST', events: events ?? ['completed'] };
}
