/** What a process wrote before it died. */
import { readSync } from 'node:fs';
import type { Socket } from 'node:net';

const CHUNK_BYTES = 65_536;

/**
 * A write to a process that has just died fails, and Node then destroys the whole stream, with what had arrived and
 * was not read yet: the results of calls that ran. So this is read from the descriptor first. It cannot last: the
 * write fails only once the far end is closed, and what is left then is what the buffer of the system holds.
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
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const bytes = readSync(fd, chunk);
      if (bytes === 0) return;
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
