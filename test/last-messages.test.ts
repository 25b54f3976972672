/** What a process wrote before it died is read, also when the gateway writes to it first. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { it } from 'node:test';
import { readBeforeDestroyed } from '../src/pool/last-messages';

const LAST = 'x'.repeat(100_000);

it('the last messages of a dead process survive a write to it that fails', async () => {
  const script = `require('node:fs').writeSync(3, 'x'.repeat(${LAST.length})); process.exit(0);`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const channel = child.stdio[3] as Socket;
  let received = '';
  const take = (chunk: Buffer): void => {
    received += chunk.toString();
  };
  channel.on('data', take);
  channel.on('error', () => {});
  readBeforeDestroyed(channel, take);
  // In this turn of the event loop: nothing that it wrote is read yet.
  waitUntilDead(child.pid ?? 0);
  channel.write('a call');
  // `once` of node:events would reject at the error of the write, which is expected.
  await new Promise((resolve) => channel.once('close', resolve));
  assert.equal(received, LAST);
});

it('a process that writes without end is not read for ever', (t) => {
  const fd = openSync('/dev/zero', 'r');
  t.after(() => closeSync(fd));
  let isDestroyed = false;
  // What is asked of a socket, with a descriptor that never runs empty.
  const channel = {
    _handle: { fd },
    _destroy: () => {
      isDestroyed = true;
    },
  };
  let received = 0;
  readBeforeDestroyed(channel as unknown as Socket, (chunk) => {
    received += chunk.length;
  });
  (channel as unknown as Socket)._destroy(new Error('EPIPE'), () => {});
  assert.ok(isDestroyed);
  assert.equal(received, 1_048_576);
});

function waitUntilDead(pid: number): void {
  const until = performance.now() + 30_000;
  while (!/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) {
    assert.ok(performance.now() < until, 'it goes on');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
}
