/** What all messages are made of; see `messages.ts`. */

export const HEAD_BYTES = 9;

export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** Taken before author's code runs, which may replace them in its own process. */
export const { parse: parseJson, stringify } = JSON;

/** A frame whose payload is still to be written. */
export function frameOf(type: number, id: number, payloadBytes: number): Buffer {
  const frame = Buffer.allocUnsafe(HEAD_BYTES + payloadBytes);
  frame.writeUInt32LE(5 + payloadBytes, 0);
  frame.writeUInt8(type, 4);
  frame.writeUInt32LE(id, 5);
  return frame;
}

export function jsonFrame(type: number, id: number, value: unknown): Buffer {
  const text = stringify(value);
  const bytes = Buffer.byteLength(text);
  const frame = frameOf(type, id, bytes);
  frame.write(text, HEAD_BYTES, bytes, 'utf8');
  return frame;
}

export function need(condition: boolean, what: string): asserts condition {
  if (!condition) throw new ProtocolError(`malformed ${what}`);
}

export function expect(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new ProtocolError(otherwise);
}

export function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new ProtocolError('malformed JSON', { cause });
  }
}

export function parseText(payload: Buffer): string {
  const text = parse(payload.toString('utf8'));
  need(typeof text === 'string', 'text');
  return text;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
