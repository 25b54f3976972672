import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ERROR_PAGE_CSP, type ErrorPage, renderErrorPage, wantsPage } from '../src/gateway/error-page';

let root = '';

before(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'error-page-')));
  mkdirSync(join(root, 'functions'));
  mkdirSync(join(root, 'node_modules'));
  const lines = Array.from({ length: 30 }, (_, at) => `const line${at + 1} = "<${at + 1}>";`);
  writeFileSync(join(root, 'functions', 'sms.js'), lines.join('\n'));
  writeFileSync(join(root, 'node_modules', 'dependency.js'), 'const dependency = 1;');
  writeFileSync(join(root, '.env'), 'AUTH_TOKEN=secret');
  writeFileSync(join(root, 'data.json'), '{"secret":1}');
  writeFileSync(join(root, 'large.js'), `// secret${' '.repeat(600_000)}`);
  symlinkSync(join(root, '.env'), join(root, 'functions', 'link.js'));
});

after(() => rmSync(root, { recursive: true, force: true }));

function pageWith(changes: Partial<ErrorPage> = {}): string {
  return renderErrorPage({
    status: 500,
    code: 'HS_THREW',
    method: 'GET',
    target: '/sms?a=1',
    requestId: 'RQ00000000000000000000000000000000',
    resource: 'functions/sms.js',
    root,
    failure: { name: 'TypeError', message: 'x is not a function', stack: null },
    detail: null,
    console: [],
    ...changes,
  });
}

function pageWithStack(...frames: readonly string[]): string {
  const stack = ['TypeError: x is not a function', ...frames].join('\n');
  return pageWith({ failure: { name: 'TypeError', message: 'x is not a function', stack } });
}

test('the page says what happened, in what, and what to do', () => {
  const page = pageWith({ detail: 'Look at line 3.' });
  for (const text of [
    '500',
    'HS_THREW',
    'TypeError: x is not a function',
    'functions/sms.js',
    'See the stack.',
    'Look at line 3.',
    'GET /sms?a=1',
    'RQ0000',
  ]) {
    assert.ok(page.includes(text), text);
  }
});

test('without an error of the Function the page shows the text of the code', () => {
  const page = pageWith({ status: 504, code: 'HS_RUN_TIMEOUT', failure: null });
  assert.match(page, /<h1>runtime application timed out<\/h1>/);
  assert.match(page, /endless loop/);
});

test('the lines around the first frame of the author are shown', () => {
  const file = join(root, 'functions', 'sms.js');
  for (const frame of [
    `    at exports.handler (${file}:12:3)`,
    `    at async exports.handler (${file}:12:3)`,
    `    at ${file}:12:3`,
    `    at async ${file}:12:3`,
    `${file}:12`,
    `    at Object.<anonymous> (${pathToFileURL(file)}:12:3)`,
  ]) {
    const page = pageWithStack(
      `    at node:internal/process:1:1`,
      `    at f (${root}/node_modules/dependency.js:1:1)`,
      frame,
      `    at g (${file}:1:1)`,
    );
    assert.match(page, /functions\/sms\.js:12/, frame);
    assert.match(page, /<span class="here"><i>12<\/i>const line12 = &quot;&lt;12&gt;&quot;;<\/span>/);
    assert.match(page, /<i>7<\/i>/);
    assert.match(page, /<i>17<\/i>/);
    assert.doesNotMatch(page, /<i>(6|18)<\/i>/);
  }
});

test('a stack never makes the page show what is not a source file of the project', () => {
  for (const place of [
    '/etc/passwd:1:1',
    `${root}/.env:1:1`,
    `${root}/functions/link.js:1:1`,
    `${root}/data.json:1:1`,
    `${root}/large.js:1:1`,
    `${root}/functions/../.env:1:1`,
    `${root}/functions/gone.js:1:1`,
    `${root}/functions:1:1`,
    `${root}/functions/sms.js:999:1`,
    `${join(root, '..', 'other.js')}:1:1`,
    'file:///%zz.js:1:1',
    'file://host/x.js:1:1',
  ]) {
    const page = pageWithStack(`    at f (${place})`);
    assert.doesNotMatch(page, /<i>1<\/i>|AUTH_TOKEN|root:/, place);
  }
});

test('nothing that a Function or a client says becomes markup', () => {
  const evil = '</pre><script>alert(1)</script><img src=x onerror="a">\'&';
  const page = pageWith({
    target: `/sms?${evil}`,
    resource: evil,
    method: evil,
    requestId: evil,
    detail: evil,
    failure: { name: evil, message: evil, stack: `${evil}\n    at ${evil} (/x.js:1:1)` },
    console: [{ level: 'error', text: evil }],
  });
  assert.doesNotMatch(page, /<script|<img|onerror="/);
  assert.equal(page.split('</main>').length, 2);
});

test('console lines are shown with their level, without colour codes, the last ones when there are many', () => {
  const page = pageWith({ console: [{ level: 'warn', text: '\u001b[31mred\u001b[0m one\nnext' }] });
  assert.match(page, /<span class="warn">red one\nnext<\/span>/);
  const many = Array.from({ length: 1_000 }, (_, at) => ({ level: 'info', text: `line ${at}.` }) as const);
  const long = pageWith({ console: many });
  assert.match(long, /800 earlier lines/);
  assert.match(long, /line 999\./);
  assert.doesNotMatch(long, /line 799\./);
});

test('the page stays small whatever it is given', () => {
  const huge = 'x('.repeat(2_000_000);
  const page = pageWith({
    target: huge,
    detail: huge,
    failure: { name: huge, message: huge, stack: `at ${huge}:1:1)` },
    console: Array.from({ length: 300 }, () => ({ level: 'info', text: huge }) as const),
  });
  assert.ok(page.length < 700_000, String(page.length));
});

test('the policy allows the style of the page and nothing else', () => {
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(pageWith()) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  assert.ok(ERROR_PAGE_CSP.includes(`style-src 'sha256-${hash}'`));
  assert.match(ERROR_PAGE_CSP, /^default-src 'none';/);
  assert.doesNotMatch(pageWith(), /https?:|url\(|@import|style="/);
});

test('only a client that asks for HTML gets a page', () => {
  for (const [accept, expected] of [
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
    ['Text/HTML', true],
    ['*/*', false],
    ['application/json', false],
    ['', false],
    [undefined, false],
  ] as const) {
    assert.equal(wantsPage(accept), expected, accept);
  }
});
