/** twilio.com/docs/voice/twiml/dial */
import type { Fields } from '../../http/exchange';
import { type Problem, problem } from '../../problem';
import { placeOf, type TwimlElement } from '../../twiml/element';
import { answer } from '../call-progress';
import type { Steps } from '../effects';
import type { DialStatus } from '../event';
import type { Leg } from '../leg';
import { NEXT_VERB, type Next } from '../next';
import { sipCallIdOf, sipResponseCodeOf } from '../sip';
import type { Verb } from '../verb';
import { bridge } from './bridge';
import { conference } from './conference';
import { DialRecording } from './dial-recording';
import { type DialSettings, dialSettingsOf, type Target, targetsOf } from './dial-settings';
import { DialledLeg } from './dialled-leg';
import { tonesMs } from './play';
import { ring } from './ring';
import { screen } from './screening';

/** How a `Dial` went. */
export interface Dialled {
  readonly status: DialStatus;
  readonly leg: DialledLeg | null;
  readonly durationMs: number;
  readonly callerIsGone: boolean;
  readonly fields: Fields;
}

export const dial: Verb = function* (element, leg, url) {
  const settings = dialSettingsOf(element, leg, url);
  if (!settings.answerOnBridge) yield* answer(leg);
  const targets = targetsOf(element, leg, url);
  const refusal = refusalOf(element, settings, targets, leg, url);
  if (refusal !== null) {
    leg.report(refusal);
    return yield* goOn(failed(), settings, leg, url);
  }
  const [first] = targets;
  const dialled =
    first?.party.kind === 'conference'
      ? yield* meet(first, settings, leg, url)
      : yield* dialParties(element, targets, settings, leg, url);
  const { status, durationMs } = dialled;
  leg.emit({ type: 'dialled', party: dialled.leg?.target.party ?? first?.party ?? null, status, durationMs });
  return yield* goOn(dialled, settings, leg, url);
};

function refusalOf(
  element: TwimlElement,
  { callerId }: DialSettings,
  targets: readonly Target[],
  leg: Leg,
  url: string,
): Problem | null {
  const place = placeOf(element, url);
  if (leg.scope !== 'call') return problem(13201, '', place);
  const [first] = targets;
  if (first === undefined) return problem(13223, 'there is nobody to dial', place);
  const { kind, address } = first.party;
  if (kind === 'number' && !/^\+?[\d().\s-]{3,20}$/.test(address))
    return problem(13223, JSON.stringify(address), place);
  if (!/^(?:\+?[\d().\s-]{2,20}|(?:client|sip):.+|[\w.@+-]{2,})$/i.test(callerId)) {
    return problem(13214, JSON.stringify(callerId.slice(0, 60)), place);
  }
  return null;
}

/** Into a conference: who joins is heard at once. */
function* meet(target: Target, settings: DialSettings, leg: Leg, url: string): Steps<Dialled> {
  yield* answer(leg);
  return yield* conference(target, settings, leg, url);
}

function failed(): Dialled {
  return { status: 'failed', leg: null, durationMs: 0, callerIsGone: false, fields: {} };
}

function* dialParties(
  element: TwimlElement,
  targets: readonly Target[],
  settings: DialSettings,
  caller: Leg,
  url: string,
): Steps<Dialled> {
  const { callerId, timeoutMs } = settings;
  const recording = new DialRecording(element, settings, caller, url);
  caller.emit({ type: 'dialling', parties: targets.map(({ party }) => party), callerId, timeoutMs });
  const legs = targets.map((target) => new DialledLeg(target, caller, callerId, url));
  yield* recording.start('from ringing');
  const rung = yield* ring(legs, timeoutMs, caller);
  switch (rung.type) {
    case 'caller hung up':
      return { ...failed(), status: 'canceled', leg: legs[0] ?? null, callerIsGone: true };
    case 'nobody':
      return { ...failed(), status: rung.status, leg: rung.last };
    case 'answered':
      return yield* talk(rung.by, recording, settings, caller, url);
  }
}

function* talk(
  callee: DialledLeg,
  recording: DialRecording,
  settings: DialSettings,
  caller: Leg,
  url: string,
): Steps<Dialled> {
  const { sendDigits, party } = callee.target;
  if (sendDigits !== null) {
    callee.leg.emit({ type: 'tones', digits: sendDigits, durationMs: tonesMs(sendDigits) });
  }
  const screened = yield* screen(callee, url);
  if (screened !== 'accepted') {
    const callerIsGone = screened === 'caller hung up';
    yield* callee.end('completed');
    return { ...failed(), status: callerIsGone ? 'canceled' : 'no-answer', leg: callee, callerIsGone };
  }
  yield* answer(caller);
  const { timeLimitMs, hangupOnStar } = settings;
  yield* recording.start('from answer');
  const end = yield* bridge({ party, timeLimitMs, hangupOnStar }, caller);
  const fields = yield* recording.finish();
  const durationMs = callee.durationMs;
  yield* callee.end('completed', fields);
  return { status: 'completed', leg: callee, durationMs, callerIsGone: end === 'caller hung up', fields };
}

/** With an action its answer is what follows; of a caller who is gone it means nothing. */
function* goOn(dialled: Dialled, { action, method }: DialSettings, leg: Leg, url: string): Steps<Next> {
  if (dialled.callerIsGone) leg.setStatus(leg.status === 'ringing' ? 'no-answer' : 'completed');
  const target = action === null ? null : leg.resolve(action, url);
  const over: Next = { type: 'end', reason: 'caller hung up' };
  if (target === null) return dialled.callerIsGone ? over : NEXT_VERB;
  const request = { purpose: 'action' as const, method, url: target, parameters: resultFields(dialled) };
  if (!dialled.callerIsGone) return { type: 'document', request };
  yield* leg.ask(request);
  return over;
}

function resultFields({ status, leg, durationMs, fields }: Dialled): Fields {
  return {
    DialCallStatus: status,
    ...(leg === null ? {} : { DialCallSid: leg.target.party.callSid, ...sipResultFields(leg) }),
    ...(status === 'completed' || status === 'answered'
      ? { DialCallDuration: String(Math.round(durationMs / 1_000)), DialBridged: 'true' }
      : { DialBridged: 'false' }),
    ...fields,
  };
}

/**
 * twilio.com/docs/voice/twiml/sip, "Additional parameters". `DialSipHeader_` is of the headers that the other side sends:
 * here it sends none.
 */
function sipResultFields({ target, leg }: DialledLeg): Fields {
  const { kind, callSid } = target.party;
  const code = sipResponseCodeOf(leg.status);
  if (kind !== 'sip' || code === null) return {};
  return { DialSipCallId: sipCallIdOf(callSid), DialSipResponseCode: code };
}
