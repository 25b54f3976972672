/** Each rule of `hookswitch check` but those about `callback`: small projects with what is found, and near misses. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RULES } from '../src/check/rules';
import { findingsIn, shortly } from './support/checked';

type Files = Readonly<Record<string, string | Buffer>>;
type Row = readonly [title: string, files: Files, found: readonly string[]];

const HANDLER = 'exports.handler = (context, event, callback) => callback(null, 1);\n';
const TOKEN = 'f1e2d3c4b5a69788796a5b4c3d2e1f00';

function handler(body: string): string {
  return `exports.handler = (context, event, callback) => {\n${body}\n  callback(null, 1);\n};\n`;
}

function voice(calls: string): Files {
  return { 'functions/a.js': handler(`  const twiml = new Twilio.twiml.VoiceResponse();\n${calls}`) };
}

function messaging(calls: string): Files {
  return { 'functions/a.js': handler(`  const twiml = new Twilio.twiml.MessagingResponse();\n${calls}`) };
}

function text(literal: string): Files {
  return { 'functions/a.js': handler(`  respond(${literal});`) };
}

const A = 'functions/a.js';

const TABLES: Readonly<Record<string, readonly Row[]>> = {
  'no-handler': [
    ['none at all', { [A]: "console.log('a');" }, [`${A} no-handler`]],
    ['a misspelled one', { [A]: '\nexports.handlr = () => {};' }, [`${A}:2 no-handler`]],
    ['a capital letter', { [A]: 'exports.Handler = () => {};' }, [`${A}:1 no-handler`]],
    ['export.handler', { [A]: 'const exp = {}; exp.a = 1;' }, [`${A} no-handler`]],
    [
      'the function as the module',
      { [A]: 'module.exports = (context, event, callback) => {};' },
      [`${A}:1 no-handler`],
    ],
    ['other names', { [A]: 'exports.greet = () => {};' }, [`${A} no-handler`]],
    ['a private file', { 'functions/a.private.js': 'exports.greet = () => {};' }, []],
    ['what is put together elsewhere', { [A]: "Object.assign(exports, require('node:fs'));" }, []],
    ['a computed name', { [A]: "exports['hand' + 'ler'] = 1;" }, []],
    ['what another module made', { [A]: 'module.exports = build();' }, []],
    ['a spread', { [A]: 'module.exports = { ...build() };' }, []],
    ['an alias of exports', { [A]: 'const e = (module.exports = {}); e.handler = 1;' }, []],
  ],
  'missing-module': [
    [
      'a package that nobody names',
      { [A]: `require('no-such-package-here');\n${HANDLER}` },
      [`${A}:1 missing-module`],
    ],
    ['a path in it', { [A]: `require('@no-such/package/file.js');\n${HANDLER}` }, [`${A}:1 missing-module`]],
    [
      'a package of package.json, before npm install',
      {
        [A]: `require('no-such-package-here');\n${HANDLER}`,
        'package.json': '{"dependencies":{"no-such-package-here":"1"}}',
      },
      [],
    ],
    ['a package in a try', { [A]: `try { require('no-such-package-here'); } catch {}\n${HANDLER}` }, []],
    [
      'what is built in',
      { [A]: `require('node:fs'); require('crypto'); require('twilio');\n${HANDLER}` },
      [],
    ],
    ['a name that is made', { [A]: `const n = 'a'; require('no-such-' + n);\n${HANDLER}` }, []],
  ],
  'relative-require': [
    [
      'a file of the project',
      { [A]: `require('./b.private.js');\n${HANDLER}`, 'functions/b.private.js': '' },
      [`${A}:1 relative-require`],
    ],
    [
      'the way that works everywhere',
      { [A]: handler("  require(Runtime.getFunctions()['b'].path);"), 'functions/b.private.js': '' },
      [],
    ],
    [
      'a module, which is compiled',
      {
        [A]: "import { b } from './b.private.js';\nexport const handler = (context, event, callback) => callback(null, b);\n",
        'functions/b.private.js': 'export const b = 1;',
      },
      [],
    ],
    [
      'a comment on the line before',
      {
        [A]: `// hookswitch-ignore relative-require\nrequire('./b.private.js');\n${HANDLER}`,
        'functions/b.private.js': '',
      },
      [],
    ],
    [
      'a comment about another rule',
      {
        [A]: `// hookswitch-ignore process-env\nrequire('./b.private.js');\n${HANDLER}`,
        'functions/b.private.js': '',
      },
      [`${A}:2 relative-require`],
    ],
  ],
  'require-outside': [
    [
      'a file above the project',
      { [A]: `try { require('../../other/lib.js'); } catch {}\n${HANDLER}` },
      [`${A}:1 require-outside`],
    ],
    [
      'an absolute path',
      { [A]: `try { require('/opt/lib.js'); } catch {}\n${HANDLER}` },
      [`${A}:1 require-outside`],
    ],
    [
      'TypeScript, which is compiled with what it imports',
      {
        'functions/a.ts':
          "import { b } from '../../shared/b';\nexport const handler = (c: object, e: object, callback: (n: null, v: number) => void) => callback(null, b);",
      },
      [],
    ],
    [
      'the project itself',
      { [A]: `require('../package.json');\n${HANDLER}`, 'package.json': '{}' },
      [`${A}:1 relative-require`],
    ],
  ],
  'process-env': [
    [
      'a variable of the project',
      { [A]: handler('  console.log(process.env.PLACE);'), '.env': 'PLACE=1' },
      [`${A}:2 process-env`],
    ],
    [
      'by its text',
      { [A]: handler("  console.log(process.env['PLACE']);"), '.env': 'PLACE=1' },
      [`${A}:2 process-env`],
    ],
    ['another variable', { [A]: handler('  console.log(process.env.NODE_ENV);'), '.env': 'PLACE=1' }, []],
    [
      'outside of the handler, where there is no context',
      { [A]: `const a = process.env.PLACE;\n${HANDLER}`, '.env': 'PLACE=1' },
      [],
    ],
    ['one that is set', { [A]: handler("  process.env.PLACE = '2';"), '.env': 'PLACE=1' }, []],
  ],
  'twiml-verb': [
    ['say in a message', messaging("  twiml.say('hello');"), [`${A}:3 twiml-verb`]],
    ['message in a call', voice("  twiml.message('hello');"), [`${A}:3 twiml-verb`]],
    ['a verb that does not exist', voice('  twiml.gahter({});'), [`${A}:3 twiml-verb`]],
    ['dial in gather', voice("  const g = twiml.gather();\n  g.dial('+1');"), [`${A}:4 twiml-verb`]],
    ['say of a message, in a chain', messaging("  twiml.message('').say('hello');"), [`${A}:3 twiml-verb`]],
    [
      'a response without a variable',
      { [A]: handler("  new Twilio.twiml.MessagingResponse().play('x');") },
      [`${A}:2 twiml-verb`],
    ],
    [
      'all that there is',
      voice(
        "  twiml.say('a'); twiml.play('b'); twiml.pause(); twiml.gather().say('c'); twiml.dial().number('d'); twiml.redirect('/e');\n  twiml.comment('f'); twiml.toString(); twiml.sms('g'); twiml.brandNew(); twiml.connect().stream({});",
      ),
      [],
    ],
    [
      'message and media',
      messaging("  const m = twiml.message(); m.body('a'); m.media('b'); twiml.redirect('/c');"),
      [],
    ],
    ['a variable that is written again', messaging("  let r = twiml; r = other; r.say('x');"), []],
    [
      'two functions with variables of one name',
      {
        [A]: handler(
          "  const f = () => { const r = new Twilio.twiml.MessagingResponse(); r.message('a'); };\n  const g = () => { const r = new Twilio.twiml.VoiceResponse(); r.say('a'); };",
        ),
      },
      [],
    ],
    [
      'a class of the same name',
      {
        [A]: `class VoiceResponse { message() {} }\n${handler('  const r = new VoiceResponse();\n  r.message();')}`,
      },
      [],
    ],
    [
      'both in a string',
      text("'<Response><Say>a</Say><Message>b</Message></Response>'"),
      [`${A}:2 twiml-verb`],
    ],
    [
      'a misspelled one in a string',
      text("'<Response><Say>a</Say><Hangupp/></Response>'"),
      [`${A}:2 twiml-verb`],
    ],
    [
      'Dial in Gather in a string',
      text("'<Response><Gather><Dial>1</Dial></Gather></Response>'"),
      [`${A}:2 twiml-verb`],
    ],
    [
      'a good string',
      text('\'<?xml version="1.0"?><Response><Gather><Say>a</Say></Gather><Redirect/></Response>\''),
      [],
    ],
    ['XML of somebody else', text("'<Response><status>ok</status></Response>'"), []],
    ['a part of a string', text("'<Response>' + inner + '</Response>'"), []],
    ['text that is looked for', text("a.includes('<Response>')"), []],
    ['a template', text(`\`<Response><Say voice="\${v}">\${t}</Say></Response>\``), []],
  ],
  'twiml-attribute': [
    ['a wrong case', voice('  twiml.gather({ numdigits: 1 });'), [`${A}:3 twiml-attribute`]],
    ['a missing letter', voice("  twiml.dial({ calerId: '+1' });"), [`${A}:3 twiml-attribute`]],
    ['in a string', text('\'<Response><Gather numDigit="1"/></Response>\''), [`${A}:2 twiml-attribute`]],
    [
      'of a verb in Dial',
      text('\'<Response><Dial><Sip statusCalback="a"/></Dial></Response>\''),
      [`${A}:2 twiml-attribute`],
    ],
    [
      'names that every object has',
      text('\'<Response><constructor a="1"/><Say __proto__="1"/></Response>\''),
      [],
    ],
    [
      'right ones, and new ones',
      voice(
        "  twiml.gather({ numDigits: 1, somethingNew: 2, input: 'dtmf' }, 1); twiml.say({ voice: 'a' }, 'b');",
      ),
      [],
    ],
  ],
  'twiml-xml': [
    ['a tag that is not closed', text("'<Response><Say>a</Response>'"), [`${A}:2 twiml-xml`]],
    ['a bare ampersand', text("'<Response><Say>a & b</Say></Response>'"), [`${A}:2 twiml-xml`]],
    ['an expression, of which nobody knows', text(`\`<Response><Say>\${a}<\${b}></Response>\``), []],
    ['white space before', text('`\n  <Response>\n    <Say>a</Say>\n  </Response>\n`'), []],
  ],
  'twiml-size': [
    ['a long message', messaging(`  twiml.message('${'a'.repeat(1_601)}');`), [`${A}:3 twiml-size`]],
    [
      'a long message in a string',
      text(`'<Response><Message>${'a'.repeat(1_601)}</Message></Response>'`),
      [`${A}:2 twiml-size`],
    ],
    [
      'TwiML over 64 kB',
      text(`'<Response><Say>${'a'.repeat(65_537)}</Say></Response>'`),
      [`${A}:2 twiml-size`],
    ],
    ['1,600 characters', messaging(`  twiml.message('${'a'.repeat(1_600)}');`), []],
    ['a long text that is spoken', voice(`  twiml.say('${'a'.repeat(3_000)}');`), []],
  ],
  'secret-in-asset': [
    [
      'a value of .env',
      { 'assets/a.js': `\nconst t = '${TOKEN}';`, '.env': `AUTH_TOKEN=${TOKEN}` },
      ['assets/a.js:2 secret-in-asset'],
    ],
    [
      'one of a protected Asset',
      { 'assets/a.protected.js': TOKEN, '.env': `AUTH_TOKEN=${TOKEN}` },
      ['assets/a.protected.js:1 secret-in-asset'],
    ],
    [
      'an auth token with its name',
      { 'assets/a.json': `{ "authToken": "${TOKEN}" }` },
      ['assets/a.json:1 secret-in-asset'],
    ],
    [
      'a line of .env',
      { 'assets/env.txt': `TWILIO_AUTH_TOKEN=${TOKEN}\n` },
      ['assets/env.txt:1 secret-in-asset'],
    ],
    [
      'a private key',
      { 'assets/a.txt': `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0B'.repeat(3)}` },
      ['assets/a.txt:1 secret-in-asset'],
    ],
    [
      'a key of AWS',
      { 'assets/a.js': ['AKIA', 'QWERTZUIOPASDFGH'].join('') },
      ['assets/a.js:1 secret-in-asset'],
    ],
    ['a private Asset', { 'assets/a.private.json': `{ "authToken": "${TOKEN}" }` }, []],
    ['a hash', { 'assets/a.js': `const hash = '${TOKEN}'; const sid = 'AC${TOKEN}';` }, []],
    [
      'a variable that is no secret',
      { 'assets/a.js': 'https://www.example.com/page', '.env': 'SITE=https://www.example.com/page' },
      [],
    ],
    [
      'examples',
      {
        'assets/a.txt': `AUTH_TOKEN=${'x'.repeat(32)}\nauth_token = "0123456789abcdef0123456789abcdef"\nAKIAIOSFODNN7EXAMPLE`,
      },
      [],
    ],
    ['a short secret, which may stand anywhere', { 'assets/a.js': 'hello', '.env': 'PASSWORD=hello' }, []],
    ['a public key', { 'assets/a.pem': '-----BEGIN PUBLIC KEY-----' }, []],
    ['a comment', { 'assets/a.html': `<!-- hookswitch-ignore secret-in-asset -->\nauthToken: ${TOKEN}` }, []],
  ],
  'protected-without-token': [
    [
      'a Function',
      { 'functions/a.protected.js': HANDLER },
      ['functions/a.protected.js protected-without-token'],
    ],
    ['an Asset', { 'assets/a.protected.txt': 'a' }, ['assets/a.protected.txt protected-without-token']],
    ['with a token', { 'functions/a.protected.js': HANDLER, '.env': `TWILIO_AUTH_TOKEN=${TOKEN}` }, []],
    [
      'an empty token',
      { 'functions/a.protected.js': HANDLER, '.env': 'AUTH_TOKEN=' },
      ['functions/a.protected.js protected-without-token'],
    ],
  ],
  'protected-link': [
    [
      'a page that loads a protected file',
      { 'assets/a.html': '\n<img src="b.png">', 'assets/b.protected.png': 'b', '.env': 'AUTH_TOKEN=a' },
      ['assets/a.html:2 protected-link'],
    ],
    [
      'other sites, and what is public',
      {
        'assets/a.html':
          '<img src="https://other.example/b.png"><a href="/c.txt">c</a><a href="b.png/x">x</a>',
        'assets/b.protected.png': 'b',
        'assets/c.txt': 'c',
        '.env': 'AUTH_TOKEN=a',
      },
      [],
    ],
  ],
  syntax: [
    [
      'TypeScript that is broken',
      { 'functions/a.ts': 'const a: = 1;\nexport const handler = 1;' },
      ['functions/a.ts:1 syntax'],
    ],
    ['a broken module', { 'functions/a.mjs': '\nexport const = 1;' }, ['functions/a.mjs:2 syntax']],
    ['a missing bracket', { [A]: `${HANDLER}\nfoo(;\n` }, [`${A}:3 syntax`]],
    ['a binary file', { [A]: Buffer.from([0x7f, 0x45, 0, 0, 1]) }, [`${A} syntax`]],
    ['a #! and a byte order mark', { [A]: `\ufeff#!/usr/bin/env node\n${HANDLER}` }, []],
    ['a return outside', { [A]: `${HANDLER}return;` }, []],
    ['modules', { [A]: 'export const handler = (c, e, callback) => callback(null, import.meta.url);' }, []],
    ['a module that is broken', { [A]: "import fs from 'node:fs';\nfoo(;" }, [`${A}:2 syntax`]],
  ],
  'callback-never-called': [
    [
      'TypeScript, at the place where its author wrote it',
      {
        'functions/a.ts': `import type { Handler } from 'hookswitch/types';

interface Wanted {
  readonly name: string;
}

export const handler: Handler = (context, event, callback) => {
  const wanted = event as unknown as Wanted;
  if (event.name === 'a') {
    return callback(null, wanted.name satisfies string);
  }
};
`,
      },
      ['functions/a.ts:9 callback-never-called'],
    ],
    [
      'a union of TypeScript, which may be complete',
      {
        'functions/a.ts': `type Kind = 'a' | 'b';
export const handler = (context: object, event: object, callback: (error: null, value: string) => void) => {
  const kind: Kind = pick(event);
  if (kind === 'a') return callback(null, 'a');
  if (kind === 'b') return callback(null, 'b');
};
declare function pick(event: object): Kind;
`,
      },
      [],
    ],
    [
      'a default export',
      { 'functions/a.mjs': 'export default async (context, event, callback) => {\n  await 1;\n};\n' },
      ['functions/a.mjs:1 callback-never-called'],
    ],
    [
      'a name that is exported later, and top-level await',
      {
        'functions/a.mjs':
          'await 1;\nconst h = (context, event, callback) => callback(null, 1);\nexport { h as handler };\n',
      },
      [],
    ],
    [
      'what another module exports',
      {
        'functions/a.mjs': "export { handler } from './b.private.mjs';",
        'functions/b.private.mjs': 'export const handler = 1;',
      },
      [],
    ],
  ],
  build: [['a name that nobody can ask for', { 'functions/ü.js': HANDLER }, ['functions/ü.js build']]],
};

describe('check', () => {
  for (const [rule, rows] of Object.entries(TABLES)) {
    for (const [title, files, found] of rows) {
      it(`${rule}: ${title}`, async () => {
        assert.deepEqual((await findingsIn(files)).map(shortly), found);
      });
    }
  }

  it('has a test for each rule', () => {
    const elsewhere = ['callback-twice'];
    assert.deepEqual(RULES.map(({ id }) => id).sort(), [...Object.keys(TABLES), ...elsewhere].sort());
  });

  it('says in each finding what is wrong, and what to do', async () => {
    const findings = await findingsIn({
      ...messaging("  twiml.say('a');"),
      'functions/b.js': 'exports.handlr = 1;',
      'functions/c.protected.js': HANDLER,
    });
    assert.equal(findings.length, 3);
    for (const { reason, fix } of findings) assert.match(`${reason}|${fix}`, /^\S.*[^.]\|[A-Z].*[.}]$/);
  });
});
