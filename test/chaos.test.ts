/** The test bed of bench/chaos: that its checks see what they are there for. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Connection } from '../bench/chaos/connection';
import { Durations } from '../bench/chaos/durations';
import { matches, type Runs } from '../bench/chaos/kind';
import { Random } from '../bench/chaos/random';
import { type Evidence, settle } from '../bench/chaos/settle';

const MAIN = join(__dirname, '..', 'bench', 'chaos', 'main.js');

/** What is known of three requests that may run once, unless `allowed` says otherwise. */
function evidence(
  runs: readonly string[],
  rest: Partial<Evidence> = {},
  allowed: readonly Runs[] = [],
): Evidence {
  const allowedRuns = (id: number) => allowed[id - 1] ?? 'once';
  return { lastId: 3, allowedRuns, runs, suspects: [], kills: [], ...rest };
}

const ALL = ['1 70', '2 70', '3 71'];
const failed = (id: number) => ({ id, what: 'answered 500', sentAt: 100, answeredAt: 200 });

describe('what ran is compared with what was asked', () => {
  const rows: readonly (readonly [string, Evidence, readonly string[]])[] = [
    ['every call ran once', evidence(ALL), []],
    ['a call ran twice', evidence([...ALL, '2 71']), ['#2 it ran 2 times']],
    [
      'a call was answered and never ran',
      evidence(['1 70', '3 71']),
      ['#2 it was answered, but did not run'],
    ],
    ['a refused call ran', evidence(ALL, {}, ['never']), ['#1 it ran although it must not']],
    ['a call whose client left did not run', evidence(['2 70', '3 71'], {}, ['at most once']), []],
    ['something else ran', evidence([...ALL, '9 70']), ['#0 something ran that nobody asked for: 9 70']],
    ['a call failed and nothing was killed', evidence(ALL, { suspects: [failed(2)] }), ['#2 answered 500']],
    [
      'a call failed and its instance was killed',
      evidence(ALL, { suspects: [failed(2)], kills: [{ pid: 70, at: 150 }] }),
      [],
    ],
    [
      'a call failed and another instance was killed',
      evidence(ALL, { suspects: [failed(2)], kills: [{ pid: 71, at: 150 }] }),
      ['#2 answered 500'],
    ],
    [
      'a call failed and its instance was killed later',
      evidence(ALL, { suspects: [failed(2)], kills: [{ pid: 70, at: 250 }] }),
      ['#2 answered 500'],
    ],
    [
      'two calls failed for one kill',
      evidence(ALL, { suspects: [failed(1), failed(2)], kills: [{ pid: 70, at: 150 }] }),
      ['#2 answered 500'],
    ],
    [
      'a call failed before its first line, by a kill',
      evidence(['1 70', '3 71'], { suspects: [failed(2)], kills: [{ pid: 70, at: 150 }] }),
      [],
    ],
    [
      'a call failed that did not run, without a kill',
      evidence(['1 70', '3 71'], { suspects: [failed(2)] }),
      ['#2 answered 500; it did not run, so it belonged elsewhere'],
    ],
    [
      'a call ran twice and then failed by a kill',
      evidence([...ALL, '2 70'], { suspects: [failed(2)], kills: [{ pid: 70, at: 150 }] }),
      ['#2 it ran 2 times'],
    ],
  ];
  for (const [name, given, expected] of rows) {
    it(name, () => {
      assert.deepEqual(
        settle(given).wrong.map(({ id, what }) => `#${id} ${what}`),
        expected,
      );
    });
  }
});

describe('an answer is the right one', () => {
  const rows = [
    ['sync {id}', 'sync 7', true],
    ['sync {id}', 'sync 77', false],
    [{ startsWith: 'sync {id} ' }, 'sync 7 and more', true],
    [{ startsWith: 'sync {id} ' }, 'sync 8 and more', false],
  ] as const;
  for (const [expected, body, isRight] of rows) {
    it(`${JSON.stringify(expected)} and ${body}: ${isRight}`, () => {
      assert.equal(matches(expected, 7, body), isRight);
    });
  }
});

it('a seed repeats its choices, and each stream has its own', () => {
  const choose = (seed: number, name: string) => {
    const random = new Random(seed, name);
    return Array.from({ length: 20 }, () => random.integer(1, 6));
  };
  assert.deepEqual(choose(1, 'a'), choose(1, 'a'));
  assert.notDeepEqual(choose(1, 'a'), choose(2, 'a'));
  assert.notDeepEqual(choose(1, 'a'), choose(1, 'b'));
  assert.deepEqual([...new Set(choose(1, 'a').concat(choose(2, 'b')))].sort(), [1, 2, 3, 4, 5, 6]);
});

it('quantiles are right within the width of a step', () => {
  const durations = new Durations();
  for (let ms = 1; ms <= 1_000; ms++) durations.add(ms);
  for (const [share, expected] of [
    [0.5, 500],
    [0.99, 990],
    [1, 1_000],
  ] as const) {
    const seen = durations.quantileMs(share);
    assert.ok(Math.abs(seen - expected) <= expected * 0.03, `p${share}: ${seen}`);
  }
});

it('a second answer to one request is noticed', async (t) => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', () => socket.write(answer + answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  const strays: string[] = [];
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const connection = new Connection(port, (text) => strays.push(text));
  const { status, body } = await connection.ask('GET / HTTP/1.1\r\n\r\n');
  connection.close();
  assert.deepEqual([status, body], [200, 'ok']);
  assert.deepEqual(strays, [answer]);
});

describe('npm run chaos', () => {
  it('explains itself', () => {
    const { status, stdout } = spawnSync(process.execPath, [MAIN, '--help'], { encoding: 'utf8' });
    assert.equal(status, 0);
    for (const flag of ['--seconds', '--requests', '--seed', '--json'])
      assert.ok(stdout.includes(flag), flag);
  });

  for (const argv of [['--seconds', 'x'], ['--seconds', '5'], ['--unknown'], ['word']]) {
    it(`refuses ${argv.join(' ')}`, () => {
      const { status, stderr } = spawnSync(process.execPath, [MAIN, ...argv], { encoding: 'utf8' });
      assert.equal(status, 2);
      assert.match(stderr, /Usage/);
    });
  }
});
