/** A line on stderr every few seconds. */
import { formatNumber } from '../measure/table';
import type { Bed } from './bed';
import type { Gateway } from './gateway';
import type { Victim } from './victim';

const EVERY_MS = 5_000;

export class Progress {
  phase = '';
  readonly #startedAt = performance.now();
  readonly #timer = setInterval(() => this.#tell(), EVERY_MS);
  #told = 0;

  constructor(
    private readonly bed: Bed,
    private readonly victim: Victim,
    private readonly gateway: Gateway,
  ) {}

  close(): void {
    clearInterval(this.#timer);
  }

  #tell(): void {
    const { tallies, ledger, builds } = this.bed;
    const rate = (tallies.total - this.#told) / (EVERY_MS / 1000);
    this.#told = tallies.total;
    const parts = [
      `${Math.round((performance.now() - this.#startedAt) / 1000)} s`,
      this.phase,
      `${tallies.total.toLocaleString('en-US')} answers`,
      `${formatNumber(rate)}/s`,
      `victim p99 ${formatNumber(this.victim.durations.chaos.quantileMs(0.99))} ms`,
      `${ledger.kills.length} kills`,
      `${builds.count} files saved`,
      `${ledger.wrong.length} wrong`,
      ...(this.gateway.isAlive ? [] : ['THE GATEWAY IS GONE']),
    ];
    console.error(parts.join(' · '));
  }
}
