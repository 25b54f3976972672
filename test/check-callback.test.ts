/** The rules about `callback`: each body of a handler with the lines on which something is found, and near misses. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findingsIn } from './support/checked';

/** The lines of the findings of one rule; the body begins in line 2. */
async function linesOf(rule: string, body: string, head: string): Promise<readonly number[]> {
  const source = `exports.handler = ${head} {\n${body}\n};\n`;
  const findings = await findingsIn({ 'functions/a.js': source });
  assert.deepEqual(
    findings.filter((finding) => finding.rule === 'syntax'),
    [],
  );
  return findings.filter((finding) => finding.rule === rule).map(({ line }) => line);
}

const SYNC = 'function (context, event, callback)';
const ASYNC = 'async (context, event, callback) =>';

describe('callback-never-called finds', () => {
  const open: readonly [title: string, body: string, line: number, head?: string][] = [
    ['a handler that does not mention it', 'console.log(event);', 1],
    ['a value that is returned instead', 'return { ok: true };', 1, ASYNC],
    ['a handler without the parameter', 'return "hello";', 1, 'async (context, event) =>'],
    ['an if without else', "if (event.Digits === '1') {\n  callback(null, 'one');\n}", 2],
    [
      'a chain of else if without an end',
      "if (event.a === '1') {\n  callback(null, 1);\n} else if (event.a === '2') {\n  callback(null, 2);\n}",
      4,
    ],
    ['an else that forgets', 'if (event.a) {\n  callback();\n} else {\n  console.log(1);\n}', 2],
    ['an early return', 'if (!event.From) {\n  return;\n}\ncallback();', 3],
    [
      'guards that answer, and an end that forgets',
      "if (event.a === '1') return callback(null, 1);\nif (event.a === '2') return callback(null, 2);\nconsole.log('none');",
      3,
    ],
    ['a return of a value in a branch', 'if (event.a) {\n  return twiml;\n}\nreturn callback(null, 1);', 3],
    [
      'a switch without default',
      "switch (event.Digits) {\n  case '1':\n    callback(null, 1);\n    break;\n  case '2':\n    return callback(null, 2);\n}",
      2,
    ],
    [
      'a case that forgets',
      "switch (event.Digits) {\n  case '1':\n    return callback(null, 1);\n  default:\n    console.log(1);\n}",
      2,
    ],
    [
      'a catch that only logs',
      "try {\n  const r = await fetch('https://a.example');\n  callback(null, r.status);\n} catch (error) {\n  console.error(error);\n}",
      5,
      ASYNC,
    ],
    [
      'a catch that only logs, where what is answered is awaited',
      'try {\n  callback(null, await load());\n} catch (error) {\n  console.error(error);\n}',
      4,
      ASYNC,
    ],
    [
      'a catch that answers in one branch only',
      'try {\n  await load();\n  callback();\n} catch (error) {\n  if (error.code) callback(error);\n}',
      6,
      ASYNC,
    ],
    [
      'a chain whose catch only logs',
      'context.getTwilioClient().messages.create({})\n  .then((m) => callback(null, m.sid))\n  .catch((error) => console.error(error));',
      4,
    ],
    [
      'a chain that is returned, whose catch logs in a block',
      'return load().then(() => {\n  callback();\n}).catch((error) => {\n  console.error(error);\n});',
      4,
    ],
    ['&& as an if', "event.a && callback(null, 'a');", 2],
    ['a return within a loop', 'for (const a of event.list) {\n  if (!a) return;\n}\ncallback();', 3],
    ['a finally that does not help', 'try {\n  await load();\n} finally {\n  console.log(1);\n}', 1, ASYNC],
    ['a name of its own', 'if (event.a) {\n  cb(null, 1);\n}', 2, '(context, event, cb) =>'],
  ];
  for (const [title, body, line, head = SYNC] of open) {
    it(title, async () => assert.deepEqual(await linesOf('callback-never-called', body, head), [line]));
  }
});

describe('callback-never-called says nothing of', () => {
  const closed: readonly [title: string, body: string, head?: string][] = [
    ['one call', "callback(null, 'hello');"],
    ['both sides', 'if (event.a) callback(null, 1);\nelse callback(null, 2);'],
    ['early returns', 'if (!event.a) return callback(null, 1);\nreturn callback(null, 2);'],
    ['a throw', "if (!event.a) throw new Error('a');\ncallback();"],
    ['a handler that always throws', "throw new Error('never');"],
    ['a handler that takes its arguments as a list', 'args[2](null, 1);', '(...args) =>'],
    ['a handler that takes the rest', 'rest[0](null, 1);', '(context, event, ...rest) =>'],
    ['arguments', 'arguments[2](null, 1);', 'function (context, event)'],
    ['a timer', 'setTimeout(() => callback(), 10);'],
    ['a callback that is handed on', 'respond(event, callback);'],
    ['a callback in an object', 'respond({ event, callback });'],
    ['a callback that is bound', 'const done = callback.bind(null, null);\ndone(1);'],
    [
      'a callback of Node',
      'request(event.url, (error, body) => {\n  if (error) return callback(error);\n  callback(null, body);\n});',
    ],
    [
      'a function that is declared behind the return',
      'return answer();\nfunction answer() {\n  callback();\n}',
    ],
    [
      'a function that captures it',
      'const answer = (text) => callback(null, text);\nif (event.a) answer(1);\nelse answer(2);',
    ],
    [
      'two conditions that exclude each other',
      'if (event.a) {\n  callback(null, 1);\n}\nif (!event.a) {\n  callback(null, 2);\n}',
    ],
    [
      'two guards that exclude each other',
      "if (event.a === '1') return callback(null, 1);\nif (event.a !== '1') return callback(null, 2);",
    ],
    [
      'guards that together are all there is',
      'if (event.a && event.b) return callback(null, 1);\nif (!event.a) return callback(null, 2);\nif (!event.b) return callback(null, 3);',
    ],
    [
      'comparisons',
      'if (event.n < 5) return callback(null, 1);\nif (event.n >= 5) return callback(null, 2);',
    ],
    [
      'a flag',
      'let done = false;\nif (event.a) {\n  callback(null, 1);\n  done = true;\n}\nif (!done) {\n  callback(null, 2);\n}',
    ],
    [
      'a switch with default',
      "switch (event.a) {\n  case '1':\n    return callback(null, 1);\n  default:\n    return callback(null, 2);\n}",
    ],
    [
      'cases that fall through',
      "switch (event.a) {\n  case '1':\n  case '2':\n    callback(null, 1);\n    break;\n  default:\n    callback(null, 2);\n}",
    ],
    ['a switch that prepares', "switch (event.a) {\n  case '1':\n    prepare();\n    break;\n}\ncallback();"],
    [
      'try and catch that both answer',
      'try {\n  await load();\n  callback();\n} catch (error) {\n  callback(error);\n}',
      ASYNC,
    ],
    [
      'a catch that throws again',
      'try {\n  await load();\n  callback();\n} catch (error) {\n  console.error(error);\n  throw error;\n}',
      ASYNC,
    ],
    [
      'a catch that is followed by an answer',
      'let r = 1;\ntry {\n  r = await load();\n} catch (error) {\n  console.error(error);\n}\ncallback(null, r);',
      ASYNC,
    ],
    [
      'a catch that only logs, where nothing can throw',
      'try {\n  callback(null, 1);\n} catch (error) {\n  console.error(error);\n}',
    ],
    [
      'a catch that only logs, where the callback was handed on',
      'try {\n  await respond(callback);\n} catch (error) {\n  console.error(error);\n}',
      ASYNC,
    ],
    [
      'a finally that answers',
      'try {\n  await load();\n} catch (error) {\n  console.error(error);\n  return;\n} finally {\n  callback();\n}',
      ASYNC,
    ],
    ['a chain that answers both', 'load().then((r) => callback(null, r)).catch((error) => callback(error));'],
    [
      'a chain that answers in the end',
      'load().then(prepare).catch((error) => console.error(error)).then(() => callback());',
    ],
    ['a chain with finally', 'load().catch((error) => console.error(error)).finally(() => callback());'],
    ['a chain whose catch is a name', 'load().then((r) => callback(null, r)).catch(report);'],
    [
      'a chain whose catch throws',
      'load().then((r) => callback(null, r)).catch((error) => {\n  throw error;\n});',
    ],
    ['then with both', 'load().then((r) => callback(null, r), callback);'],
    [
      'a chain that is followed by an answer',
      'await load().then((r) => save(r)).catch((e) => console.error(e));\ncallback();',
      ASYNC,
    ],
    [
      'attempts in a loop',
      'for (let i = 0; i < 3; i++) {\n  try {\n    return callback(null, await load());\n  } catch (error) {\n    if (i === 2) return callback(error);\n  }\n}',
      ASYNC,
    ],
    [
      'an endless loop',
      'while (true) {\n  const r = await load();\n  if (r) {\n    break;\n  }\n}\ncallback();',
      ASYNC,
    ],
    ['&& that is followed by an answer', 'event.a && console.log(1);\ncallback();'],
    ['a condition with two sides', 'event.a ? callback(null, 1) : callback(null, 2);'],
    ['an immediate function', '(async () => {\n  callback(null, await load());\n})();'],
    [
      'new Promise',
      'return new Promise((resolve) => {\n  load(() => {\n    callback();\n    resolve();\n  });\n});',
    ],
    ['an expression', 'callback(null, event.a ? 1 : 2)', '(context, event, callback) =>'],
    ['labels, which are not followed', 'out: for (;;) {\n  if (event.a) break out;\n  return callback();\n}'],
    ['a property of the same name', 'respond(event).callback(callback);'],
  ];
  for (const [title, body, head = SYNC] of closed) {
    it(title, async () => assert.deepEqual(await linesOf('callback-never-called', body, head), []));
  }

  it('a private Function, which nobody calls from outside', async () => {
    const findings = await findingsIn({
      'functions/a.private.js': 'exports.handler = (c, e, callback) => {};',
    });
    assert.deepEqual(findings, []);
  });

  const exported: readonly [source: string, isFound: boolean][] = [
    ['function handler(context, event, callback) {}\nexports.handler = handler;', true],
    ['const handler = (context, event, callback) => {};\nmodule.exports = { handler };', true],
    ['module.exports = { handler(context, event, callback) {} };', true],
    ['module.exports.handler = (context, event, callback) => {};', true],
    ['exports.handler = wrap((context, event, callback) => {});', false],
    ["module.exports = require('./other.private.js');", false],
    ['exports.handler = (context, event, callback) => {};\nexports.handler = wrap(exports.handler);', false],
    [
      'let handler = (context, event, callback) => {};\nhandler = wrap(handler);\nexports.handler = handler;',
      false,
    ],
  ];
  for (const [source, isFound] of exported) {
    it(`${isFound ? 'but finds' : 'what cannot be seen in'} ${source.replaceAll('\n', ' ')}`, async () => {
      const findings = await findingsIn({ 'functions/a.js': source });
      assert.equal(
        findings.some(({ rule }) => rule === 'callback-never-called'),
        isFound,
      );
    });
  }
});

describe('callback-twice', () => {
  const rows: readonly [title: string, body: string, lines: readonly number[]][] = [
    ['finds two calls in a row', 'callback(null, 1);\ncallback(null, 2);', [3]],
    [
      'finds an error without return',
      'if (event.e) {\n  callback(event.e);\n}\nconsole.log(1);\ncallback(null, 1);',
      [6],
    ],
    [
      'finds it in a callback of Node',
      'load((error, r) => {\n  if (error) callback(error);\n  callback(null, r);\n});',
      [4],
    ],
    ['finds a return that comes too late', 'callback(null, 1);\nreturn callback(null, 2);', [3]],
    ['accepts a return', 'if (event.e) {\n  return callback(event.e);\n}\ncallback(null, 1);', []],
    ['accepts an else', 'if (event.e) {\n  callback(event.e);\n} else {\n  callback(null, 1);\n}', []],
    [
      'accepts a way out in between',
      'if (event.e) callback(event.e);\nif (event.e) return;\ncallback(null, 1);',
      [],
    ],
    [
      'accepts another function with a callback of its own',
      'load((callback) => {\n  callback(1);\n  callback(2);\n});\ncallback();',
      [],
    ],
    [
      'accepts cases',
      'switch (event.a) {\n  case 1:\n    callback(1);\n    break;\n  default:\n    callback(2);\n}',
      [],
    ],
  ];
  for (const [title, body, lines] of rows) {
    it(title, async () => assert.deepEqual(await linesOf('callback-twice', body, SYNC), lines));
  }
});
