/** twilio.com/docs/voice/twiml/record */
import type { WebhookMethod } from '../../http/exchange';
import type { TwimlElement } from '../../twiml/element';
import { type Steps, wait } from '../effects';
import type { CallEventBody } from '../event';
import type { Leg } from '../leg';
import { NEXT_VERB, type Next } from '../next';
import { speechMs } from '../speech-time';
import type { Verb } from '../verb';
import { type Recording, recordingCallbackOf, startRecording, tellRecording } from './recording';
import { tellTranscription } from './transcription';

interface RecordSettings {
  readonly action: string | null;
  readonly method: WebhookMethod;
  readonly timeoutMs: number;
  readonly maxLengthMs: number;
  readonly finishOnKey: string;
  readonly beep: boolean;
  readonly transcribe: boolean;
  readonly transcribeCallback: string | null;
}

/** What came on the tape. */
interface Tape {
  readonly text: string;
  readonly durationMs: number;
  readonly key: string;
  readonly why: Extract<CallEventBody, { readonly type: 'recorded' }>['why'];
}

export const record: Verb = function* (element, leg, url) {
  const settings = settingsOf(element, leg, url);
  const callback = recordingCallbackOf(element, leg, url);
  const { maxLengthMs, timeoutMs, finishOnKey, beep } = settings;
  leg.emit({ type: 'recording', maxLengthMs, timeoutMs, finishOnKey, beep });
  const recording = startRecording(leg, { source: 'RecordVerb', channels: 1 });
  yield* tellRecording(recording, { status: 'in-progress', durationMs: 0 }, callback, leg, url);
  const tape = yield* listen(settings, leg);
  const { durationMs, text, why } = tape;
  leg.emit({ type: 'recorded', sid: recording.sid, url: recording.url, durationMs, text, why });
  const status = isEmpty(tape) ? 'absent' : 'completed';
  yield* tellRecording(recording, { status, durationMs }, callback, leg, url);
  if (settings.transcribe) yield* tellTranscription(recording, tape, settings.transcribeCallback, leg, url);
  return yield* goOn(tape, recording, settings, leg, url);
};

function settingsOf(element: TwimlElement, leg: Leg, url: string): RecordSettings {
  const attributes = leg.attributes(element, url);
  const transcribeCallback = attributes.url('transcribeCallback');
  return {
    action: attributes.url('action'),
    method: attributes.method('method'),
    timeoutMs: attributes.seconds('timeout', 5_000),
    maxLengthMs: attributes.seconds('maxLength', 3_600_000),
    finishOnKey: attributes.key('finishOnKey', '1234567890*#'),
    beep: attributes.flag('playBeep', true),
    transcribe: attributes.flag('transcribe', false) || transcribeCallback !== null,
    transcribeCallback,
  };
}

function* listen({ maxLengthMs, timeoutMs, finishOnKey }: RecordSettings, leg: Leg): Steps<Tape> {
  const started = leg.session.now();
  const spoken: string[] = [];
  const tape = (why: Tape['why'], key = ''): Tape => {
    return { text: spoken.join(' '), durationMs: leg.session.now() - started, key, why };
  };
  const longest = started + maxLengthMs;
  let speakingUntil = started;
  for (;;) {
    const now = leg.session.now();
    const isSpeaking = now < speakingUntil;
    const left = Math.min(longest, isSpeaking ? speakingUntil : speakingUntil + timeoutMs) - now;
    if (left <= 0) return tape(now >= longest ? 'maximum length' : 'silence');
    // A sentence takes its time by itself; it can be cut short by a key as by hanging up.
    const input = yield* wait(left, { for: 'recording', leg: leg.name, remainingMs: left }, isSpeaking);
    if (input.type === 'hang up') return tape('hang up');
    if (input.type === 'digit' && finishOnKey.includes(input.digit)) return tape('finish key', input.digit);
    if (input.type === 'speech') {
      spoken.push(input.text);
      speakingUntil = Math.max(leg.session.now(), speakingUntil) + speechMs(input.text);
    } else if (input.type !== 'elapsed') {
      leg.interrupt(input);
    }
  }
}

/** Nobody said anything. */
function isEmpty({ text, why }: Tape): boolean {
  return text === '' && why === 'silence';
}

/** Who hung up is not there any more: the action is asked, and its answer means nothing. */
function* goOn(
  tape: Tape,
  recording: Recording,
  settings: RecordSettings,
  leg: Leg,
  url: string,
): Steps<Next> {
  const isOver = tape.why === 'hang up';
  // "If Twilio receives an empty recording, it does not make a request."
  if (isEmpty(tape)) return NEXT_VERB;
  const action = leg.resolve(settings.action ?? url, url);
  if (isOver) leg.setStatus('completed');
  if (action !== null) {
    const parameters = {
      RecordingUrl: recording.url,
      RecordingSid: recording.sid,
      RecordingDuration: String(Math.round(tape.durationMs / 1_000)),
      Digits: isOver ? 'hangup' : tape.key,
    };
    const request = { purpose: 'action' as const, method: settings.method, url: action, parameters };
    if (!isOver) return { type: 'document', request };
    yield* leg.ask(request);
  }
  return isOver ? { type: 'end', reason: 'caller hung up' } : NEXT_VERB;
}
