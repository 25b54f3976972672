/** Which calls an instance may say that it skipped. The claim file is a real one; the test writes the instance's word. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { AskedBack } from '../src/pool/asked-back';
import { ClaimFile } from '../src/pool/claim-file';
import { Invocation } from '../src/pool/invocation';

it('a call that was taken may be skipped, once, and none that was not asked back', (t) => {
  const { asked, pending, instanceComesTo } = begin(t, [1, 2, 3]);
  instanceComesTo(1);
  assert.deepEqual(idsOf(asked.take(pending, 1)), [2, 3]);
  assert.deepEqual(coveredBy(asked, 6), [2, 3]);
  assert.equal(asked.isOpen, false);
  asked.notePassed(1);
  asked.notePassed(2);
  assert.deepEqual(coveredBy(asked, 6), [3]);
  asked.notePassed(3);
  assert.deepEqual(coveredBy(asked, 6), []);
  assert.equal(asked.isOpen, true);
});

it('a skip of the first range may still arrive after a second one was asked back', (t) => {
  const { asked, pending, instanceComesTo } = begin(t, [1, 2, 3]);
  // It has come past all of them; whether it ran or skipped the last two is not known here yet.
  instanceComesTo(3);
  assert.deepEqual(asked.take(pending, 1), []);
  asked.notePassed(1);
  pending.shift();
  pending.push(callOf(4), callOf(5));
  assert.deepEqual(idsOf(asked.take(pending, 1)), [4, 5]);
  assert.deepEqual(coveredBy(asked, 6), [2, 3, 4, 5]);
});

it('a range that was passed no longer counts', (t) => {
  const { asked, pending, instanceComesTo } = begin(t, [1, 2]);
  instanceComesTo(2);
  assert.deepEqual(asked.take(pending, 1), []);
  asked.notePassed(1);
  asked.notePassed(2);
  pending.splice(0, 2, callOf(3), callOf(4), callOf(5));
  instanceComesTo(3);
  assert.deepEqual(idsOf(asked.take(pending, 1)), [4, 5]);
  assert.deepEqual(coveredBy(asked, 6), [4, 5]);
});

interface Begun {
  readonly asked: AskedBack;
  readonly pending: Invocation[];
  instanceComesTo(callId: number): void;
}

function begin(t: TestContext, ids: readonly number[]): Begun {
  const folder = mkdtempSync(join(tmpdir(), 'asked-back-'));
  const claims = new ClaimFile(folder, 'claims');
  t.after(() => {
    claims.close();
    rmSync(folder, { recursive: true });
  });
  return {
    asked: new AskedBack(claims),
    pending: ids.map(callOf),
    instanceComesTo: (callId) => void writeSync(claims.fd, Uint32Array.of(callId), 0, 4, 0),
  };
}

function callOf(id: number): Invocation {
  const input = { requestId: '', functionIndex: 0, domainName: '', event: '{}', body: '', mayRestart: true };
  const invocation = new Invocation(input, 0, () => {});
  invocation.callId = id;
  return invocation;
}

function idsOf(calls: readonly Invocation[]): readonly number[] {
  return calls.map(({ callId }) => callId);
}

function coveredBy(asked: AskedBack, upTo: number): readonly number[] {
  return Array.from({ length: upTo }, (_, index) => index + 1).filter((id) => asked.covers(id));
}
