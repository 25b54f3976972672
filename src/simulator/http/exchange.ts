/** One webhook as it went over the wire: what was sent, and what came back. */
import type { Problem } from '../problem';

export type Fields = Readonly<Record<string, string>>;
export type WebhookMethod = 'GET' | 'POST';

/** Why it was sent. Only a `document` purpose reads the answer as TwiML. */
export type Purpose = (typeof PURPOSES)[number];

export const PURPOSES = [
  'document',
  'action',
  'redirect',
  'fallback',
  'screening',
  'wait',
  'status',
  'recording',
  'transcription',
  'partial',
] as const;

export interface Exchange {
  readonly purpose: Purpose;
  readonly method: WebhookMethod;
  /** As it was signed, without the connection overrides. */
  readonly url: string;
  readonly parameters: Fields;
  /** Of the attempt that was answered, or of the last one: 1, 2, … */
  readonly attempt: number;
  /** `null` where there was no answer. */
  readonly status: number | null;
  readonly contentType: string | null;
  /** `Twilio-Request-Id` of the answer: the id of its invocation record. */
  readonly recordId: string | null;
  /** The answer's text; `''` where there is none. At most 64 kB. */
  readonly body: string;
  readonly durationMs: number;
  readonly problem: Problem | null;
  /** What was done to it on purpose, in words. */
  readonly fault: string | null;
}
