/** twilio.com/docs/voice/twiml/dial, "record": from the answer, or from the first ring on. */
import type { Fields } from '../../http/exchange';
import type { TwimlElement } from '../../twiml/element';
import type { Steps } from '../effects';
import type { Leg } from '../leg';
import type { DialSettings } from './dial-settings';
import {
  type Recording,
  type RecordingCallback,
  recordingCallbackOf,
  startRecording,
  tellRecording,
} from './recording';

export class DialRecording {
  readonly #callback: RecordingCallback;
  #recording: Recording | null = null;

  constructor(
    element: TwimlElement,
    private readonly settings: DialSettings,
    private readonly caller: Leg,
    private readonly base: string,
  ) {
    this.#callback = recordingCallbackOf(element, caller, base);
  }

  *start(when: 'from ringing' | 'from answer'): Steps<void> {
    if (this.settings.record !== when) return;
    const { channels } = this.settings;
    this.#recording = startRecording(this.caller, { source: 'DialVerb', channels });
    yield* this.#tell(this.#recording, 'in-progress', 0);
  }

  /** What the action is told of it. */
  *finish(): Steps<Fields> {
    const recording = this.#recording;
    if (recording === null) return {};
    const { sid, url, startedAt } = recording;
    const durationMs = this.caller.session.wallTime() - startedAt;
    this.caller.emit({ type: 'recorded', sid, url, durationMs, text: '', why: 'end of the call' });
    yield* this.#tell(recording, 'completed', durationMs);
    const seconds = String(Math.round(durationMs / 1_000));
    return { RecordingUrl: url, RecordingSid: sid, RecordingDuration: seconds };
  }

  *#tell(recording: Recording, status: 'in-progress' | 'completed', durationMs: number): Steps<void> {
    yield* tellRecording(recording, { status, durationMs }, this.#callback, this.caller, this.base);
  }
}
