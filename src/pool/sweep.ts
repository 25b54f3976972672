/** Removes the temporary folders of gateways that are gone: where the machine, or everything at once, was killed. */
import { lstat, opendir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, type Owner, ownerOf, ownProcess } from './temporary-folder';

/** Nobody can tell from here whether a process of another PID namespace lives. As cleaners of /tmp commonly do. */
const FOREIGN_AGE_MS = 7 * 86_400_000;

/**
 * In the background; never fails. Only folders of our own user, and no links. Several may sweep at a time: whoever
 * comes second finds nothing. `now`: milliseconds since 1970.
 */
export async function sweepTemporaryFolders(folder: string, now: number): Promise<void> {
  try {
    const own = ownProcess();
    for await (const { name } of await opendir(folder)) {
      const owner = ownerOf(name);
      if (owner !== null) await sweepOne(join(folder, name), owner, own, now);
    }
  } catch {
    // The folder cannot be read; the system's own cleaner has to do it.
  }
}

async function sweepOne(path: string, owner: Owner, own: Owner, now: number): Promise<void> {
  try {
    const { uid, mtimeMs, isFolder } = await inspect(path);
    if (!isFolder || uid !== (process.getuid?.() ?? uid)) return;
    const isGone = owner.namespace === own.namespace ? !isRunning(owner) : now - mtimeMs > FOREIGN_AGE_MS;
    if (isGone) await rm(path, { recursive: true, force: true });
  } catch {
    // Somebody else removes it right now, or it holds what we may not remove.
  }
}

async function inspect(
  path: string,
): Promise<{ readonly uid: number; readonly mtimeMs: number; readonly isFolder: boolean }> {
  const status = await lstat(path);
  return { uid: status.uid, mtimeMs: status.mtimeMs, isFolder: status.isDirectory() };
}
