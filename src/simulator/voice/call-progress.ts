/** The status callback of the call itself. twilio.com/docs/voice/api/call-resource, "StatusCallbackEvent" */
import type { Steps } from './effects';
import type { Leg } from './leg';

/** `durationMs`: of a call that is over, else `null`. */
export function* tellCallProgress(
  leg: Leg,
  event: 'initiated' | 'ringing' | 'answered' | 'completed',
  durationMs: number | null = null,
): Steps<void> {
  const { statusCallback, statusCallbackMethod, statusCallbackEvent } = leg.session.options;
  if (statusCallback === undefined || !(statusCallbackEvent ?? ['completed']).includes(event)) return;
  const url = leg.resolveStart(statusCallback)?.href;
  if (url === undefined) return;
  yield* leg.tellProgress({ url, method: statusCallbackMethod ?? 'POST', base: url }, durationMs);
}

/** Whoever calls is now heard. */
export function* answer(leg: Leg): Steps<void> {
  if (leg.status !== 'ringing') return;
  leg.setStatus('in-progress');
  if (leg.name === 'caller') yield* tellCallProgress(leg, 'answered');
}
