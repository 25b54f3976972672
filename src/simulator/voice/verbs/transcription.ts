/** twilio.com/docs/voice/twiml/record, "transcribe": of recordings from 2 to 120 seconds; here it is what the caller said. */
import type { Steps } from '../effects';
import type { Leg } from '../leg';
import type { Recording } from './recording';

const SHORTEST_MS = 2_000;
const LONGEST_MS = 120_000;
/** The vendor says "asynchronously". */
const TAKES_MS = 2_000;

export function* tellTranscription(
  recording: Recording,
  { text, durationMs }: { readonly text: string; readonly durationMs: number },
  callback: string | null,
  leg: Leg,
  base: string,
): Steps<void> {
  if (callback === null) return;
  const { accountSid } = leg.identity;
  const sid = leg.session.wiring.newSid('TR');
  const isPossible = durationMs >= SHORTEST_MS && durationMs <= LONGEST_MS && text !== '';
  const parameters = {
    TranscriptionSid: sid,
    TranscriptionText: isPossible ? text : '',
    TranscriptionStatus: isPossible ? 'completed' : 'failed',
    TranscriptionType: 'fast',
    TranscriptionUrl: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${recording.sid}/Transcriptions/${sid}`,
    RecordingSid: recording.sid,
    RecordingUrl: recording.url,
  };
  yield* leg.tell({ purpose: 'transcription', method: 'POST', url: callback, base, parameters }, TAKES_MS);
}
