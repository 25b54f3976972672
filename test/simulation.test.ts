/**
 * What the policy is for, over thousands of calls. The bounds are such that a mistake of the policy breaks one: they
 * were tried with the mistakes that each scenario names.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SimulatedFunction, Simulation, type SimulationOptions, type Work } from './simulation';

const SEEDS = [1, 2];
const FAST = always({ waitMs: 0, cpuMs: 1 });
const SLOW = always({ waitMs: 2_000, cpuMs: 1 });
const DEADLY = always({ waitMs: 0, cpuMs: 1, dies: true });

function always(work: Work): SimulatedFunction {
  return () => work;
}

function several(count: number, one: SimulatedFunction): SimulatedFunction[] {
  return Array.from({ length: count }, () => one);
}

/** The same with several orders of events. */
function simulate(name: string, options: SimulationOptions, story: (simulation: Simulation) => void): void {
  for (const seed of SEEDS) {
    it(`${name} (seed ${seed})`, () => story(new Simulation({ ...options, seed })));
  }
}

function below(value: number, bound: number, what: string): void {
  assert.ok(value < bound, `${what}: ${value.toFixed(1)}, should be below ${bound}`);
}

function above(value: number, bound: number, what: string): void {
  assert.ok(value > bound, `${what}: ${value.toFixed(1)}, should be above ${bound}`);
}

describe('a steady stream of short calls', () => {
  simulate('keeps one instance hot and nobody waiting', { functions: [FAST] }, (simulation) => {
    simulation.arrive(0, 300, 15_000);
    simulation.run(15_000);
    simulation.finish();
    const { ok, outcomes, p99Ms, longestMs } = simulation.summary(0);
    assert.deepEqual(outcomes, { ok });
    below(p99Ms, 6, 'p99');
    below(longestMs, 20, 'longest');
    assert.equal(simulation.processes.most, 1);
  });

  simulate('of 8 Functions is served evenly', { functions: several(8, FAST) }, (simulation) => {
    for (let index = 0; index < 8; index++) simulation.arrive(index, 100, 10_000);
    simulation.run(10_000);
    simulation.finish();
    for (let index = 0; index < 8; index++) {
      const { ok, outcomes, longestMs } = simulation.summary(index);
      assert.deepEqual(outcomes, { ok });
      below(longestMs, 700, `longest of ${index}`);
      below(simulation.summary(index, 3_000).p99Ms, 20, `p99 of ${index} once all are warm`);
    }
    below(simulation.processes.most, 13, 'instances');
  });

  simulate(
    'from clients that never pause starves none of them',
    { functions: several(8, always({ waitMs: 0, cpuMs: 0.3 })) },
    (simulation) => {
      for (let index = 0; index < 8; index++) simulation.keepCalling(index, 8, 5_000);
      simulation.run(5_000);
      simulation.finish();
      const counts = several(8, FAST).map((_, index) => simulation.summary(index).ok);
      below(Math.max(...counts) / Math.min(...counts), 2.2, 'most calls to fewest');
    },
  );
});

describe('a burst on an idle pool', () => {
  simulate(
    'is answered within a second, with as many instances as pay for themselves',
    { functions: [always({ waitMs: 0, cpuMs: 2 }), always({ waitMs: 20, cpuMs: 1 })] },
    (simulation) => {
      for (let burst = 0; burst < 20; burst++) {
        for (let call = 0; call < 200; call++) simulation.call(burst % 2);
        simulation.run(3_000);
      }
      simulation.finish();
      const { ok, outcomes } = simulation.summary(null);
      assert.deepEqual(outcomes, { ok });
      below(simulation.summary(0).longestMs, 500, 'longest that needs the cores');
      below(simulation.summary(1).longestMs, 1_000, 'longest that waits');
      below(simulation.summary(1, 10_000).longestMs, 450, '… once instances are there');
      below(simulation.processes.countOf(0), 4, 'instances that need the cores');
      below(simulation.processes.most, 60, 'instances');
    },
  );
});

describe('a slow Function', () => {
  simulate(
    'that wants all of the pool leaves a fast one its instance',
    { functions: [SLOW, FAST], maxInstances: 4 },
    (simulation) => {
      simulation.arrive(0, 20, 30_000);
      simulation.run(3_000);
      simulation.arrive(1, 50, 27_000);
      simulation.run(27_000);
      simulation.finish();
      const fast = simulation.summary(1);
      assert.deepEqual(fast.outcomes, { ok: fast.ok });
      below(fast.p99Ms, 5, 'p99 of the fast one');
      below(fast.longestMs, 150, 'longest of the fast one, its first call included');
      above(simulation.summary(0).ok, 45, 'answers of the slow one');
    },
  );

  simulate(
    'does not take it either where calls are seconds apart',
    { functions: [SLOW, FAST], maxInstances: 8 },
    (simulation) => {
      simulation.arrive(0, 20, 60_000);
      simulation.run(5_000);
      simulation.arrive(1, 1, 55_000);
      simulation.run(55_000);
      simulation.finish();
      below(simulation.summary(1).longestMs, 150, 'longest of the fast one');
    },
  );

  simulate(
    'makes room for others even if it had taken a pool too small to keep anything free',
    { functions: [SLOW, FAST, FAST], maxInstances: 3 },
    (simulation) => {
      simulation.arrive(0, 20, 30_000);
      simulation.run(5_000);
      simulation.arrive(1, 50, 25_000);
      simulation.run(5_000);
      simulation.arrive(2, 50, 20_000);
      simulation.run(20_000);
      simulation.finish();
      for (const index of [1, 2]) {
        const { ok, outcomes, longestMs } = simulation.summary(index);
        assert.deepEqual(outcomes, { ok });
        below(longestMs, 2_500, `longest of ${index}: until a slow call ends`);
        below(simulation.summary(index, 15_000).p99Ms, 100, `p99 of ${index} once it has its instance`);
      }
    },
  );

  simulate(
    'shares with one like it that comes later',
    { functions: [SLOW, SLOW], maxInstances: 10 },
    (simulation) => {
      simulation.arrive(0, 20, 40_000);
      simulation.run(10_000);
      simulation.arrive(1, 20, 30_000);
      simulation.run(30_000);
      simulation.finish();
      const first = simulation.summary(0, 15_000).ok;
      const second = simulation.summary(1, 15_000).ok;
      above(second / first, 0.7, 'answers of the later one to those of the first');
      below(second / first, 1.4, 'answers of the later one to those of the first');
    },
  );
});

describe('a slow Function that nobody has called before', () => {
  simulate(
    'gets instances although nothing is known of it',
    { functions: [always({ waitMs: 3_000, cpuMs: 1 })] },
    (simulation) => {
      for (let call = 0; call < 30; call++) simulation.call(0);
      simulation.finish();
      const { ok, outcomes, longestMs } = simulation.summary(0);
      assert.deepEqual(outcomes, { ok });
      below(longestMs, 7_000, 'longest');
    },
  );
});

describe('a Function whose process dies at every call', () => {
  simulate(
    'gets few processes, quick failures, and others do not notice',
    { functions: [DEADLY, FAST, always({ waitMs: 30, cpuMs: 1 })] },
    (simulation) => {
      simulation.arrive(0, 100, 20_000);
      simulation.arrive(1, 100, 20_000);
      simulation.arrive(2, 50, 20_000);
      simulation.run(20_000);
      simulation.finish();
      const { ok, outcomes, longestFailureMs } = simulation.summary(0);
      assert.equal(ok, 0);
      assert.deepEqual(Object.keys(outcomes).sort(), ['HS_CRASHED', 'HS_CRASH_LOOP']);
      below(longestFailureMs, 1_500, 'longest until it failed');
      below(simulation.processes.started, 120, 'processes');
      above(outcomes.HS_CRASHED ?? 0, 60, 'calls that were run');
      below(simulation.summary(1).p99Ms, 6, 'p99 of another one');
      below(simulation.summary(2).p99Ms, 250, 'p99 of one that grows');
    },
  );

  simulate('that is called now and then is run each time', { functions: [DEADLY, FAST] }, (simulation) => {
    simulation.arrive(0, 2, 20_000);
    simulation.arrive(1, 100, 20_000);
    simulation.run(20_000);
    simulation.finish();
    const { outcomes, longestFailureMs } = simulation.summary(0);
    assert.deepEqual(Object.keys(outcomes), ['HS_CRASHED']);
    below(longestFailureMs, 250, 'longest until it failed');
  });

  simulate(
    'only now and then loses none of its other calls',
    { functions: [(random) => ({ waitMs: 0, cpuMs: 1, dies: random() < 0.1 })] },
    (simulation) => {
      simulation.arrive(0, 100, 20_000);
      simulation.run(20_000);
      simulation.finish();
      const { ok, outcomes, p99Ms } = simulation.summary(0);
      assert.deepEqual(Object.keys(outcomes).sort(), ['HS_CRASHED', 'ok']);
      above(ok, 1_600, 'answers');
      below(p99Ms, 300, 'p99');
    },
  );

  simulate(
    'is well again as soon as it is',
    {
      functions: [(_, now) => ({ waitMs: 0, cpuMs: 1, dies: now < 15_000 })],
    },
    (simulation) => {
      simulation.arrive(0, 100, 30_000);
      simulation.run(30_000);
      simulation.finish();
      const { ok, outcomes, longestMs } = simulation.summary(0, 18_000);
      assert.deepEqual(outcomes, { ok });
      below(longestMs, 30, 'longest');
    },
  );
});

describe('12 Functions and room for 4', () => {
  const rows: readonly [string, Work, number][] = [
    ['short calls', { waitMs: 0, cpuMs: 1 }, 20],
    ['calls that wait', { waitMs: 10, cpuMs: 1 }, 10],
  ];
  for (const [name, work, perSecond] of rows) {
    simulate(
      `take turns: ${name}`,
      { functions: several(12, always(work)), maxInstances: 4 },
      (simulation) => {
        for (let index = 0; index < 12; index++) simulation.arrive(index, perSecond, 20_000);
        simulation.run(20_000);
        simulation.finish();
        for (let index = 0; index < 12; index++) {
          const { ok, outcomes, longestMs } = simulation.summary(index);
          assert.deepEqual(outcomes, { ok });
          below(longestMs, 1_000, `longest of ${index}`);
        }
      },
    );
  }

  simulate(
    'take turns that are worth their start under more than they can do',
    { functions: several(12, FAST), maxInstances: 4 },
    (simulation) => {
      for (let index = 0; index < 12; index++) simulation.keepCalling(index, 20, 20_000);
      simulation.run(20_000);
      simulation.finish();
      const all = simulation.summary(null);
      assert.deepEqual(all.outcomes, { ok: all.ok });
      above(all.ok / 20, 600, 'answers each second');
      const counts = several(12, FAST).map((_, index) => simulation.summary(index).ok);
      below(Math.max(...counts) / Math.min(...counts), 1.5, 'most calls to fewest');
      below(all.longestMs, 2_000, 'longest');
    },
  );
});

describe('calls that only wait', () => {
  simulate(
    'get an instance for almost each, and everybody an answer meanwhile',
    { functions: [always({ waitMs: 50, cpuMs: 0.2 })], maxInstances: 245 },
    (simulation) => {
      simulation.keepCalling(0, 256, 20_000);
      simulation.run(20_000);
      simulation.finish();
      const { ok, outcomes } = simulation.summary(0);
      assert.deepEqual(outcomes, { ok });
      const { ok: late, p99Ms } = simulation.summary(0, 11_000, 21_000);
      above(late / 10 / 5_120, 0.65, 'of the ideal');
      below(p99Ms, 100, 'p99');
      below(simulation.processes.most, 220, 'instances');
    },
  );
});

describe('more than the machine can do', () => {
  interface Overload {
    readonly name: string;
    readonly functions: readonly SimulatedFunction[];
    readonly perSecond: number;
    /** Answers each second that the cores allow. */
    readonly ideal: number;
    readonly instances: number;
    readonly later: number;
  }
  const rows: readonly Overload[] = [
    {
      name: 'long calls',
      functions: [always({ waitMs: 0, cpuMs: 200 })],
      perSecond: 100,
      ideal: 10,
      instances: 8,
      later: 3,
    },
    {
      name: 'calls of 8 Functions',
      functions: several(8, always({ waitMs: 0, cpuMs: 50 })),
      perSecond: 50,
      ideal: 40,
      instances: 25,
      later: 2,
    },
    { name: 'short calls', functions: [FAST], perSecond: 5_000, ideal: 1_900, instances: 4, later: 100 },
  ];
  for (const { name, functions, perSecond, ideal, instances, later } of rows) {
    simulate(
      `${name}: as many as possible are answered, and afterwards all`,
      { functions, maxInstances: 245 },
      (simulation) => {
        const begin = simulation.now;
        for (const index of functions.keys()) simulation.arrive(index, perSecond, 20_000);
        simulation.run(20_000);
        below(simulation.schedule.waiting, 1_000 * functions.length + 1, 'calls that wait');
        const { ok, outcomes, longestMs } = simulation.summary(null);
        above(ok / 20, ideal * 0.85, 'answers each second');
        assert.deepEqual(Object.keys(outcomes).sort(), ['HS_TOO_MANY_REQUESTS', 'ok']);
        below(longestMs, 7_500, 'longest');
        below(simulation.processes.most, instances + 1, 'instances');
        simulation.run(6_000);
        const after = simulation.now;
        for (const index of functions.keys()) simulation.arrive(index, later, 5_000);
        simulation.run(5_000);
        simulation.finish();
        const recovered = simulation.summary(null, after);
        assert.deepEqual(recovered.outcomes, { ok: recovered.ok });
        below(recovered.longestMs, 1_000, 'longest after the overload');
        const share = functions.map((_, index) => simulation.summary(index, begin, after).ok);
        below(Math.max(...share) / Math.min(...share), 2.2, 'most answers to fewest');
      },
    );
  }
});

describe('a Function of short calls', () => {
  for (const clients of [4, 12, 24]) {
    it(`of which one takes 2 s now and then has the others answered elsewhere (${clients} clients)`, () => {
      let isNext = false;
      const work = (): Work => {
        const waitMs = isNext ? 2_000 : 0;
        isNext = false;
        return { waitMs, cpuMs: 0.5 };
      };
      const simulation = new Simulation({ functions: [work] });
      simulation.keepCalling(0, clients, 20_000);
      for (let round = 0; round < 10; round++) {
        simulation.run(2_000);
        isNext = true;
      }
      simulation.finish();
      const times = simulation.ends.map(({ tookMs }) => tookMs);
      assert.equal(times.filter((ms) => ms > 1_900).length, 9);
      assert.equal(times.filter((ms) => ms > 150).length, 9, 'nobody else waited long');
      below(times.filter((ms) => ms > 30).length, 200, 'calls that waited at all');
      below(simulation.processes.most, 4, 'instances');
    });
  }

  it('of which as many as there are instances take 4 s at once has others start at once', () => {
    let next = 0;
    const simulation = new Simulation({
      functions: [
        () => {
          next -= 1;
          return { waitMs: next >= 0 ? 4_000 : 0, cpuMs: 0.5 };
        },
      ],
    });
    simulation.arrive(0, 200, 12_000);
    simulation.run(4_000);
    next = 4;
    simulation.run(8_000);
    simulation.finish();
    const times = simulation.ends.map(({ tookMs }) => tookMs);
    assert.equal(times.filter((ms) => ms > 500).length, 4);
    below(simulation.processes.most, 10, 'instances');
  });

  simulate(
    'that has become slow gets as many instances as it needs',
    { functions: [(_, now) => ({ waitMs: now > 6_000 ? 500 : 0, cpuMs: 0.5 })] },
    (simulation) => {
      simulation.arrive(0, 100, 25_000);
      simulation.run(25_000);
      simulation.finish();
      const { ok, outcomes, longestMs } = simulation.summary(0);
      assert.deepEqual(outcomes, { ok });
      below(longestMs, 2_500, 'longest');
      below(simulation.summary(0, 12_000).longestMs, 600, 'longest once it has grown');
      below(simulation.processes.most, 100, 'instances');
    },
  );
});

describe('instances that nobody uses', () => {
  simulate('are ended after 5 minutes', { functions: [FAST, FAST] }, (simulation) => {
    simulation.call(0);
    simulation.call(1);
    simulation.run(290_000);
    assert.equal(simulation.processes.countOwned(), 2);
    simulation.call(0);
    simulation.run(20_000);
    assert.equal(simulation.processes.countOf(0), 1);
    assert.equal(simulation.processes.countOf(1), 0);
    simulation.finish();
  });
});

describe('instances in advance', () => {
  simulate(
    'make the first call a warm one, are kept, and come again when they die',
    {
      functions: several(4, (_, now) => ({ waitMs: 0, cpuMs: 1, dies: now > 20_000 && now < 20_010 })),
      minInstances: 2,
      loadMs: 100,
    },
    (simulation) => {
      simulation.run(5_000);
      assert.ok(simulation.schedule.isPrepared);
      assert.equal(simulation.processes.countOwned(), 8);
      for (let index = 0; index < 4; index++) simulation.call(index);
      simulation.run(13_900);
      below(simulation.summary(null).longestMs, 5, 'a first call');
      while (simulation.now < 20_002) simulation.run(1);
      for (let index = 0; index < 4; index++) simulation.call(index);
      simulation.run(20);
      assert.equal(simulation.schedule.isPrepared, false);
      simulation.run(3_000);
      assert.equal(simulation.schedule.isPrepared, true);
      assert.equal(simulation.processes.countOwned(), 8);
      simulation.finish();
      const { started } = simulation.processes;
      simulation.run(600_000);
      assert.equal(simulation.processes.countOwned(), 8);
      assert.equal(simulation.processes.started, started, 'processes');
    },
  );

  simulate(
    'are not taken by a Function that wants all of the pool',
    { functions: [SLOW, FAST, FAST, FAST], minInstances: 1, maxInstances: 6 },
    (simulation) => {
      simulation.arrive(0, 20, 30_000);
      simulation.run(28_000);
      for (const index of [1, 2, 3]) simulation.call(index);
      simulation.finish();
      for (const index of [1, 2, 3]) below(simulation.summary(index).longestMs, 10, `first call of ${index}`);
    },
  );
});
