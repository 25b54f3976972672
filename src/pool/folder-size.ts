/** How much an instance has in its temporary folder. */
import { type Dirent, lstatSync, statSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';

const PAUSE_MS = 250;
/** A folder with very many files is measured less often: at most this part of the time. */
const SHARE = 0.2;
/** Files between two turns of the event loop; less than a millisecond. */
const AT_ONCE = 128;
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
    for await (const entry of entriesOf(path)) {
      const inside = join(path, entry.name);
      bytes += blocksOf(inside);
      if (entry.isDirectory()) folders.push(inside);
      if (bytes > most) break;
    }
  }
  return bytes;
}

/** The event loop turns after every so many. */
async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(folder, { bufferSize: AT_ONCE });
  } catch {
    // Gone, or not ours to read.
  }
}

/** 2 us; asked for in another thread, it would be 30. */
function blocksOf(path: string): number {
  try {
    return lstatSync(path).blocks * BLOCK_BYTES;
  } catch {
    return 0;
  }
}
