import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { looksSecret, maskSecret, maskUrls, namesSecret, shownValue } from '../src/model/secret';
import { cpuMs } from './support/cpu-time';

const HEX = '0123456789abcdef0123456789abcdef';

describe('a name', () => {
  const secret = [
    'AUTH_TOKEN',
    'TWILIO_AUTH_TOKEN',
    'authToken',
    'API_SECRET',
    'X-Api-Key',
    'apikey',
    'SENDGRID_API_KEY',
    'dbPassword',
    'PASSWD',
    'Authorization',
    'cookie',
    'AWS_SECRET_ACCESS_KEY',
    'GOOGLE_CREDENTIALS',
    'privateKey',
    'SENTRY_DSN',
  ];
  for (const name of secret) it(`${name} promises a secret`, () => assert.ok(namesSecret(name)));

  const harmless = [
    'ACCOUNT_SID',
    'DOMAIN_NAME',
    'PATH',
    'MONKEY',
    'KEYBOARD',
    'TOKENIZER',
    'STRIPE_PUBLISHABLE_KEY',
    'PUBLIC_KEY',
    'SECRETARY_PHONE',
    'Body',
    '',
  ];
  for (const name of harmless) it(`${name} promises none`, () => assert.ok(!namesSecret(name)));
});

describe('a value', () => {
  const secret = [
    HEX,
    `SK${HEX}`,
    '-----BEGIN RSA PRIVATE KEY-----\nabc',
    'AKIAIOSFODNN7EXAMPLE',
    ['sk', 'live', '0123456789abcdef'].join('_'),
    `ghp_${'a'.repeat(36)}`,
  ];
  for (const value of secret)
    it(`${value.slice(0, 12)}… looks like a secret`, () => assert.ok(looksSecret(value)));

  const harmless = [`AC${HEX}`, `CA${HEX}`, '+15550001111', 'hello', `${HEX}0`, '-----BEGIN PUBLIC KEY-----'];
  for (const value of harmless) it(`${value} does not`, () => assert.ok(!looksSecret(value)));

  const shown: readonly [name: string, value: string, text: string][] = [
    ['A', '1', '1'],
    ['AUTH_TOKEN', HEX, '01…ef'],
    ['AUTH_TOKEN', '', ''],
    ['PASSWORD', 'short', '****'],
    ['ANY', `SK${HEX}`, 'SK…ef'],
    ['DATABASE', 'postgres://user:pass@host:5432/db', 'postgres://user:****@host:5432/db'],
    ['DATABASE_PASSWORD', 'postgres://user:pass@host/db', 'postgres://user:****@host/db'],
    ['SENTRY', 'https://abc@sentry.example/1', 'https://****@sentry.example/1'],
    ['HOOK', 'https://a.example/x?token=abc&page=2', 'https://a.example/x?token=****&page=2'],
    ['HOOK', 'https://a.example/x@y?page=2', 'https://a.example/x@y?page=2'],
    ['KEYFILE', '-----BEGIN PRIVATE KEY-----\nabc', '****'],
  ];
  for (const [name, value, text] of shown) {
    it(`${name}=${value.slice(0, 40)} is shown as ${text}`, () => {
      assert.deepEqual(shownValue(name, value), { text, masked: text !== value });
    });
  }

  it('that is long and repeats itself is looked at in linear time', () => {
    const start = cpuMs();
    for (const part of ['a://', 'a://b:', '?a=', '&token=', 'https://x', 'SK0', '-----BEGIN A']) {
      const text = part.repeat(100_000);
      maskUrls(text);
      looksSecret(text);
      namesSecret(text);
      maskSecret(text);
    }
    assert.ok(cpuMs() - start < 5_000);
  });
});
