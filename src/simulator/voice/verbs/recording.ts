/** twilio.com/docs/voice/twiml/record, "recordingStatusCallback": what is told of a recording, of `Record` and of `Dial`. */
import type { WebhookMethod } from '../../http/exchange';
import type { TwimlElement } from '../../twiml/element';
import type { Steps } from '../effects';
import type { Leg } from '../leg';
import { timestampOf } from '../parameters';

export interface Recording {
  readonly sid: string;
  /** Of the right form; there is no sound. */
  readonly url: string;
  readonly durationMs: number;
  readonly channels: number;
  readonly source: 'RecordVerb' | 'DialVerb';
  /** ms since 1970 */
  readonly startedAt: number;
}

export interface RecordingCallback {
  readonly url: string | null;
  readonly method: WebhookMethod;
  readonly events: readonly string[];
}

export function recordingCallbackOf(element: TwimlElement, leg: Leg, url: string): RecordingCallback {
  const attributes = leg.attributes(element, url);
  return {
    url: attributes.url('recordingStatusCallback'),
    method: attributes.method('recordingStatusCallbackMethod'),
    events: attributes.words('recordingStatusCallbackEvent') ?? ['completed'],
  };
}

export function recordingOf(leg: Leg, parts: Omit<Recording, 'sid' | 'url'>): Recording {
  const sid = leg.session.wiring.newSid('RE');
  const url = `https://api.twilio.com/2010-04-01/Accounts/${leg.identity.accountSid}/Recordings/${sid}`;
  return { ...parts, sid, url };
}

export function* tellRecording(
  recording: Recording,
  callback: RecordingCallback,
  leg: Leg,
  base: string,
): Steps<void> {
  if (callback.url === null) return;
  for (const status of ['in-progress', 'completed']) {
    if (!callback.events.includes(status)) continue;
    const { url, method } = callback;
    yield* leg.tell({ purpose: 'recording', method, url, base, parameters: fieldsOf(recording, status) });
  }
}

function fieldsOf({ sid, url, durationMs, channels, source, startedAt }: Recording, status: string) {
  return {
    RecordingSid: sid,
    RecordingUrl: url,
    RecordingStatus: status,
    RecordingChannels: String(channels),
    RecordingSource: source,
    RecordingStartTime: timestampOf(startedAt),
    RecordingTrack: 'both',
    ...(status === 'completed' ? { RecordingDuration: String(Math.round(durationMs / 1_000)) } : {}),
  };
}
