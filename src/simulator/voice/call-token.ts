/**
 * twilio.com/docs/voice/twiml, "CallToken": of a call that comes in, for calls that forward it. The page does not say what
 * is in it. This one looks like those of the vendor, and nobody accepts it.
 */
import { createHash } from 'node:crypto';

export interface IncomingCall {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  /** ms since 1970 */
  readonly startedAt: number;
}

/** JSON, percent-encoded as the vendor has it: a form encodes it once more. */
export function callTokenOf({ sid, from, to, startedAt }: IncomingCall): string {
  const iat = String(Math.floor(startedAt / 1_000));
  const signed = `${encoded({ alg: 'ES256' })}.${encoded({ callSid: sid, from, to, iat })}`;
  // As long as a signature of ES256, and none.
  const signature = createHash('sha512').update(signed).digest('base64url');
  const token = { parentCallInfoToken: `${signed}.${signature}`, identityHeaderTokens: [] };
  return encodeURIComponent(JSON.stringify(token));
}

function encoded(part: Readonly<Record<string, string>>): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
