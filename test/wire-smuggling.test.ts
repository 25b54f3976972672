/** Requests in disguise: the hidden one never runs, unless every reading ends where it begins. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { expectGood, GOOD } from './support/bad-row';
import { DISGUISES, type Disguise, HIDDEN } from './support/disguises';
import { converse } from './support/raw-http';
import { eventually, type Served, serve } from './support/serve';

const RAN = "exports.handler = (context, event, callback) => { console.log('ran'); callback(null, 'ran'); };";
describe('a request in disguise:', () => {
  let served: Served;
  before(async () => {
    served = await serve({
      'functions/good.js': GOOD,
      'functions/target.js': RAN,
      'functions/second.js': RAN,
      'functions/hidden.js': RAN,
    });
  });
  after(() => served.close());

  for (const [kind, rows] of Object.entries(DISGUISES)) {
    it(`${rows.length} rows of ${kind} run what is plain to every reader, and nothing else`, async () => {
      for (const row of rows) await verify(row);
    });
  }

  async function verify({ name, bytes, statuses, runs }: Disguise): Promise<void> {
    const before = served.records.length;
    const ran = () => served.records.slice(before).filter(({ console }) => console.length > 0).length;
    const { responses } = await converse(served.port, [Buffer.from(bytes, 'latin1')], {
      count: statuses.length,
    });
    assert.deepEqual(
      responses.map(({ status }) => status),
      statuses,
      name,
    );
    await expectGood(served.port);
    await eventually(() => (ran() >= runs ? true : undefined));
    assert.equal(ran(), runs, name);
  }

  it('the hidden one has never run, and would have', async () => {
    assert.ok(served.records.every(({ resource }) => resource !== 'functions/hidden.js'));
    const { responses } = await converse(served.port, [HIDDEN], { count: 1 });
    assert.deepEqual(
      responses.map((response) => response.text()),
      ['ran'],
    );
    assert.equal((await served.record('/hidden')).console.length, 1);
  });
});
