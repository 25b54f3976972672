/** What a process wrote before it died. */
import { readSync } from 'node:fs';
import type { Socket } from 'node:net';

const CHUNK_BYTES = 65_536;
/** More than the buffer of the system holds. Who closed its end and still writes would keep the gateway here for ever. */
const MOST_BYTES = 1_048_576;

/**
 * A write to a process that has just died fails, and Node then destroys the whole stream, with what had arrived and
 * was not read yet: the results of calls that ran. So this is read from the descriptor first.
 */
export function readBeforeDestroyed(channel: Socket, take: (chunk: Buffer) => void): void {
  const destroy = channel._destroy.bind(channel);
  channel._destroy = (error, done) => {
    const fd = descriptorOf(channel);
    // Without an error it is we who close it.
    if (error !== null && fd !== null) readAll(fd, take);
    destroy(error, done);
  };
}

function readAll(fd: number, take: (chunk: Buffer) => void): void {
  try {
    for (let rest = MOST_BYTES; rest > 0; ) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const bytes = readSync(fd, chunk);
      if (bytes === 0) return;
      rest -= bytes;
      take(chunk.subarray(0, bytes));
    }
  } catch {
    // EAGAIN or ECONNRESET: that was all.
  }
}

/** There is no public way to ask; `null` where it is not known (Windows). */
function descriptorOf(channel: Socket): number | null {
  const handle: unknown = Reflect.get(channel, '_handle');
  const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
  return typeof fd === 'number' && fd >= 0 ? fd : null;
}
