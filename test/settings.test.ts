/** Settings of the gateway, and the headers that it adds itself, asked over HTTP. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { request } from './support/raw-http';
import { type Served, type ServeOptions, serve } from './support/serve';

const FILES = {
  '.env': 'AUTH_TOKEN=0123456789abcdef0123456789abcdef\n',
  'functions/hello.js': "exports.handler = (context, event, callback) => callback(null, 'hello');",
  'functions/refuse.js': `exports.handler = (context, event, callback) =>
    callback(null, new Twilio.Response({ statusCode: 401, body: 'no' }));`,
  'functions/slow.js': `exports.handler = (context, event, callback) =>
    setTimeout(() => callback(null, 'slow'), 400);`,
  'functions/guarded.protected.js': "exports.handler = (context, event, callback) => callback(null, 'in');",
  'assets/public.txt': 'public',
};

async function during<T>(options: ServeOptions, ask: (served: Served) => Promise<T>): Promise<T> {
  const served = await serve(FILES, options);
  try {
    return await ask(served);
  } finally {
    await served.close();
  }
}

const statusOf = async (port: number, path: string, signature?: string): Promise<number> => {
  const headers: [string, string][] = signature === undefined ? [] : [['X-Twilio-Signature', signature]];
  return (await request(port, { method: 'GET', path, headers })).status;
};

describe('a setting', () => {
  it('signature status 403 answers missing and wrong signatures with 403', () =>
    during({ signatureStatus: 403 }, async ({ port }) => {
      assert.equal(await statusOf(port, '/guarded'), 403);
      assert.equal(await statusOf(port, '/guarded', 'x'.repeat(28)), 403);
    }));

  it('no signature lets everybody call what is protected', () =>
    during({ checkSignatures: false }, async ({ port }) => {
      assert.equal(await statusOf(port, '/guarded'), 200);
    }));

  it('a limit of invocations answers 429 at once, with Retry-After', () =>
    during({ maxInvocations: 1 }, async ({ port }) => {
      const slow = request(port, { method: 'GET', path: '/slow' });
      await new Promise((resolve) => setTimeout(resolve, 150));
      const refused = await request(port, { method: 'GET', path: '/hello' });
      assert.equal(`${refused.status} ${refused.text()}`, '429 Too Many Requests');
      assert.match(refused.header('retry-after') ?? 'none', /^\d+$/);
      assert.equal((await slow).status, 200);
      assert.equal(await statusOf(port, '/hello'), 200);
    }));
});

describe('headers of the gateway', () => {
  let served: Served;
  before(async () => {
    served = await serve(FILES);
  });
  after(() => served.close());

  it('protect a successful answer of a Function, and tell how many run', async () => {
    const response = await request(served.port, { method: 'GET', path: '/hello' });
    assert.equal(response.header('x-content-type-options'), 'nosniff');
    assert.equal(response.header('x-xss-protection'), '1; mode=block');
    assert.equal(response.header('x-twilio-function-concurrency'), '1');
    assert.match(response.header('twilio-request-id') ?? 'none', /^RQ[0-9a-f]{32}$/);
  });

  it('leave an answer of another status as it is', async () => {
    const response = await request(served.port, { method: 'GET', path: '/refuse' });
    assert.equal(response.status, 401);
    assert.equal(response.header('x-content-type-options'), undefined);
  });

  it('answer OPTIONS as documented', async () => {
    const headers: [string, string][] = [['Origin', 'https://app.example']];
    const response = await request(served.port, { method: 'OPTIONS', path: '/hello', headers });
    assert.equal(response.status, 204);
    assert.equal(response.header('access-control-allow-origin'), '*');
    assert.equal(response.header('access-control-allow-headers'), '*');
    assert.equal(response.header('access-control-allow-methods'), 'GET, POST, OPTIONS');
    assert.equal(response.header('access-control-expose-headers'), 'ETag');
    assert.equal(response.header('access-control-max-age'), '86400');
    assert.equal(response.header('access-control-allow-credentials'), 'true');
  });
});
