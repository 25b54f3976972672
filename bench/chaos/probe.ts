/**
 * Loaded into the gateway before its program (`node --require`). At SIGUSR2 it collects the garbage and writes down
 * what is left. Nothing else of the gateway changes.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { PROBE_VARIABLE } from './probed';

const file = process.env[PROBE_VARIABLE];

if (isMainThread && file !== undefined) process.on('SIGUSR2', () => void write(file));

async function write(to: string): Promise<void> {
  // What is finalised in one round is garbage of the next one.
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo();
  writeFileSync(`${to}.new`, JSON.stringify({ heapUsed, external, arrayBuffers, resources }));
  renameSync(`${to}.new`, to);
}
