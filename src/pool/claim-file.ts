/**
 * Which side has a call that was sent to an instance: see `CLAIM_FD`. A file and not messages, because a claim then
 * costs the instance 1 us, does not wake the gateway, and can be read after the instance's death.
 */
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CLAIM_BYTES } from '../protocol/messages';

export class ClaimFile {
  readonly fd: number;
  readonly #words = Buffer.alloc(CLAIM_BYTES);
  #open = true;
  #startedCallId = 0;
  #frozenCallId = 0;

  /** The name is gone at once; the file lives as long as a descriptor to it. */
  constructor(folder: string, name: string) {
    const path = join(folder, name);
    this.fd = openSync(path, 'wx+', 0o600);
    try {
      unlinkSync(path);
      writeSync(this.fd, this.#words, 0, CLAIM_BYTES, 0);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Id of the call that the instance started (or skipped) last; 0 for none. Final once the instance is dead. */
  lastClaimed(): number {
    return this.#read(0);
  }

  /** Whether the instance has started this call. Asks the file until it says yes, then remembers. */
  hasStarted(callId: number): boolean {
    if (this.#startedCallId !== callId && this.lastClaimed() >= callId) this.#startedCallId = callId;
    return this.#startedCallId === callId;
  }

  /** Whether the instance has frozen after this call. Asks the file as above. */
  hasFrozenAfter(callId: number): boolean {
    if (this.#frozenCallId !== callId && this.#read(12) >= callId) this.#frozenCallId = callId;
    return this.#frozenCallId === callId;
  }

  /**
   * Takes the calls from `first` to `last` back from a living instance. Those above the returned id will certainly
   * not run there; for those up to it the instance sends a result or `skipped`.
   */
  takeBack(first: number, last: number): number {
    this.#words.writeUInt32LE(first, 4);
    this.#words.writeUInt32LE(last, 8);
    writeSync(this.fd, this.#words, 4, 8, 4);
    return this.lastClaimed();
  }

  #read(offset: number): number {
    const got = this.#open ? readSync(this.fd, this.#words, 0, 4, offset) : 0;
    return got === 4 ? this.#words.readUInt32LE(0) : 0;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.fd);
  }
}
