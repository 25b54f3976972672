/** twilio.com/docs/voice/twiml/conference: one caller in a room; who else comes and when it ends is up to you. */
import type { WebhookMethod } from '../../http/exchange';
import { Interruption, type Steps } from '../effects';
import type { Leg } from '../leg';
import { runWaiting } from '../run-waiting';
import { type BridgeEnd, bridge } from './bridge';
import { endFields, leaveFields, type Room, tellConference } from './conference-callbacks';
import type { Dialled } from './dial';
import type { DialSettings, Target } from './dial-settings';

interface Settings {
  readonly room: Room;
  readonly waitUrl: string | null;
  readonly waitMethod: WebhookMethod;
}

export function* conference(
  target: Target,
  settings: DialSettings,
  caller: Leg,
  url: string,
): Steps<Dialled> {
  const own = settingsOf(target, caller, url);
  const { room } = own;
  const started = caller.session.now();
  caller.emit({ type: 'joined conference', conference: room.name });
  yield* tellConference({ event: 'participant-join' }, room, caller, url);
  let end: BridgeEnd = 'caller hung up';
  if (yield* waitForOthers(own, caller, url)) {
    yield* tellConference({ event: 'conference-start' }, room, caller, url);
    const { timeLimitMs, hangupOnStar } = settings;
    end = yield* bridge({ party: target.party, timeLimitMs, hangupOnStar }, caller);
  }
  const durationMs = caller.session.now() - started;
  caller.emit({ type: 'left conference', conference: room.name, durationMs });
  const left = leaveFields(end);
  yield* tellConference({ event: 'participant-leave', fields: left }, room, caller, url);
  const over = endFields(room, end, target.party, caller);
  yield* tellConference({ event: 'conference-end', fields: over }, room, caller, url);
  const fields = { ConferenceSid: room.sid };
  return { status: 'answered', leg: null, durationMs, callerIsGone: end === 'caller hung up', fields };
}

function settingsOf(target: Target, leg: Leg, url: string): Settings {
  const attributes = leg.attributes(target.element, url);
  const callback = attributes.url('statusCallback');
  const method = attributes.method('statusCallbackMethod');
  const events = attributes.words('statusCallbackEvent') ?? ['start', 'end'];
  const room = {
    sid: leg.session.wiring.newSid('CF'),
    name: target.party.address,
    starts: attributes.flag('startConferenceOnEnter', true),
    ends: attributes.flag('endConferenceOnExit', false),
    muted: attributes.flag('muted', false),
    label: attributes.text('participantLabel'),
    callback: callback === null ? null : { url: callback, method, events },
  };
  return { room, waitUrl: attributes.url('waitUrl'), waitMethod: attributes.method('waitMethod') };
}

/** Alone one hears what waitUrl says: "start" is when the second participant is there. Whether the caller is still here. */
function* waitForOthers(
  { room: { name, sid }, waitUrl, waitMethod }: Settings,
  caller: Leg,
  url: string,
): Steps<boolean> {
  const waiting = { for: 'conference', conference: name, alone: true, remainingMs: Infinity } as const;
  const leg = caller.waitingAs(waiting, () => ({ ConferenceSid: sid, FriendlyName: name }));
  try {
    yield* runWaiting(leg, waitUrl === null ? null : { url: waitUrl, method: waitMethod, base: url });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof Interruption)) throw thrown;
    return thrown.input.type !== 'hang up' || thrown.input.leg !== 'caller';
  }
}
