/**
 * Child processes and worker threads go on while an instance is frozen. They are counted here, so that an instance
 * that has any after its answer is ended instead of reused (request-flow, "what a call leaves behind").
 */
import { subscribe } from 'node:diagnostics_channel';

interface Ends {
  once(event: 'exit', listener: () => void): unknown;
}

/** Node tells of each one, however the module was imported; nothing of them is loaded before. */
export class Unfrozen {
  readonly #alive = new Set<Ends>();

  /** What goes on beside the event loop right now, in words, or `null`. */
  get reason(): string | null {
    return this.#alive.size === 0 ? null : 'a child process or a worker thread was still running';
  }

  install(): void {
    subscribe('child_process', (message) => this.#track(memberOf(message, 'process')));
    subscribe('worker_threads', (message) => this.#track(memberOf(message, 'worker')));
  }

  #track(something: unknown): void {
    if (!isEnding(something)) return;
    this.#alive.add(something);
    something.once('exit', () => this.#alive.delete(something));
  }
}

function memberOf(message: unknown, name: string): unknown {
  return typeof message === 'object' && message !== null ? Reflect.get(message, name) : undefined;
}

function isEnding(value: unknown): value is Ends {
  return typeof value === 'object' && value !== null && 'once' in value && typeof value.once === 'function';
}
