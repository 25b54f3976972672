import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodedByClients, placeAsset, placeFunction, refusePath } from '../src/model/path';

type Row = readonly [name: string, path: string, visibility: string];

describe('a Function', () => {
  const rows: readonly Row[] = [
    // The documented ones.
    ['hello.js', '/hello', 'public'],
    ['sms/reply.protected.js', '/sms/reply', 'protected'],
    ['lib/util.private.js', '/lib/util', 'private'],
    ['foo.public.js', '/foo', 'public'],
    ['index.js', '/index', 'public'],
    // Only the last extension goes.
    ['a.js.js', '/a.js', 'public'],
    ['a..js', '/a.', 'public'],
    // Markers: one counts where the last extension follows, the first occurrence goes.
    ['a.protected.js.js', '/a.js', 'protected'],
    ['a.protected.private.js', '/a.protected', 'private'],
    ['a.private.protected.js', '/a.private', 'protected'],
    ['a.public.protected.js', '/a.public', 'protected'],
    ['a.private.b.private.js', '/a.b.private', 'private'],
    ['a.private..js', '/a.private.', 'public'],
    ['a.publicity.js', '/aity', 'public'],
    ['private.js', '/private', 'public'],
    ['x/.protected.js', '/x', 'protected'],
    // In the name of a folder a marker counts only with the extension.
    ['x.protected.js/foo.js', '/x.protected.js/foo', 'protected'],
    ['lib.private/util.js', '/lib.private/util', 'public'],
    // Case counts, in extensions and in markers.
    ['A.JS', '/A.JS', 'public'],
    ['A.protected.JS', '/A.JS', 'protected'],
    ['a.PRIVATE.js', '/a.PRIVATE', 'public'],
    // Characters.
    ['with  two.js', '/with--two', 'public'],
    ['tab\there.js', '/tab-here', 'public'],
    ['no\u00a0break.js', '/no-break', 'public'],
    ['ünï.js', '/ünï', 'public'],
    ['a%20b.js', '/a%20b', 'public'],
    ['a!=*~[b]|_.js', '/a!=*~[b]|_', 'public'],
    ['.hidden.js', '/.hidden', 'public'],
    ['sms\\reply.js', '/sms/reply', 'public'],
  ];
  for (const [name, path, visibility] of rows) {
    test(`${JSON.stringify(name)} has the path ${path} and is ${visibility}`, () => {
      assert.deepEqual(placeFunction(name), { kind: 'placed', path, visibility });
    });
  }
});

describe('an Asset', () => {
  const rows: readonly Row[] = [
    ['logo.png', '/logo.png', 'public'],
    ['voice.protected.mp3', '/voice.mp3', 'protected'],
    ['data.private.json', '/data.json', 'private'],
    ['lib.private.js', '/lib.js', 'private'],
    ['x.private.tar.gz', '/x.private.tar.gz', 'public'],
    ['LICENSE.private', '/LICENSE.private', 'public'],
    ['data.private', '/data.private', 'public'],
    ['foo.js', '/foo.js', 'public'],
    ['a.public.png', '/a.png', 'public'],
    ['a.json.private.json', '/a.json.json', 'private'],
    ['assets/index.html', '/assets/index.html', 'public'],
    // Without an extension every marker in the name counts, also in a folder.
    ['README', '/README', 'public'],
    ['docs.private/README', '/docs.private/README', 'private'],
    ['docs.protected/README', '/docs.protected/README', 'protected'],
    // A longer extension that begins like the marker's.
    ['a.private.', '/a.', 'private'],
    ['a.', '/a.', 'public'],
    ['x.private.PNG', '/x.PNG', 'private'],
    ['a.Private.json', '/a.Private.json', 'public'],
    ['A.PROTECTED.PNG', '/A.PROTECTED.PNG', 'public'],
    ['.x.private.json', '/.x.json', 'private'],
  ];
  for (const [name, path, visibility] of rows) {
    test(`${JSON.stringify(name)} has the path ${path} and is ${visibility}`, () => {
      assert.deepEqual(placeAsset(name), { kind: 'placed', path, visibility });
    });
  }
});

describe('a file name that cannot become a path is refused, and the reason names it', () => {
  const forbidden = [...'#;,?:@+&$()\'"'];
  for (const character of forbidden) {
    test(`because of ${character}`, () => {
      const placement = placeFunction(`a${character}b.js`);
      assert.equal(placement.kind, 'refused');
      assert.match(placement.kind === 'refused' ? placement.reason : '', /path cannot hold/);
    });
  }

  test('because its path would be longer than 255 characters', () => {
    assert.equal(placeFunction(`${'x'.repeat(254)}.js`).kind, 'placed');
    const placement = placeFunction(`${'x'.repeat(255)}.js`);
    assert.deepEqual(placement, {
      kind: 'refused',
      reason: 'its path would have 256 characters; 255 are allowed',
    });
  });

  test('because nothing is left of its name', () => {
    assert.equal(placeFunction('.private.js').kind, 'refused');
  });

  test('because it leads out of its folder', () => {
    assert.equal(placeFunction('..\\x.js').kind, 'refused');
  });
});

test('a path that does not begin with a slash is refused', () => {
  assert.match(refusePath('hello') ?? '', /does not begin with/);
  assert.equal(refusePath('/hello'), null);
  assert.equal(refusePath('/'), null);
});

test('a path that clients encode is told apart from one that they send as it is', () => {
  assert.equal(encodedByClients('/größe'), '/gr%C3%B6%C3%9Fe');
  assert.equal(encodedByClients('/a<b'), '/a%3Cb');
  for (const path of ['/a%20b', '/a!=*~[b]|_', '/sms/reply', '/', '//x', '/x/']) {
    assert.equal(encodedByClients(path), null, path);
  }
});
