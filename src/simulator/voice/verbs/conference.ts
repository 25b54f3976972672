/** twilio.com/docs/voice/twiml/conference: one caller in a room; who else comes and when it ends is up to you. */
import type { Fields, WebhookMethod } from '../../http/exchange';
import { Interruption, type Steps } from '../effects';
import type { Leg } from '../leg';
import { timestampOf } from '../parameters';
import { runWaiting } from '../run-waiting';
import { bridge } from './bridge';
import type { Dialled } from './dial';
import type { DialSettings, Target } from './dial-settings';

interface Room {
  readonly sid: string;
  readonly name: string;
  readonly starts: boolean;
  readonly ends: boolean;
  readonly muted: boolean;
  readonly label: string | null;
  readonly waitUrl: string | null;
  readonly waitMethod: WebhookMethod;
  readonly callback: {
    readonly url: string;
    readonly method: WebhookMethod;
    readonly events: readonly string[];
  } | null;
}

export function* conference(
  target: Target,
  settings: DialSettings,
  caller: Leg,
  url: string,
): Steps<Dialled> {
  const room = roomOf(target, caller, url);
  const started = caller.session.now();
  caller.emit({ type: 'joined conference', conference: room.name });
  yield* tell(room, 'participant-join', 'join', caller, url);
  let callerIsGone = yield* waitForOthers(room, caller, url);
  if (!callerIsGone) {
    yield* tell(room, 'conference-start', 'start', caller, url);
    const { timeLimitMs, hangupOnStar } = settings;
    callerIsGone =
      (yield* bridge({ party: target.party, timeLimitMs, hangupOnStar }, caller)) === 'caller hung up';
  }
  const durationMs = caller.session.now() - started;
  caller.emit({ type: 'left conference', conference: room.name, durationMs });
  yield* tell(room, 'participant-leave', 'leave', caller, url);
  yield* tell(room, 'conference-end', 'end', caller, url);
  const fields = { ConferenceSid: room.sid };
  return { status: 'answered', leg: null, durationMs, callerIsGone, fields };
}

function roomOf(target: Target, leg: Leg, url: string): Room {
  const attributes = leg.attributes(target.element, url);
  const callback = attributes.url('statusCallback');
  const method = attributes.method('statusCallbackMethod');
  const events = attributes.words('statusCallbackEvent') ?? ['start', 'end'];
  return {
    sid: leg.session.wiring.newSid('CF'),
    name: target.party.address,
    starts: attributes.flag('startConferenceOnEnter', true),
    ends: attributes.flag('endConferenceOnExit', false),
    muted: attributes.flag('muted', false),
    label: attributes.text('participantLabel'),
    waitUrl: attributes.url('waitUrl'),
    waitMethod: attributes.method('waitMethod'),
    callback: callback === null ? null : { url: callback, method, events },
  };
}

/** Alone one hears what waitUrl says: "start" is when the second participant is there. Whether the caller is gone. */
function* waitForOthers(room: Room, caller: Leg, url: string): Steps<boolean> {
  const { name, waitUrl, waitMethod, sid } = room;
  const waiting = { for: 'conference', conference: name, alone: true, remainingMs: Infinity } as const;
  const leg = caller.waitingAs(waiting, () => ({ ConferenceSid: sid, FriendlyName: name }));
  try {
    yield* runWaiting(leg, waitUrl === null ? null : { url: waitUrl, method: waitMethod, base: url });
    return false;
  } catch (thrown) {
    if (!(thrown instanceof Interruption)) throw thrown;
    return thrown.input.type === 'hang up' && thrown.input.leg === 'caller';
  }
}

/** twilio.com/docs/voice/twiml/conference, "statusCallback": these and no others, so not who calls whom. */
function* tell(room: Room, event: string, word: string, leg: Leg, base: string): Steps<void> {
  const { callback, sid, name } = room;
  if (callback?.events.includes(word) !== true) return;
  const { session, identity } = leg;
  const parameters = {
    AccountSid: identity.accountSid,
    ConferenceSid: sid,
    FriendlyName: name,
    StatusCallbackEvent: event,
    SequenceNumber: String(session.nextSequence()),
    Timestamp: timestampOf(session.wallTime()),
    ...(event.startsWith('participant-') ? participantFields(room, leg) : {}),
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
