/** twilio.com/docs/voice/twiml/enqueue: the caller waits until you say that somebody takes the call. */
import type { Fields, WebhookMethod } from '../../http/exchange';
import { type TwimlElement, tidyTextOf } from '../../twiml/element';
import { Interruption, type Steps } from '../effects';
import type { Party } from '../event';
import type { Leg } from '../leg';
import { NEXT_VERB, type Next } from '../next';
import { runWaiting } from '../run-waiting';
import { LONGEST_CALL_MS } from '../settings';
import type { Verb } from '../verb';
import { bridge } from './bridge';

interface QueueSettings {
  readonly name: string;
  readonly sid: string;
  readonly action: string | null;
  readonly method: WebhookMethod;
  readonly waitUrl: string | null;
  readonly waitMethod: WebhookMethod;
}

type QueueResult = 'bridged' | 'leave' | 'hangup' | 'redirected';

export const enqueue: Verb = function* (element, leg, url) {
  const settings = settingsOf(element, leg, url);
  const started = leg.session.now();
  leg.emit({ type: 'queued', queue: settings.name });
  const result = yield* waitInQueue(settings, leg, url, started);
  const durationMs = leg.session.now() - started;
  let callerIsGone = result === 'hangup';
  if (result === 'bridged') {
    const party: Party = { kind: 'queue', address: settings.name, callSid: leg.session.wiring.newSid('CA') };
    const end = yield* bridge({ party, timeLimitMs: LONGEST_CALL_MS, hangupOnStar: false }, leg);
    callerIsGone = end === 'caller hung up';
  }
  leg.emit({ type: 'left queue', queue: settings.name, result, durationMs });
  return yield* goOn({ result, durationMs, callerIsGone }, settings, leg, url);
};

function settingsOf(element: TwimlElement, leg: Leg, url: string): QueueSettings {
  const attributes = leg.attributes(element, url);
  return {
    name: tidyTextOf(element).slice(0, 200) || 'default',
    sid: leg.session.wiring.newSid('QU'),
    action: attributes.url('action'),
    method: attributes.method('method'),
    waitUrl: attributes.url('waitUrl'),
    waitMethod: attributes.method('waitUrlMethod'),
  };
}

function* waitInQueue(settings: QueueSettings, leg: Leg, url: string, started: number): Steps<QueueResult> {
  const extra = (): Fields => ({
    QueueSid: settings.sid,
    QueueTime: String(Math.round((leg.session.now() - started) / 1_000)),
    AvgQueueTime: '0',
    CurrentQueueSize: '1',
    QueuePosition: '1',
    MaxQueueSize: '100',
  });
  const waiting = leg.waitingAs({ for: 'agent', queue: settings.name }, extra);
  const { waitUrl, waitMethod } = settings;
  try {
    const music = waitUrl === null ? null : { url: waitUrl, method: waitMethod, base: url };
    const ending = yield* runWaiting(waiting, music);
    return ending.type === 'left' ? 'leave' : 'hangup';
  } catch (thrown) {
    if (!(thrown instanceof Interruption)) throw thrown;
    return thrown.input.type === 'hang up' ? 'hangup' : 'bridged';
  }
}

interface Left {
  readonly result: QueueResult;
  readonly durationMs: number;
  readonly callerIsGone: boolean;
}

function* goOn(
  { result, durationMs, callerIsGone }: Left,
  settings: QueueSettings,
  leg: Leg,
  url: string,
): Steps<Next> {
  if (callerIsGone) leg.setStatus('completed');
  const over: Next = { type: 'end', reason: 'caller hung up' };
  const action = settings.action === null ? null : leg.resolve(settings.action, url);
  if (action === null) return callerIsGone ? over : NEXT_VERB;
  const parameters = {
    QueueResult: result,
    QueueSid: settings.sid,
    QueueTime: String(Math.round(durationMs / 1_000)),
  };
  const request = { purpose: 'action' as const, method: settings.method, url: action, parameters };
  if (!callerIsGone) return { type: 'document', request };
  yield* leg.ask(request);
  return over;
}
