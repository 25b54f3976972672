/** What webhooks of calls carry. twilio.com/docs/voice/twiml, "Twilio's request to your application" */
import type { Fields } from '../http/exchange';
import { placeFields, placeOfNumber } from '../place-of-number';
import type { CallStatus } from './event';
import { sipResponseCodeOf } from './sip';

export const API_VERSION = '2010-04-01';

/** One leg of a call, as webhooks describe it. */
export interface LegIdentity {
  readonly sid: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  readonly direction: 'inbound' | 'outbound-api' | 'outbound-dial';
  readonly parentSid: string | null;
  readonly callerName: string | null;
  readonly forwardedFrom: string | null;
  /** Of a call that comes in. */
  readonly callToken: string | null;
}

export function callFields(leg: LegIdentity, status: CallStatus): Fields {
  return {
    AccountSid: leg.accountSid,
    ApiVersion: API_VERSION,
    CallSid: leg.sid,
    CallStatus: status,
    Called: leg.to,
    ...aliasFields('Called', leg.to),
    Caller: leg.from,
    ...aliasFields('Caller', leg.from),
    Direction: leg.direction,
    From: leg.from,
    ...placeFields('From', leg.from),
    To: leg.to,
    ...placeFields('To', leg.to),
    ...(leg.parentSid === null ? {} : { ParentCallSid: leg.parentSid }),
    ...(leg.callerName === null ? {} : { CallerName: leg.callerName }),
    ...(leg.forwardedFrom === null ? {} : { ForwardedFrom: leg.forwardedFrom }),
    ...(leg.callToken === null ? {} : { CallToken: leg.callToken }),
  };
}

export interface Progress {
  /** 0, 1, 2, … */
  readonly sequence: number;
  /** ms since 1970 */
  readonly wallTime: number;
  readonly status: CallStatus;
  /** Of a call that is over. */
  readonly durationMs: number | null;
}

/** twilio.com/docs/voice/api/call-resource, "StatusCallbackEvent" */
export function progressFields({ sequence, wallTime, status, durationMs }: Progress): Fields {
  const seconds = durationMs === null ? null : secondsOf(durationMs);
  const code = sipResponseCodeOf(status);
  return {
    CallbackSource: 'call-progress-events',
    SequenceNumber: String(sequence),
    Timestamp: timestampOf(wallTime),
    ...(seconds === null ? {} : { CallDuration: String(seconds), Duration: String(Math.ceil(seconds / 60)) }),
    ...(code === null ? {} : { SipResponseCode: code }),
  };
}

/** A call that was answered lasted a second at least. */
function secondsOf(durationMs: number): number {
  return durationMs > 0 ? Math.max(1, Math.round(durationMs / 1_000)) : 0;
}

/** `Thu, 01 Jan 2026 09:00:00 +0000` */
export function timestampOf(wallTime: number): string {
  return new Date(wallTime).toUTCString().replace('GMT', '+0000');
}

/** Names of old: the same as those of `From` and `To`. */
function aliasFields(prefix: 'Called' | 'Caller', number: string): Fields {
  const { city, state, zip, country } = placeOfNumber(number);
  return {
    [`${prefix}City`]: city,
    [`${prefix}State`]: state,
    [`${prefix}Zip`]: zip,
    [`${prefix}Country`]: country,
  };
}
