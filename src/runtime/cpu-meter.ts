/** Reading the clock of the process costs 1 us, so it is not read for each of many short calls. */
const LEAST_MS = 5;

/** Taken while the runtime starts: author's code may replace them. */
const cpuUsage = process.cpuUsage.bind(process);
const now = performance.now.bind(performance);

/** How much of the cores the calls of this instance take, on average since it was last asked. */
export class CpuMeter {
  #readAt = 0;
  #usage = { user: 0, system: 0 };
  #calls = 0;

  /** Once for each answer. Microseconds for a call; 0: not measured this time. */
  measure(): number {
    const readAt = now();
    this.#calls += 1;
    if (readAt - this.#readAt < LEAST_MS) return 0;
    const { user, system } = cpuUsage(this.#usage);
    const isFirst = this.#readAt === 0;
    const perCall = Math.round((user + system) / this.#calls);
    this.#readAt = readAt;
    this.#usage = cpuUsage();
    this.#calls = 0;
    // The first one holds the start of the process and the loading of the module.
    return isFirst ? 0 : perCall;
  }
}
