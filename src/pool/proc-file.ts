/** Files that the kernel makes up while they are read (/proc). */
import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = Buffer.allocUnsafeSlow(4096);

/**
 * The text, or `null` where there is no such file, or no longer. A third of the time of `readFileSync`, which asks
 * for a size first that such files do not have; the watchdog reads them for every busy instance.
 */
export function readProcFile(path: string): string | null {
  try {
    const fd = openSync(path, 'r');
    try {
      return readToEnd(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

function readToEnd(fd: number): string {
  let text = '';
  for (;;) {
    const got = readSync(fd, CHUNK, 0, CHUNK.length, null);
    if (got === 0) return text;
    text += CHUNK.toString('latin1', 0, got);
  }
}

/** The fields of `/proc/PID/stat` from the third on: the second, a name, may hold spaces and brackets. */
export function readProcStat(pid: number | 'self'): readonly string[] | null {
  const text = readProcFile(`/proc/${pid}/stat`);
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}
