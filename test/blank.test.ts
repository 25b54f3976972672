/** A process that waits to become an instance, and dies meanwhile. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { it, type TestContext } from 'node:test';
import { Census } from '../src/pool/census';
import { Instance } from '../src/pool/instance';
import { InstanceProcess } from '../src/pool/instance-process';
import { Reaper } from '../src/pool/reaper';
import { isAlive } from './support/program';

const LIMITS = { memoryMb: 128, maxProcesses: 4, maxOpenFiles: 64, temporaryMb: 4 };

it('is gone in the end also where its channel had closed before it was taken', async (t) => {
  const blank = launch(t);
  blank.channel.destroy();
  await once(blank.channel, 'close');
  assert.equal(blank.exit, null, 'it is dying, not dead');
  await new Promise<void>((resolve) => {
    const nothing = (): void => {};
    new Instance(blank, () => performance.now(), {
      inspecting: nothing,
      ready: nothing,
      loaded: nothing,
      input: nothing,
      result: nothing,
      returned: nothing,
      failed: nothing,
      retiring: nothing,
      late: nothing,
      gone: () => resolve(),
    });
  });
  assert.equal(isAlive(blank.pid), false);
});

it('does not end the gateway where its channel fails', async (t) => {
  const blank = launch(t);
  blank.channel.destroy(new Error('read ECONNRESET'));
  await new Promise<void>((resolve) => blank.onEnd(() => resolve()));
  blank.release();
});

function launch(t: TestContext): InstanceProcess {
  const reaper = new Reaper(() => {});
  t.after(() => reaper.close());
  const folder = reaper.makeFolder();
  const blank = new InstanceProcess({
    id: 1,
    folder,
    limits: LIMITS,
    reaper,
    census: new Census(),
    compileCache: `${folder}/compiled`,
  });
  t.after(() => blank.kill());
  return blank;
}
