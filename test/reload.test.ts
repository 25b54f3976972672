/** What is saved is live at the very next request, and nothing is lost on the way. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { instancesOf, isAlive } from './support/program';
import type { TestProject } from './support/project';
import { type RawResponse, request } from './support/raw-http';
import { eventually, type Served, type ServeOptions, serve } from './support/serve';

const UNAUTHORIZED = '400 Unauthorized - you are not authenticated to perform this request';
const NOT_FOUND = '404 Not Found';

/** A Function that answers this text. */
function answering(text: string): string {
  return `exports.handler = (context, event, callback) => callback(null, ${JSON.stringify(text)});`;
}

describe('the very next request gets', () => {
  it('a Function as it was just saved, 50 times in a row', async (t) => {
    const served = await live(t, { 'functions/a.js': answering('0') });
    for (let round = 1; round <= 50; round++) {
      await served.project.write('functions/a.js', answering(`${round}`));
      assert.equal(await ask(served, '/a'), `200 ${round}`);
    }
  });

  interface Save {
    readonly title: string;
    readonly files: Readonly<Record<string, string>>;
    /** What is done in each round, from 1 on. */
    save(project: TestProject, round: number): Promise<void>;
    /** Path -> status and text afterwards; the first is asked first. */
    answers(round: number): Readonly<Record<string, string>>;
  }
  const READS_LIB =
    "exports.handler = (context, event, callback) => callback(null, require('../lib/value.js'));";
  const READS_VARIABLE =
    "exports.handler = (context, event, callback) => callback(null, context.VALUE + ' ' + process.env.VALUE);";
  const saves: readonly Save[] = [
    {
      title: 'a Function that took the place of an older file, as most editors save',
      files: { 'functions/a.js': answering('0') },
      save: (project, round) => project.replace('functions/a.js', answering(`${round}`)),
      answers: (round) => ({ '/a': `200 ${round}` }),
    },
    {
      title: 'a Function that was truncated first and written a moment later',
      files: { 'functions/a.js': answering('0') },
      save: (project, round) => writeSlowly(project.file('functions/a.js'), answering(`${round}`)),
      answers: (round) => ({ '/a': `200 ${round}` }),
    },
    {
      title: 'a new Function, and one in a new folder',
      files: { 'functions/a.js': answering('0') },
      save: async (project, round) => {
        await project.write(`functions/new${round}.js`, answering('new'));
        await project.write(`functions/folder${round}/deep/b.js`, answering('deep'));
      },
      answers: (round) => ({ [`/folder${round}/deep/b`]: '200 deep', [`/new${round}`]: '200 new' }),
    },
    {
      title: '404 for a Function that was removed',
      files: { 'functions/a1.js': answering('0'), 'functions/a2.js': answering('0'), 'functions/a3.js': '' },
      save: (project, round) => project.delete(`functions/a${round}.js`),
      answers: (round) => ({ [`/a${round}`]: NOT_FOUND }),
    },
    {
      title: 'a Function under its new name, and 404 under the old one',
      files: { 'functions/a0.js': answering('here') },
      save: (project, round) =>
        rename(project.file(`functions/a${round - 1}.js`), project.file(`functions/a${round}.js`)),
      answers: (round) => ({ [`/a${round}`]: '200 here', [`/a${round - 1}`]: NOT_FOUND }),
    },
    {
      title: 'a visibility as it was just changed',
      files: { 'functions/a.js': answering('open') },
      save: (project, round) =>
        round % 2 === 1
          ? rename(project.file('functions/a.js'), project.file('functions/a.protected.js'))
          : rename(project.file('functions/a.protected.js'), project.file('functions/a.js')),
      answers: (round) => ({ '/a': round % 2 === 1 ? UNAUTHORIZED : '200 open' }),
    },
    {
      title: 'a file that the Function requires',
      files: { 'functions/a.js': READS_LIB, 'lib/value.js': "module.exports = '0';" },
      save: (project, round) => project.write('lib/value.js', `module.exports = '${round}';`),
      answers: (round) => ({ '/a': `200 ${round}` }),
    },
    {
      title: 'a package.json',
      files: {
        'functions/a.js':
          "exports.handler = (context, event, callback) => callback(null, require('../package.json').version);",
        'package.json': '{ "version": "0.0.0" }',
      },
      save: (project, round) => project.replace('package.json', `{ "version": "0.0.${round}" }`),
      answers: (round) => ({ '/a': `200 0.0.${round}` }),
    },
    {
      title: 'a value of .env, in context and in process.env',
      files: { 'functions/a.js': READS_VARIABLE, '.env': 'VALUE=0' },
      save: (project, round) => project.write('.env', `VALUE=${round}`),
      answers: (round) => ({ '/a': `200 ${round} ${round}` }),
    },
    {
      title: 'a .env that was made or removed',
      files: { 'functions/a.js': READS_VARIABLE },
      save: (project, round) =>
        round % 2 === 1 ? project.write('.env', `VALUE=${round}`) : project.delete('.env'),
      answers: (round) => ({ '/a': round % 2 === 1 ? `200 ${round} ${round}` : '200 undefined undefined' }),
    },
    {
      title: 'an Asset, and a private one through its Function',
      files: {
        'functions/a.js':
          "exports.handler = (context, event, callback) => callback(null, Runtime.getAssets()['/b.txt'].open());",
        'assets/a.txt': '0',
        'assets/b.private.txt': '0',
      },
      save: async (project, round) => {
        await project.write('assets/a.txt', `a${round}`);
        await project.replace('assets/b.private.txt', `b${round}`);
      },
      answers: (round) => ({ '/a': `200 b${round}`, '/a.txt': `200 a${round}`, '/b.txt': NOT_FOUND }),
    },
    {
      title: 'what lies in a folder that was removed and made again',
      files: { 'functions/a.js': answering('0'), 'functions/sms/b.js': answering('0') },
      save: async (project, round) => {
        await project.delete(round % 2 === 1 ? 'functions' : 'functions/sms');
        await project.write('functions/sms/b.js', answering(`${round}`));
        await project.write('functions/a.js', answering(`${round}`));
      },
      answers: (round) => ({ '/sms/b': `200 ${round}`, '/a': `200 ${round}` }),
    },
  ];
  for (const { title, files, save, answers } of saves) {
    it(`${title}, three times in a row`, async (t) => {
      const served = await live(t, files);
      for (let round = 1; round <= 3; round++) {
        await save(served.project, round);
        for (const [path, answer] of Object.entries(answers(round)))
          assert.equal(await ask(served, path), answer, path);
      }
    });
  }
});

describe('a save', () => {
  const PID = 'exports.handler = (context, event, callback) => callback(null, String(process.pid));';

  it('lets a request in flight finish on the old build', async (t) => {
    const waiting = (text: string): string =>
      `const text = ${JSON.stringify(text)};
      exports.handler = (context, event, callback) => setTimeout(() => callback(null, text), Number(event.ms));`;
    const served = await live(t, { 'functions/a.js': waiting('old') });
    await ask(served, '/a?ms=0');
    const slow = ask(served, '/a?ms=600');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await served.project.write('functions/a.js', waiting('new'));
    assert.equal(await ask(served, '/a?ms=0'), '200 new');
    assert.equal(await slow, '200 old');
  });

  it('ends the old processes, and starts no more than before', async (t) => {
    const served = await live(t, { 'functions/a.js': PID, 'functions/b.js': PID });
    const pids = new Set<number>();
    for (let round = 0; round < 5; round++) {
      await served.project.write('lib.js', `${round}`);
      for (const path of ['/a', '/b']) pids.add(Number((await get(served, path)).text()));
    }
    assert.equal(pids.size, 10);
    const [a, b] = [...pids].slice(-2);
    await eventually(() => [...pids].filter(isAlive).length === 2 || undefined);
    assert.deepEqual([...pids].filter(isAlive), [a, b]);
    // The two instances, a spare, and the one behind it; other tests of this file have none at this time.
    await eventually(() => instancesOf(process.pid).length === 4 || undefined, 10_000);
  });

  it('of a broken Function answers 500 there, names file and line, and harms no other', async (t) => {
    const served = await live(t, { 'functions/a.js': answering('0'), 'functions/b.js': answering('b') });
    await served.project.replace(
      'functions/a.js',
      'exports.handler = (context, event, callback) => {\n  callback(;\n};',
    );
    const answer = await get(served, '/a');
    assert.equal(answer.status, 500);
    assert.equal(await ask(served, '/b'), '200 b');
    const record = await served.record('/a');
    assert.equal(record.error, 'HS_LOAD_FAILED');
    assert.match(record.detail ?? '', /functions\/a\.js:2: Unexpected token ';'/);
    await eventually(() => served.notices[1]);
    assert.deepEqual(served.notices, ['reloaded', "functions/a.js:2: SyntaxError: Unexpected token ';'"]);
    await served.project.write('functions/a.js', answering('mended'));
    assert.equal(await ask(served, '/a'), '200 mended');
  });

  const broken: readonly [title: string, name: string, content: string, notice: RegExp][] = [
    [
      'of a second file with the same path',
      'functions/a.private.js',
      '',
      /^functions\/a\.js and functions\/a\.private\.js both have the path \/a; rename one of them\.$/,
    ],
    ['that makes a folder of .env', '.env/x', '', /^The file of variables .*\.env is a folder\.$/],
  ];
  for (const [title, name, content, notice] of broken) {
    it(`${title} leaves the old build live and says so`, async (t) => {
      const served = await live(t, { 'functions/a.js': answering('old'), 'assets/x.txt': 'x' });
      const { build } = served.platform;
      await served.project.write(name, content);
      assert.equal(await ask(served, '/a'), '200 old');
      assert.equal(served.platform.build, build);
      assert.notEqual(served.notices.length, 0);
      for (const text of served.notices) assert.match(text, notice);

      await served.project.delete(name.split('/x')[0] ?? '');
      await served.project.write('functions/a.js', answering('new'));
      assert.equal(await ask(served, '/a'), '200 new');
      assert.equal(served.notices.at(-1), 'reloaded');
    });
  }

  it('of a file that cannot be served is live, and says so once', async (t) => {
    const served = await live(t, { 'functions/a.js': answering('old') });
    await served.project.replace('functions/b;c.js', answering('b'));
    assert.equal(await ask(served, '/b;c'), NOT_FOUND);
    assert.deepEqual(served.notices, ['reloaded']);
    assert.equal(served.platform.build.problems.length, 1);
  });

  it('under constant load fails and loses no request, and none is answered with what was older', async (t) => {
    const served = await live(t, { 'functions/a.js': answering('0'), 'assets/a.txt': '0' });
    let saved = 0;
    let isOver = false;
    let count = 0;
    const load = async (): Promise<void> => {
      while (!isOver) {
        const least = saved;
        const answer = await get(served, '/a');
        assert.equal(answer.status, 200, answer.text());
        assert(Number(answer.text()) >= least, `${answer.text()} after ${least} was saved`);
        count += 1;
      }
    };
    const clients = Promise.all([load(), load(), load(), load()]);
    for (let round = 1; round <= 15; round++) {
      await served.project.replace('functions/a.js', answering(`${round}`));
      saved = round;
      await new Promise((resolve) => setTimeout(resolve, round * 10));
    }
    isOver = true;
    await clients;
    assert.equal(await ask(served, '/a'), '200 15');
    assert.equal(served.records.filter(({ status }) => status === 200).length, count + 1);
  });

  it('that stays empty for a while between its steps is waited for', async (t) => {
    const served = await live(t, { 'functions/a.js': answering('old') });
    const file = await open(served.project.file('functions/a.js'), 'w');
    const answer = ask(served, '/a');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await file.write(answering('new'));
    await file.close();
    assert.equal(await answer, '200 new');
  });

  it('that leaves a file empty is served in the end', async (t) => {
    const served = await live(t, { 'functions/a.js': answering('old'), 'functions/b.js': answering('b') });
    await served.project.write('functions/a.js', '');
    assert.match(await ask(served, '/a'), /^500 .*it exports nothing/);
    assert.equal(await ask(served, '/b'), '200 b');
  });

  it('that never ends does not keep requests waiting', async (t) => {
    const served = await live(t, { 'functions/a.js': answering('a') });
    const writer = setInterval(() => writeFileSync(served.project.file('data.json'), `${Date.now()}`), 5);
    try {
      for (let round = 0; round < 3; round++) assert.equal(await ask(served, '/a'), '200 a');
    } finally {
      clearInterval(writer);
    }
  });

  it('is not noticed where nothing is live', async (t) => {
    const served = await live(t, { 'functions/a.js': answering('old') }, { live: false });
    assert.equal(await ask(served, '/a'), '200 old');
    await served.project.write('functions/a.js', answering('new'));
    await served.project.write('functions/b.js', answering('b'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(await ask(served, '/a'), '200 old');
    assert.equal(await ask(served, '/b'), NOT_FOUND);
    assert.deepEqual(served.notices, []);
  });
});

async function live(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  options: ServeOptions = {},
): Promise<Served> {
  const served = await serve(files, { live: true, ...options });
  t.after(() => served.close());
  return served;
}

async function ask(served: Served, path: string): Promise<string> {
  const response = await get(served, path);
  return `${response.status} ${response.text()}`;
}

function get({ port }: Served, path: string): Promise<RawResponse> {
  return request(port, { method: 'GET', path });
}

async function writeSlowly(path: string, content: string): Promise<void> {
  const file = await open(path, 'w');
  await new Promise((resolve) => setTimeout(resolve, 5));
  await file.write(content.slice(0, 30));
  await new Promise((resolve) => setTimeout(resolve, 5));
  await file.write(content.slice(30));
  await file.close();
}
