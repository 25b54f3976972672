/** Saves while many clients ask: no request is lost, none is answered by two builds at once, none by an old one. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { type Served, serve } from './support/serve';

const CLIENTS = 12;
const ROUNDS = 25;

describe('saves under load', () => {
  interface Row {
    readonly title: string;
    /** What stands around the versions in a file of its own, and in the Function. */
    value(version: number): string;
    handler(version: number): string;
    readonly extension: '.js' | '.ts';
  }
  const rows: readonly Row[] = [
    {
      title: 'of a Function that is made of two files',
      value: (version) => `module.exports = ${version};`,
      handler: (version) => `const other = require('../lib/value');
        exports.handler = (context, event, callback) => callback(null, ${version} + ' ' + other);`,
      extension: '.js',
    },
    {
      title: 'of one that takes a while to load and to answer',
      value: (version) => `module.exports = ${version};`,
      handler: (version) => `const until = Date.now() + 15; while (Date.now() < until);
        const other = require('../lib/value');
        exports.handler = (context, event, callback) => setTimeout(() => callback(null, ${version} + ' ' + other), 5);`,
      extension: '.js',
    },
    {
      title: 'of one in TypeScript',
      value: (version) => `export const other: number = ${version};`,
      handler: (version) => `import { other } from '../lib/value';
        export const handler = (context: unknown, event: unknown, callback: (error: null, text: string) => void): void =>
          callback(null, ${version} + ' ' + other);`,
      extension: '.ts',
    },
  ];
  for (const { title, value, handler, extension } of rows) {
    it(`${title} lose no request, mix nothing, and leave others alone`, async (t) => {
      const files = {
        [`functions/two${extension}`]: handler(0),
        [`lib/value${extension}`]: value(0),
        'functions/other.js':
          'exports.handler = (context, event, callback) => callback(null, String(process.pid));',
      };
      const served = await serve(files, { live: true });
      t.after(() => served.close());
      const save = (version: number): void => {
        writeFileSync(served.project.file(`lib/value${extension}`), value(version));
        writeFileSync(served.project.file(`functions/two${extension}`), handler(version));
      };
      let saved = 0;
      let isOver = false;
      let answers = 0;
      const pids = new Set<string>();
      const ask = asking(t, served);
      const client = async (): Promise<void> => {
        while (!isOver) {
          const least = saved;
          const text = await ask('/two');
          const [first, second] = text.split(' ').map(Number);
          assert.equal(first, second, `${text} is of two builds`);
          assert.ok(Number(first) >= least, `${text} after ${least} was saved`);
          answers += 1;
        }
      };
      const bystander = async (): Promise<void> => {
        while (!isOver) {
          pids.add(await ask('/other'));
          answers += 1;
        }
      };
      // What nobody has loaded yet could be anybody's.
      for (const path of ['/two', '/other']) await ask(path);
      const clients = [...Array.from({ length: CLIENTS }, client), bystander()];
      for (let version = 1; version <= ROUNDS; version++) {
        save(version);
        saved = version;
        // Long enough for the new build to be live, or in the middle of that.
        await new Promise((resolve) => setTimeout(resolve, (version % 5) * 30));
      }
      isOver = true;
      await Promise.all(clients);
      assert.equal(await ask('/two'), `${ROUNDS} ${ROUNDS}`);
      assert.equal(served.records.filter(({ status }) => status === 200).length, answers + 3);
      assert.equal(pids.size, 1, 'the other Function has its process still');
    });
  }
});

/** Over connections that are kept. Throws where the answer is not 200. */
function asking(t: TestContext, { port, records }: Served): (path: string) => Promise<string> {
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  return async (path) => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ port, path, agent }, resolve).on('error', reject);
    });
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    assert.equal(
      response.statusCode,
      200,
      `${text} ${records.find(({ id }) => id === response.headers['twilio-request-id'])?.detail}`,
    );
    return text;
  };
}
