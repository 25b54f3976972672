/**
 * Callbacks, which the call does not wait for, in their order. With virtual time each is sent when its time comes,
 * before anything later happens; with real time behind the back of the call.
 */
import type { Reply, Webhook } from '../http/webhook';
import type { Timeline } from './timeline';

interface Due {
  readonly at: number;
  readonly webhook: Webhook;
}

export class Callbacks {
  readonly #timeline: Timeline;
  readonly #send: (webhook: Webhook) => Promise<Reply>;
  readonly #told: (reply: Reply) => void;
  readonly #due: Due[] = [];
  readonly #timers = new Map<NodeJS.Timeout, () => void>();
  #chain: Promise<void> = Promise.resolve();

  constructor(parts: {
    readonly timeline: Timeline;
    readonly send: (webhook: Webhook) => Promise<Reply>;
    readonly told: (reply: Reply) => void;
  }) {
    this.#timeline = parts.timeline;
    this.#send = parts.send;
    this.#told = parts.told;
  }

  async add(webhook: Webhook, delayMs: number): Promise<void> {
    if (!this.#timeline.isVirtual) {
      this.#chain = this.#chain.then(() => this.#later(webhook, delayMs));
      return;
    }
    if (delayMs === 0) await this.#deliver(webhook);
    else this.#due.push({ at: this.#timeline.now() + delayMs, webhook });
  }

  /** With virtual time: everything up to then, at its time. */
  async runUntil(now: number): Promise<void> {
    for (;;) {
      const next = this.#due.reduce<Due | null>(
        (first, due) => (first !== null && first.at <= due.at ? first : due),
        null,
      );
      if (next === null || next.at > now) return;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.#timeline.moveTo(next.at);
      await this.#deliver(next.webhook);
    }
  }

  /** Until all is sent. */
  async drain(): Promise<void> {
    await this.runUntil(Infinity);
    await this.#chain;
  }

  /** What was not sent yet never will be. */
  drop(): void {
    this.#due.length = 0;
    for (const [timer, give] of this.#timers) {
      clearTimeout(timer);
      give();
    }
    this.#timers.clear();
  }

  async #later(webhook: Webhook, delayMs: number): Promise<void> {
    const isDue = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve(true);
      }, delayMs);
      this.#timers.set(timer, () => resolve(false));
    });
    if (isDue) await this.#deliver(webhook);
  }

  async #deliver(webhook: Webhook): Promise<void> {
    this.#told(await this.#send(webhook));
  }
}
