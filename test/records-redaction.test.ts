/** What is hidden in records, row by row as in docs/records.md, and what is not. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Redactor } from '../src/records/redact';
import { cpuMs } from './support/cpu-time';
import { request } from './support/raw-http';
import { type RecordedGateway, serveRecorded } from './support/recorded';

const TOKEN = '0123456789abcdef0123456789abcdef';
const PASSWORD = 'p&ss "wörd"/1';
const VARIABLES = {
  ACCOUNT_SID: 'AC00000000000000000000000000000001',
  AUTH_TOKEN: TOKEN,
  SMTP_PASSWORD: PASSWORD,
  DATABASE_URL: 'postgres://app:inurl-secret@db.example/app',
  GREETING: 'Ahoy there',
  SHORT_TOKEN: 'abc',
};

function redactor(): Redactor {
  const made = new Redactor();
  made.learn(VARIABLES);
  return made;
}

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

describe('in a record', () => {
  const TEXTS: readonly [what: string, shown: string, expected: string][] = [
    ['the value of a secret variable is hidden', redactor().text(`it is ${TOKEN}!`), 'it is ***!'],
    ['it is hidden as a URL has it', redactor().text(`x=${encodeURIComponent(PASSWORD)}`), 'x=***'],
    [
      'it is hidden as a form has it',
      redactor().text(`x=${encodeURIComponent(PASSWORD).replaceAll('%20', '+')}`),
      'x=***',
    ],
    ['it is hidden as JSON has it', redactor().text(JSON.stringify({ x: PASSWORD })), '{"x":"***"}'],
    [
      'the password of a URL is hidden',
      redactor().text('see https://me:pass@host/x'),
      'see https://me:***@host/x',
    ],
    ['the password of a URL in a variable is hidden', redactor().text('inurl-secret'), '***'],
    [
      'credentials behind their scheme are hidden',
      redactor().text('got Bearer abcdefgh12345'),
      'got Bearer ***',
    ],
    ['a value that is no secret is shown', redactor().text('Ahoy there'), 'Ahoy there'],
    ['a secret too short to be told from other text is shown', redactor().text('abc'), 'abc'],
    ['the account SID is shown', redactor().text(VARIABLES.ACCOUNT_SID), VARIABLES.ACCOUNT_SID],
    [
      'secret fields of a query are hidden',
      redactor().target('/a?x=1&api_key=2&token=3#'),
      '/a?x=1&api_key=***&token=***',
    ],
    ['encoded names of fields are read', redactor().target('/a?pass%77ord=2'), '/a?pass%77ord=***'],
    ['a header of credentials is hidden', redactor().header('Authorization', 'Basic eDp5'), '***'],
    [
      'the token that makes a webhook idempotent is shown',
      redactor().header('I-Twilio-Idempotency-Token', 'a-b-c'),
      'a-b-c',
    ],
    [
      'whether a browser may send credentials is shown',
      redactor().header('Access-Control-Allow-Credentials', 'true'),
      'true',
    ],
    ['a header that is called a key is hidden', redactor().header('X-Api-Key', 'value'), '***'],
    ['cookies are hidden, their names are not', redactor().header('Cookie', 'a=1; b=2'), 'a=***; b=***'],
    [
      'a new cookie is hidden, its attributes are not',
      redactor().header('Set-Cookie', 'a=1; Path=/; HttpOnly'),
      'a=***; Path=/; HttpOnly',
    ],
    ['a URL in a header has its query hidden', redactor().header('Location', '/x?token=1'), '/x?token=***'],
    ['a signature is shown', redactor().header('X-Twilio-Signature', 'abc='), 'abc='],
    [
      'secret fields of a form are hidden',
      redactor().body('Body=hi&password=x', FORM),
      'Body=hi&password=***',
    ],
    [
      'secret members of JSON are hidden',
      redactor().body('{"a":{"secret" : "x\\"y"},"b":1}', JSON_TYPE),
      '{"a":{"secret" : "***"},"b":1}',
    ],
    [
      'numbers are hidden too',
      redactor().body('{"passcode":1234,"n":2}', JSON_TYPE),
      '{"passcode":"***","n":2}',
    ],
    [
      'JSON that says it is text is read',
      redactor().body('[{"token":"x"}]', 'text/plain'),
      '[{"token":"***"}]',
    ],
    ['JSON that was cut is read', redactor().body('{"token":"abc', JSON_TYPE), '{"token":"***"'],
    ['escaped names are read', redactor().body('{"to\\u006ben":"x"}', JSON_TYPE), '{"to\\u006ben":"***"}'],
    [
      'lists under a secret name are hidden, to their end',
      redactor().body('{"password":["a]",["b"]],"n":["c"]}', JSON_TYPE),
      '{"password":"***","n":["c"]}',
    ],
    ['a list that was cut is hidden', redactor().body('{"password":["a', JSON_TYPE), '{"password":"***"'],
    [
      'it is hidden as TwiML has it',
      redactor().text(`<Say>${PASSWORD.replace('&', '&amp;')}</Say>`),
      '<Say>***</Say>',
    ],
    [
      'it is hidden as an attribute has it',
      redactor().text(`<a b="${PASSWORD.replace('&', '&amp;').replaceAll('"', '&quot;')}"/>`),
      '<a b="***"/>',
    ],
    [
      'the beginning of a secret at a cut is hidden',
      redactor().cut(`text ${TOKEN.slice(0, 20)}`),
      'text ***',
    ],
  ];
  for (const [what, shown, expected] of TEXTS) {
    it(what, () => assert.equal(shown.replace(/#$/, ''), expected));
  }

  it('parameters are hidden by their names, at every depth', () => {
    const hidden = redactor().members({
      a: { password: 'x', list: [{ token: 1 }, TOKEN] },
      secret: null,
    });
    assert.deepEqual(hidden, {
      a: { password: '***', list: [{ token: '***' }, '***'] },
      secret: null,
    });
  });

  for (const account of ['', 'a', 'ab', 'abc', 'AC0123:', 'user:']) {
    it(`the value of a secret variable is hidden in Base64, behind ${account.length} letters`, () => {
      const encoded = Buffer.from(`${account}${TOKEN}!`).toString('base64');
      const shown = redactor().text(`x=${encoded}`);
      const left = Buffer.from(shown.replace('x=', '').replace('***', ''), 'base64').toString('latin1');
      assert.match(shown, /\*\*\*/);
      assert.ok(!left.includes(TOKEN.slice(2, -2)), shown);
      assert.ok(shown.length < account.length * 2 + 14, shown);
    });
  }

  it('the newest secrets are hidden, however many there were before', () => {
    const learning = new Redactor();
    for (let build = 0; build < 2_000; build++) learning.learn({ API_SECRET: `value-of-build-${build}-` });
    assert.equal(learning.text('value-of-build-1999-'), '***');
  });

  it('secrets of builds before stay hidden', () => {
    const made = redactor();
    made.learn({ AUTH_TOKEN: 'ffffffffffffffffffffffffffffffff' });
    assert.equal(made.text(`${TOKEN} ffffffffffffffffffffffffffffffff`), '*** ***');
  });

  const HOSTILE: readonly [what: string, text: string][] = [
    ['nothing but quotes', '"'.repeat(1_000_000)],
    ['nothing but escaped quotes', '\\"'.repeat(500_000)],
    ['an opened string without an end', `{"token":"${'\\"'.repeat(500_000)}`],
    ['nothing but brackets', '['.repeat(1_000_000)],
    ['nothing but spaces', `{"a"${' '.repeat(1_000_000)}`],
    ['nothing but colons', 'x://a:'.repeat(170_000)],
    ['nothing but Bearer', 'Bearer '.repeat(140_000)],
    ['nothing but separators', '&'.repeat(1_000_000)],
  ];
  for (const [what, text] of HOSTILE) {
    it(`a body of ${what} is read in bounded time`, () => {
      const start = cpuMs();
      redactor().body(text, JSON_TYPE);
      redactor().body(text, FORM);
      redactor().cut(text);
      assert.ok(cpuMs() - start < 3_000, `${cpuMs() - start} ms`);
    });
  }
});

describe('nothing of a secret leaves through the API', () => {
  let gateway: RecordedGateway;
  before(async () => {
    gateway = await serveRecorded({
      '.env': `AUTH_TOKEN=${TOKEN}\nAPI_SECRET=hidden-secret-1\n`,
      'functions/tells.js': `exports.handler = (context, event, callback) => {
        console.log('token', context.AUTH_TOKEN);
        setTimeout(() => console.log('late', context.API_SECRET), 10);
        const response = new Twilio.Response();
        response.appendHeader('X-Told', context.API_SECRET);
        response.setCookie('session', 'cookie-' + 'secret');
        response.setBody({ given: context.API_SECRET, password: 'body-' + 'secret' });
        if (event.fails) throw new Error('with ' + context.API_SECRET);
        callback(null, response);
      };`,
    });
  });
  after(() => gateway.close());

  it('whichever way it came in', async () => {
    const form = 'application/x-www-form-urlencoded';
    const headers = [
      ['Authorization', 'Basic basic-secret'],
      ['Cookie', 'a=jar-secret'],
      ['Content-Type', form],
    ] as const;
    const body = `password=form-secret&Body=${TOKEN}`;
    await request(gateway.port, { method: 'POST', path: '/tells?token=query-secret', headers, body });
    await request(gateway.port, { method: 'POST', path: '/tells?fails=1', headers, body });
    const zipped = gzipSync('password=zipped-secret');
    const encoded = [...headers, ['Content-Encoding', 'gzip']] as const;
    await request(gateway.port, { method: 'POST', path: '/tells', headers: encoded, body: zipped });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await request(gateway.port, { method: 'GET', path: '/tells?again' });
    const texts: string[] = [];
    for (const path of [
      '/api/invocations',
      '/api/project',
      ...gateway.records.flatMap(({ id }) => pathsOf(id)),
    ]) {
      texts.push((await gateway.ask('GET', path)).text());
    }
    const all = texts.join('\n');
    assert.match(all, /"password":"\*\*\*"/);
    for (const secret of [
      TOKEN,
      'hidden-secret-1',
      'basic-secret',
      'jar-secret',
      'form-secret',
      'query-secret',
    ]) {
      assert.ok(!all.includes(secret), secret);
    }
    for (const secret of ['cookie-secret', 'body-secret', 'zipped-secret'])
      assert.ok(!all.includes(secret), secret);
    for (const secret of ['hidden-secret', 'jar-secret', TOKEN.slice(0, 8)]) {
      const found = await gateway.api<{ invocations: unknown[] }>('GET', `/api/invocations?q=${secret}`);
      assert.equal(found.invocations.length, 0, `a search finds ${secret}`);
    }
  });

  function pathsOf(id: string): string[] {
    const path = `/api/invocations/${id}`;
    return [path, `${path}/source`, `${path}/body?side=request`, `${path}/body?side=response`];
  }
});
