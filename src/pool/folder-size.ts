/** How much an instance has in its temporary folder. */
import { type Dirent, statSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const PAUSE_MS = 250;
/** A folder with very many files is measured less often: at most this part of the time. */
const SHARE = 0.05;
/** What `blocks` counts in, whatever the file system. */
const BLOCK_BYTES = 512;

export class FolderSize {
  /** As of the last time; what it takes on the disk. */
  bytes = 0;
  #nextAt = 0;
  readonly #unusedSince: number | null;

  /** `folder` exists and is empty. `most`: above this nobody needs to know how much it is exactly. */
  constructor(
    private readonly folder: string,
    private readonly most: number,
  ) {
    this.#unusedSince = readChangeTime(folder);
  }

  /** Measures again where that is due. Of a folder that was never used, which is nearly every one, it costs 2 us. */
  refresh(now: number): void {
    if (now < this.#nextAt) return;
    this.#nextAt = now + PAUSE_MS;
    if (readChangeTime(this.folder) === this.#unusedSince) return;
    this.#nextAt = Number.POSITIVE_INFINITY;
    void this.#measure(now);
  }

  async #measure(startedAt: number): Promise<void> {
    const since = performance.now();
    this.bytes = await sizeOf(this.folder, this.most);
    this.#nextAt = startedAt + Math.max(PAUSE_MS, (performance.now() - since) / SHARE);
  }
}

function readChangeTime(folder: string): number | null {
  try {
    return statSync(folder).mtimeMs;
  } catch {
    return null;
  }
}

/** Links are not followed. Never fails: what cannot be read, or is gone meanwhile, is not counted. */
async function sizeOf(folder: string, most: number): Promise<number> {
  let bytes = 0;
  const folders = [folder];
  for (let at = 0; at < folders.length && bytes <= most; at++) {
    const path = folders[at] ?? folder;
    for (const entry of await entriesOf(path)) {
      const inside = join(path, entry.name);
      bytes += await blocksOf(inside);
      if (entry.isDirectory()) folders.push(inside);
      if (bytes > most) break;
    }
  }
  return bytes;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}

async function blocksOf(path: string): Promise<number> {
  const status = await lstat(path).catch(() => null);
  return status === null ? 0 : status.blocks * BLOCK_BYTES;
}
