/** twilio.com/docs/voice/twiml/conference: one caller in a room; who else comes and when it ends is up to you. */
import type { WebhookMethod } from '../../http/exchange';
import { Interruption, type Steps } from '../effects';
import type { Leg } from '../leg';
import { runWaiting } from '../run-waiting';
import { bridge } from './bridge';
import type { Dialled } from './dial';
import type { DialSettings, Target } from './dial-settings';

interface Room {
  readonly sid: string;
  readonly name: string;
  readonly starts: boolean;
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
  const isGone = yield* waitForOthers(room, caller, url);
  let callerIsGone = isGone;
  if (!isGone) {
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
    waitUrl: attributes.url('waitUrl'),
    waitMethod: attributes.method('waitMethod'),
    callback: callback === null ? null : { url: callback, method, events },
  };
}

/** Alone, or with others before the conference starts, one hears what waitUrl says. Whether the caller is gone. */
function* waitForOthers(room: Room, caller: Leg, url: string): Steps<boolean> {
  const { name, starts, waitUrl, waitMethod, sid } = room;
  if (starts && waitUrl === null) return false;
  const waiting = { for: 'conference', conference: name, remainingMs: Infinity } as const;
  const leg = caller.waitingAs(waiting, () => ({ ConferenceSid: sid, FriendlyName: name }));
  try {
    yield* runWaiting(leg, waitUrl === null ? null : { url: waitUrl, method: waitMethod, base: url });
    return false;
  } catch (thrown) {
    if (!(thrown instanceof Interruption)) throw thrown;
    return thrown.input.type === 'hang up' && thrown.input.leg === 'caller';
  }
}

function* tell(room: Room, event: string, word: string, leg: Leg, base: string): Steps<void> {
  const { callback, sid, name } = room;
  if (callback?.events.includes(word) !== true) return;
  const parameters = {
    ConferenceSid: sid,
    FriendlyName: name,
    StatusCallbackEvent: event,
    SequenceNumber: String(leg.session.nextSequence()),
    Muted: 'false',
    Hold: 'false',
    StartConferenceOnEnter: String(room.starts),
  };
  yield* leg.tell({ purpose: 'status', method: callback.method, url: callback.url, base, parameters });
}
