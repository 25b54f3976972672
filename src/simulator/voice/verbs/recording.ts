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

export function startRecording(
  leg: Leg,
  { source, channels }: Pick<Recording, 'source' | 'channels'>,
): Recording {
  const sid = leg.session.wiring.newSid('RE');
  const url = `https://api.twilio.com/2010-04-01/Accounts/${leg.identity.accountSid}/Recordings/${sid}`;
  return { source, channels, sid, url, startedAt: leg.session.wallTime() };
}

/** `in-progress` while it starts, then `completed`, or `absent` where nothing was heard. */
export type RecordingStatus = 'in-progress' | 'completed' | 'absent';

export function* tellRecording(
  recording: Recording,
  { status, durationMs }: { readonly status: RecordingStatus; readonly durationMs: number },
  callback: RecordingCallback,
  leg: Leg,
  base: string,
): Steps<void> {
  const { url, method, events } = callback;
  if (url === null || !events.includes(status)) return;
  const parameters = { ...fieldsOf(recording, status, durationMs), ...leg.sidFields() };
  yield* leg.tellOnly({ purpose: 'recording', method, url, base, parameters });
}

/** twilio.com/docs/voice/twiml/recording: these and no others, so not who calls whom. */
function fieldsOf(
  { sid, url, channels, source, startedAt }: Recording,
  status: RecordingStatus,
  durationMs: number,
) {
  return {
    RecordingSid: sid,
    RecordingUrl: url,
    RecordingStatus: status,
    RecordingChannels: String(channels),
    RecordingSource: source,
    RecordingStartTime: timestampOf(startedAt),
    RecordingTrack: 'both',
    ...(status === 'completed' ? { RecordingDuration: String(Math.round(durationMs / 1_000)) } : {}),
    ...(status === 'absent' ? { ErrorCode: SILENT } : {}),
  };
}

/** twilio.com/docs/api/errors/16102: the recording was silent. */
const SILENT = '16102';
