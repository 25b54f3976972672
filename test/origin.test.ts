import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrigin, isValidHost } from '../src/gateway/origin';

test('a public URL wins over everything that a request says', () => {
  for (const [url, base, domainName] of [
    ['https://demo-1234-dev.twil.io', 'https://demo-1234-dev.twil.io', 'demo-1234-dev.twil.io'],
    ['https://demo.example/', 'https://demo.example', 'demo.example'],
    ['https://demo.example:8443/hooks/', 'https://demo.example:8443/hooks', 'demo.example:8443'],
    ['https://demo.example:443', 'https://demo.example', 'demo.example'],
    ['http://user:secret@Demo.Example', 'http://demo.example', 'demo.example'],
  ] as const) {
    const origin = createOrigin(new URL(url), ['loopback']);
    const name = origin.of('other.example', '127.0.0.1', true, 'third.example', 'http');
    assert.deepEqual(name, { base, domainName }, url);
  }
});

test('without a public URL the Host header and the connection decide', () => {
  const origin = createOrigin(null, []);
  for (const [host, encrypted, base, domainName] of [
    ['localhost:3000', false, 'http://localhost:3000', 'localhost:3000'],
    ['localhost:3000', true, 'https://localhost:3000', 'localhost:3000'],
    ['[::1]:3000', false, 'http://[::1]:3000', '[::1]:3000'],
    ['Demo.Example', false, 'http://Demo.Example', 'Demo.Example'],
    [undefined, false, 'http://localhost', 'localhost'],
    ['', false, 'http://localhost', 'localhost'],
    ['evil.example/path', false, 'http://localhost', 'localhost'],
    ['a b', false, 'http://localhost', 'localhost'],
    ['demo.example', false, 'http://demo.example', 'demo.example'],
  ] as const) {
    assert.deepEqual(origin.of(host, '127.0.0.1', encrypted), { base, domainName }, String(host));
  }
});

test('the same host gets the same object again', () => {
  const origin = createOrigin(null, []);
  assert.equal(origin.of('a.example', '10.0.0.1', false), origin.of('a.example', '10.0.0.2', false));
});

test('X-Forwarded headers count only when they come from a trusted address', () => {
  for (const [trust, address, trusted] of [
    [[], '127.0.0.1', false],
    [['loopback'], '127.0.0.1', true],
    [['loopback'], '127.8.8.8', true],
    [['loopback'], '::1', true],
    [['loopback'], '::ffff:127.0.0.1', true],
    [['loopback'], '10.0.0.1', false],
    [['loopback'], undefined, false],
    [['loopback'], 'no address', false],
    [['linklocal'], '169.254.3.4', true],
    [['linklocal'], 'fe80::1%eth0', true],
    [['uniquelocal'], '10.1.2.3', true],
    [['uniquelocal'], '172.31.0.1', true],
    [['uniquelocal'], '172.32.0.1', false],
    [['uniquelocal'], '::ffff:192.168.0.1', true],
    [['uniquelocal'], 'fd00::7', true],
    [['203.0.113.7'], '203.0.113.7', true],
    [['203.0.113.7'], '203.0.113.8', false],
    [['203.0.113.0/24'], '203.0.113.8', true],
    [['2001:db8::/32'], '2001:db8::1', true],
    [['203.0.113.7', 'loopback'], '127.0.0.1', true],
  ] as const) {
    const name = createOrigin(null, trust).of('inner', address, false, 'outer.example', 'https');
    const expected = trusted ? 'https://outer.example' : 'http://inner';
    assert.equal(name.base, expected, `${trust.join(' ')} <- ${address}`);
  }
});

test('of several forwarded values the last one counts, and an invalid one is ignored', () => {
  for (const [host, proto, base] of [
    ['evil.example, outer.example', 'http, https', 'https://outer.example'],
    ['outer.example', undefined, 'http://outer.example'],
    [undefined, 'HTTPS', 'https://inner'],
    ['out er', 'https', 'https://inner'],
    ['outer.example,', 'https', 'https://inner'],
    ['outer.example/x', 'ftp', 'http://inner'],
    [`${'a'.repeat(256)}`, 'wss', 'http://inner'],
  ] as const) {
    const name = createOrigin(null, ['loopback']).of('inner', '127.0.0.1', false, host, proto);
    assert.equal(name.base, base, `${host} ${proto}`);
  }
});

test('a host is letters, digits and a few signs', () => {
  for (const host of ['a', 'localhost:3000', 'a-b_c.D9', '[2001:db8::1]:80', 'a'.repeat(255)]) {
    assert.equal(isValidHost(host), true, host);
  }
  const wrong = [
    '',
    'a b',
    'a/b',
    'a@b',
    'a?b',
    'a#b',
    'a\\b',
    'a"b',
    "a'b",
    'a,b',
    'a%b',
    'ä',
    'a\n',
    'a\0',
    '^',
    '`',
    '{',
    ';',
    '=',
    '<',
    'a'.repeat(256),
  ];
  for (const host of wrong) assert.equal(isValidHost(host), false, JSON.stringify(host));
});

test('an entry that is no address is refused with its text', () => {
  for (const entry of [
    'everybody',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/x',
    '10.0.0.0/1.5',
    '::/129',
    '',
    '*',
    'toString',
  ]) {
    assert.throws(() => createOrigin(null, [entry]), { code: 'HS_USAGE' }, entry);
  }
});
