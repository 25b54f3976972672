/** A call from its first ring to its end. */
import { answer, tellCallProgress } from './call-progress';
import { Interruption, type Steps } from './effects';
import type { CallStatus, EndReason } from './event';
import { Leg } from './leg';
import type { LegIdentity } from './parameters';
import type { CallSession } from './session';

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
    yield* tellCallProgress(leg, 'initiated');
  }
  leg.setStatus('ringing');
  yield* tellCallProgress(leg, 'ringing');
  const outcome = session.options.answer ?? 'answered';
  if (outcome !== 'answered') return yield* end(leg, 'not answered', outcome, null);
  if (identity.direction === 'outbound-api') yield* answer(leg);
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
  yield* tellCallProgress(leg, 'completed', durationMs);
  return { reason, status, durationMs };
}
