/**
 * Milliseconds of CPU time that all threads of this process have used; what only waits is not seen. For tests of hostile input that must be read in bounded time:
 * unlike the clock, it does not run while others keep the machine busy.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
