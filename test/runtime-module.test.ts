import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { describeError } from '../src/runtime/failure';
import { type Loaded, requireHandler } from '../src/runtime/module';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'hookswitch-module-')));
after(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function load(name: string, text: string): Loaded {
  return loadHandler(write(name, text));
}

/** Without what only `import` can load, which AuthorModules does. */
function loadHandler(file: string): Loaded {
  const loaded = requireHandler({ file, entry: file, root });
  assert.notEqual(loaded, 'async');
  return loaded as Loaded;
}

function failureOf(loaded: Loaded): { code: string; name: string; message: string; stack: string | null } {
  assert.equal(loaded.handler, null);
  return { code: loaded.code, ...describeError(loaded.error) };
}

test("a handler is found and is the author's own function", () => {
  const { handler } = load(
    'functions/ok.js',
    'exports.handler = (c, e, cb) => cb(null, require.main === module)',
  );
  let seen: unknown;
  handler?.({}, {}, (_, value) => {
    seen = value;
  });
  assert.equal(seen, false);
});

test('the module is loaded by the project and not by a file of ours', () => {
  const text = 'exports.handler = () => [typeof module.parent, module.parent.filename, module.filename]';
  const { handler } = load('functions/parent.js', text);
  assert.deepEqual(
    handler?.({}, {}, () => undefined),
    ['object', join(root, 'package.json'), join(root, 'functions/parent.js')],
  );
});

const NO_HANDLER: [string, string, string][] = [
  ['nothing', '', ' (it exports nothing)'],
  ['other names', 'exports.run = 1; exports.stop = 2', ' (it exports run, stop)'],
  ['a handler that is no function', 'exports.handler = {}', ' (exports.handler is {})'],
  [
    'the function itself',
    'module.exports = () => 1',
    ' (module.exports is a function: write exports.handler = …)',
  ],
  ['null', 'module.exports = null', ' (module.exports is null)'],
];
NO_HANDLER.forEach(([name, text, hint], index) => {
  test(`a module that exports ${name} has no handler`, () => {
    const failure = failureOf(load(`functions/none-${index}.js`, text));
    const message = `Could not find a "handler" function in file functions/none-${index}.js${hint}`;
    assert.deepEqual(failure, { code: 'HS_NO_HANDLER', name: 'Error', message, stack: `Error: ${message}` });
  });
});

test('a syntax error names file and line', () => {
  const failure = failureOf(load('functions/syntax.js', 'const a = 1;\nexports.handler = () => {\n'));
  assert.equal(failure.code, 'HS_LOAD_FAILED');
  assert.equal(failure.name, 'SyntaxError');
  assert.equal(failure.message, 'functions/syntax.js:3: Unexpected end of input');
});

test('a syntax error in a module that is required names that module', () => {
  write('functions/lib/broken.js', '\n\nlet 1 = 2;');
  const failure = failureOf(
    load('functions/outer.js', "require('./lib/broken'); exports.handler = () => {}"),
  );
  assert.match(
    failure.message,
    /^functions\/lib\/broken\.js:3: Invalid or unexpected token|^functions\/lib\/broken\.js:3: /,
  );
});

test('a throw at the top of the module keeps its name, message and place', () => {
  const failure = failureOf(load('functions/top.js', '\nthrow new TypeError("no config");'));
  assert.equal(failure.code, 'HS_LOAD_FAILED');
  assert.equal(failure.name, 'TypeError');
  assert.equal(failure.message, 'no config');
  assert.match(failure.stack ?? '', /^TypeError: no config\n {4}at .*top\.js:2:7\)?/m);
});

test('what is thrown may be no Error at all', () => {
  const loaded = load('functions/thrown.js', 'throw "words";');
  assert.equal(loaded.handler, null);
  assert.equal(loaded.error, 'words');
});

test('a missing package is named, and only who required it beside it', () => {
  const failure = failureOf(load('functions/missing.js', "require('no-such-package-here')"));
  assert.match(failure.message, /^Cannot find module 'no-such-package-here'\n/);
  assert.match(failure.message, /functions[\\/]missing\.js/);
  assert.doesNotMatch(failure.message, /src[\\/]runtime|package\.json/);
});

test('a module that threw is loaded again', () => {
  const text =
    'globalThis.tries = (globalThis.tries ?? 0) + 1; if (globalThis.tries < 2) throw new Error("once");';
  const file = write('functions/again.js', `${text} exports.handler = () => 7`);
  assert.equal(loadHandler(file).handler, null);
  assert.equal(
    loadHandler(file).handler?.({}, {}, () => undefined),
    7,
  );
});

test('exports that throw when they are read are a module that cannot be loaded', () => {
  const text = 'Object.defineProperty(exports, "handler", { get() { throw new Error("no") } })';
  assert.equal(failureOf(load('functions/getter.js', text)).code, 'HS_LOAD_FAILED');
});

/** Node 20.19, 22.12 and later. */
const LOADS_ES_MODULES = Reflect.get(process.features, 'require_module') === true;
const SERVED = 'export const handler = () => 5;';
const ES_MODULES: readonly [what: string, name: string, text: string][] = [
  ['that package.json says to be one', 'esm/hello.js', SERVED],
  ['that imports', 'functions/imports.js', `import fs from 'node:fs';\n${SERVED}`],
  ['that only exports', 'functions/exports.js', SERVED],
  ['of its own extension', 'functions/own.mjs', SERVED],
];
for (const [what, name, text] of ES_MODULES) {
  test(`an ES module ${what} either runs or is refused with what to do`, () => {
    write('esm/package.json', '{"type":"module"}');
    const loaded = load(name, text);
    assert.equal(loaded.handler !== null, LOADS_ES_MODULES);
    if (loaded.handler === null) assert.match(failureOf(loaded).message, NOT_SERVED);
    else assert.equal(answerOf(loaded.handler), 5);
  });
}

const NOT_SERVED = /ES modules are not served by this version of Node: write require/;

function answerOf(handler: NonNullable<Loaded['handler']>): unknown {
  return handler({}, {}, () => undefined);
}

test('the syntax of ES modules where package.json forbids it says what to do', () => {
  write('cjs/package.json', '{"type":"commonjs"}');
  const { message } = failureOf(load('cjs/hello.js', `import fs from 'node:fs';\n${SERVED}`));
  assert.match(message, /^cjs\/hello\.js:1: Cannot use import statement outside a module\. /);
  assert.match(message, LOADS_ES_MODULES ? /package\.json says "type": "commonjs"/ : NOT_SERVED);
});

const BAD_ES_MODULES: readonly [what: string, text: string, code: string, message: RegExp][] = [
  [
    'with a default export that is no handler',
    'export default 5;',
    'HS_NO_HANDLER',
    /\(its default export is 5: write export const handler = …\)$/,
  ],
  [
    'that cannot be parsed',
    "import fs from 'node:fs';\nexport const handler = (=> 5;",
    'HS_LOAD_FAILED',
    /^functions\/bad-1\.js or what it imports: Unexpected token '=>'$/,
  ],
  [
    'that imports what is not there',
    `import nowhere from 'no-such-package-here';\n${SERVED}`,
    'HS_LOAD_FAILED',
    /^Cannot find package 'no-such-package-here' imported from .*functions[\\/]bad-2\.js$/,
  ],
];
BAD_ES_MODULES.forEach(([what, text, code, message], index) => {
  test(`an ES module ${what} says what to do`, () => {
    const failure = failureOf(load(`functions/bad-${index}.js`, text));
    if (LOADS_ES_MODULES)
      assert.deepEqual([failure.code, message.test(failure.message)], [code, true], failure.message);
    else assert.match(failure.message, /ES modules are not served|await is only valid/);
  });
});
