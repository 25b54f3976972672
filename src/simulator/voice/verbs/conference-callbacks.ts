/** twilio.com/docs/voice/twiml/conference, "statusCallback": these parameters and no others, so not who calls whom. */
import type { Fields, WebhookMethod } from '../../http/exchange';
import type { Steps } from '../effects';
import type { Party } from '../event';
import type { Leg } from '../leg';
import { timestampOf } from '../parameters';
import type { BridgeEnd } from './bridge';

export interface Room {
  readonly sid: string;
  readonly name: string;
  readonly starts: boolean;
  readonly ends: boolean;
  readonly muted: boolean;
  readonly label: string | null;
  readonly callback: {
    readonly url: string;
    readonly method: WebhookMethod;
    readonly events: readonly string[];
  } | null;
}

/** What happens -> the word that `statusCallbackEvent` has for it. */
const EVENTS = {
  'participant-join': 'join',
  'participant-leave': 'leave',
  'conference-start': 'start',
  'conference-end': 'end',
} as const;

export interface ConferenceEvent {
  readonly event: keyof typeof EVENTS;
  /** What only this event has. */
  readonly fields?: Fields;
}

export function* tellConference(
  { event, fields = {} }: ConferenceEvent,
  room: Room,
  leg: Leg,
  base: string,
): Steps<void> {
  const { callback, sid, name } = room;
  if (callback?.events.includes(EVENTS[event]) !== true) return;
  const { session, identity } = leg;
  const parameters = {
    AccountSid: identity.accountSid,
    ConferenceSid: sid,
    FriendlyName: name,
    StatusCallbackEvent: event,
    SequenceNumber: String(session.nextSequence()),
    Timestamp: timestampOf(session.wallTime()),
    ...(event.startsWith('participant-') ? participantFields(room, leg) : {}),
    ...fields,
  };
  yield* leg.tellOnly({ purpose: 'status', method: callback.method, url: callback.url, base, parameters });
}

function participantFields({ starts, ends, muted, label }: Room, { identity }: Leg): Fields {
  return {
    CallSid: identity.sid,
    Muted: String(muted),
    Hold: 'false',
    Coaching: 'false',
    EndConferenceOnExit: String(ends),
    StartConferenceOnEnter: String(starts),
    ...(label === null ? {} : { ParticipantLabel: label }),
  };
}

/** The page has no reason for the star key and the time limit: they count as hanging up, by one whose call goes on. */
export function leaveFields(end: BridgeEnd): Fields {
  return {
    ParticipantCallStatus: end === 'caller hung up' ? 'completed' : 'in-progress',
    ReasonParticipantLeft: end === 'callee hung up' ? 'moderator_ended_conference' : 'participant_hung_up',
  };
}

/** Who else is in it stays no longer than the caller. `Reason` is a sentence; the page does not say which. */
export function endFields({ ends, label }: Room, end: BridgeEnd, other: Party, caller: Leg): Fields {
  if (end === 'callee hung up') {
    return { CallSidEndingConference: other.callSid, ...endReason(true, other.callSid) };
  }
  const { sid } = caller.identity;
  return {
    CallSidEndingConference: sid,
    ...(label === null ? {} : { ParticipantLabelEndingConference: label }),
    ...endReason(ends, sid),
  };
}

function endReason(endedOnExit: boolean, sid: string): Fields {
  return endedOnExit
    ? {
        ReasonConferenceEnded: 'participant-with-end-conference-on-exit-left',
        Reason: `${sid} left, with endConferenceOnExit`,
      }
    : { ReasonConferenceEnded: 'last-participant-left', Reason: `${sid} left as the last participant` };
}
