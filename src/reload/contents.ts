/** What stands in the files that Functions are made of: whether a save changed anything. */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export interface Content {
  /** `null`: there is no such file, or it cannot be looked at. */
  readonly hash: string | null;
  /** It may load files in a way that nobody is told of. */
  readonly imports: boolean;
  readonly readAt: number;
}

/** Code that is larger counts as changed whenever it is saved. */
const MOST_BYTES = 1_048_576;

/** `import(…)`, and whatever else an ES module has. */
const IMPORTS = /\bimport\s*\(|^\s*(?:import|export)\b/m;

/** Files are named by untrusted code: whatever stands there, reading it neither waits nor follows a link. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

export class Contents {
  readonly #known = new Map<string, Content>();
  readonly #unread = new Set<string>();
  #next: NodeJS.Immediate | null = null;

  /** It is looked at soon, one file in each turn of the event loop, where it is not known yet. */
  note(file: string): void {
    if (this.#known.has(file)) return;
    this.#unread.add(file);
    this.#next ??= setImmediate(this.#readNext);
  }

  get(file: string): Content | null {
    return this.#known.get(file) ?? null;
  }

  /** Looks at it now; tells what is known before. */
  look(file: string): { readonly before: Content | null; readonly now: Content } {
    const before = this.get(file);
    const now = readContent(file);
    this.#known.set(file, now);
    return { before, now };
  }

  close(): void {
    this.#unread.clear();
    if (this.#next !== null) clearImmediate(this.#next);
  }

  readonly #readNext = (): void => {
    this.#next = null;
    const [file] = this.#unread;
    if (file === undefined) return;
    this.#unread.delete(file);
    if (!this.#known.has(file)) this.look(file);
    if (this.#unread.size > 0) this.#next = setImmediate(this.#readNext);
  };
}

function readContent(file: string): Content {
  const readAt = performance.now();
  const bytes = readRegular(file);
  if (bytes === null) return { hash: null, imports: true, readAt };
  const hash = createHash('sha256').update(bytes).digest('base64');
  return { hash, imports: IMPORTS.test(bytes.toString('utf8')), readAt };
}

function readRegular(file: string): Buffer | null {
  try {
    const descriptor = openSync(file, FLAGS);
    try {
      return readDescriptor(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}

function readDescriptor(descriptor: number): Buffer | null {
  const state = fstatSync(descriptor);
  if (!state.isFile() || state.size > MOST_BYTES) return null;
  const bytes = Buffer.allocUnsafe(state.size);
  let at = 0;
  while (at < bytes.length) {
    const got = readSync(descriptor, bytes, at, bytes.length - at, at);
    if (got === 0) return null; // it becomes shorter at this moment
    at += got;
  }
  return bytes;
}
