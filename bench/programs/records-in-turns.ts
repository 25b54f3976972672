/**
 * `hookswitch start` as it is, but for one thing: it keeps records during every other slice of time only, and counts the requests
 * and its own CPU time of each slice. Two processes of one program differ by more than records cost, and so do two seconds on a
 * machine that others use; two slices in a row of one process do not.
 *
 * Arguments: file for the slices, as JSON; what `hookswitch` takes.
 */
import { writeFileSync } from 'node:fs';
import { Handler } from '../../src/gateway/handle';
import { Records } from '../../src/records/records';

/** One slice of time. */
export interface Slice {
  readonly isOn: boolean;
  readonly ms: number;
  readonly requests: number;
  /** Of the gateway, without the processes of Functions. */
  readonly cpuUs: number;
}

const SLICE_MS = 100;

const [, , file = ''] = process.argv;
process.argv.splice(2, 1);

const slices: Slice[] = [];
let isOn = false;
let requests = 0;
let startedAt = performance.now();
let cpu = process.cpuUsage();

Object.defineProperty(Handler.prototype, 'keepsTraffic', { get: () => isOn });
const { add } = Records.prototype;
Records.prototype.add = function (record) {
  requests += 1;
  if (isOn) add.call(this, record);
};

setInterval(() => {
  const now = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  slices.push({ isOn, ms: now - startedAt, requests, cpuUs: user + system });
  isOn = !isOn;
  requests = 0;
  startedAt = now;
  cpu = process.cpuUsage();
}, SLICE_MS).unref();

process.once('exit', () => writeFileSync(file, JSON.stringify(slices)));
require('../../src/main');
