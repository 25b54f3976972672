/** `hookswitch/testing`: what Functions ask the world is answered by the test, and reaches nobody else. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import { Redactor } from '../src/records/redact';
import {
  answer,
  type InlineFiles,
  type OutboundRequest,
  type StartOptions,
  startProject,
  type TestProject,
  twilioError,
} from '../src/testing';
import { Cassette } from '../src/testing/outbound/cassette';
import { forward } from '../src/testing/outbound/forward';
import { type TestProject as Folder, writeProject } from './support/project';

const SEND = `exports.handler = async (context, event, callback) => {
  try {
    const { sid, status, body } = await context.getTwilioClient().messages.create({ to: event.to, from: '+15550002222', body: 'Hi' });
    callback(null, { sid, status, body });
  } catch (error) {
    callback(null, { failed: error.message, code: error.code, status: error.status });
  }
};`;
const MESSAGES = 'POST /2010-04-01/Accounts/:account/Messages.json';
const TO = '+15550001111';

/** Each asks `event.url` and tells status and text, or the error. */
const CLIENTS = {
  'https.request': `
    const get = (url) => new Promise((resolve, reject) => {
      require(url.split(':')[0]).get(url, (response) => {
        let text = '';
        response.on('data', (part) => (text += part)).on('end', () => resolve([response.statusCode, text]));
      }).on('error', reject);
    });`,
  'https.request with an agent of its own': `
    const https = require('https');
    const agent = new https.Agent({ keepAlive: true });
    const get = (url) => new Promise((resolve, reject) => {
      https.request(url, { agent }, (response) => {
        let text = '';
        response.on('data', (part) => (text += part)).on('end', () => resolve([response.statusCode, text]));
      }).on('error', reject).end();
    });`,
  fetch: 'const get = async (url) => { const r = await fetch(url); return [r.status, await r.text()]; };',
  'tls.connect': `
    const tls = require('tls');
    const get = (url) => new Promise((resolve, reject) => {
      const { hostname, pathname } = new URL(url);
      const socket = tls.connect(443, hostname, { servername: hostname }, () => {
        socket.write('GET ' + pathname + ' HTTP/1.1\\r\\nHost: ' + hostname + '\\r\\nConnection: close\\r\\n\\r\\n');
      });
      let all = '';
      socket.on('data', (part) => (all += part)).on('error', reject);
      socket.on('end', () => resolve([Number(all.split(' ')[1]), all.split('\\r\\n\\r\\n')[1]]));
    });`,
};

function asking(get: string): InlineFiles {
  return {
    'functions/ask.js': `${get}
      exports.handler = async (context, event, callback) => {
        try {
          callback(null, await get(event.url));
        } catch (error) {
          const { code, message } = error.cause ?? error;
          callback(null, { code, message });
        }
      };`,
  };
}

async function started(
  t: TestContext,
  files: InlineFiles | string,
  options?: StartOptions,
): Promise<TestProject> {
  const app = await startProject(files, options);
  t.after(() => app.close());
  return app;
}

async function ask(app: TestProject, path: string, query: Record<string, string> = {}): Promise<unknown> {
  const response = await app.get(path, { query });
  assert.equal(response.status, 200, response.text());
  return response.json();
}

describe('the REST API of the vendor, in a test', () => {
  const FILES = { 'functions/send.js': SEND };

  it('refuses what nobody answers, and says how to', async (t) => {
    const app = await started(t, FILES);
    const { failed, code, status } = (await ask(app, '/send', { to: TO })) as Record<string, unknown>;
    assert.deepEqual([code, status], ['HS_OUTBOUND_REFUSED', 501]);
    assert.match(
      String(failed),
      /does not answer POST https:\/\/api\.twilio\.com\/2010-04-01\/Accounts\/AC0+\/Messages\.json/,
    );
    assert.match(String(failed), /app\.twilio\.answerMessages\(\)/);
    assert.match(String(failed), /app\.twilio\.on\('POST \/2010-04-01\/Accounts\/:account\/Messages\.json'/);
    assert.match(String(failed), /app\.twilio\.allow\(\)/);
  });

  it('answers what the test says, with what the request says', async (t) => {
    const app = await started(t, FILES);
    app.twilio.on(MESSAGES, async ({ params, form }) => ({
      sid: 'SM1',
      status: 'sent',
      body: `${form.Body} ${params.account}`,
    }));
    assert.deepEqual(await ask(app, '/send', { to: TO }), {
      sid: 'SM1',
      status: 'sent',
      body: `Hi AC${'0'.repeat(32)}`,
    });
    const [request] = app.twilio.requests;
    assert.deepEqual([request?.method, request?.host, request?.form.To], ['POST', 'api.twilio.com', TO]);
  });

  it('answers as the vendor does, and keeps what was sent', async (t) => {
    const app = await started(t, FILES);
    app.twilio.answerMessages();
    const { sid, status } = (await ask(app, '/send', { to: TO })) as Record<string, string>;
    assert.match(sid ?? '', /^SM[0-9a-f]{32}$/);
    assert.equal(status, 'queued');
    assert.deepEqual(app.twilio.messages, [{ sid, from: '+15550002222', to: TO, body: 'Hi', media: [] }]);
    const wrong = (await ask(app, '/send', { to: 'nobody' })) as Record<string, unknown>;
    assert.deepEqual([wrong.code, wrong.status], [21211, 400]);
  });

  it('asks the newest answer first, and answers errors', async (t) => {
    const app = await started(t, FILES);
    app.twilio.answerMessages().on(MESSAGES, () => twilioError(429, 20429, 'Too Many Requests'));
    const { code, failed } = (await ask(app, '/send', { to: TO })) as Record<string, unknown>;
    assert.deepEqual([code, failed], [20429, 'Too Many Requests']);
  });

  it('tells the Function when an answer of the test fails', async (t) => {
    const app = await started(t, FILES);
    app.twilio.on(MESSAGES, () => {
      throw new Error('a mistake of the test');
    });
    const { failed } = (await ask(app, '/send', { to: TO })) as Record<string, unknown>;
    assert.match(String(failed), /a mistake of the test/);
  });

  it('belongs to each project alone, however many there are', async (t) => {
    const apps = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (name) => {
        const app = await started(t, FILES);
        app.twilio.on(MESSAGES, () => ({ sid: name, status: name, body: name }));
        return app;
      }),
    );
    const answers = await Promise.all(apps.map((app) => ask(app, '/send', { to: TO })));
    assert.deepEqual(
      answers.map((value) => (value as { sid: string }).sid),
      ['a', 'b', 'c', 'd'],
    );
    assert.deepEqual(
      apps.map(({ twilio }) => twilio.requests.length),
      [1, 1, 1, 1],
    );
  });
});

describe('the SDK of every major, in a test', () => {
  const VERSIONS = { three: '3.84.1', four: '4.23.0', five: '5.0.3', six: '6.2.0' };
  let root: Folder;

  before(async () => {
    const files: Record<string, string> = { 'package.json': '{ "private": true, "workspaces": ["*"] }' };
    for (const [name, version] of Object.entries(VERSIONS)) {
      files[`${name}/package.json`] = JSON.stringify({
        name,
        private: true,
        dependencies: { twilio: version },
      });
      files[`${name}/functions/send.js`] = SEND;
    }
    root = await writeProject(files);
    install(root.path);
  });
  after(() => root.remove());

  for (const [name, version] of Object.entries(VERSIONS)) {
    it(`asks the test: ${version}`, async (t) => {
      const app = await started(t, root.file(name));
      const { failed } = (await ask(app, '/send', { to: TO })) as Record<string, unknown>;
      assert.match(String(failed), /does not answer POST/);
      app.twilio.answerMessages();
      const { status, body } = (await ask(app, '/send', { to: TO })) as Record<string, unknown>;
      assert.deepEqual([status, body], ['queued', 'Hi']);
    });
  }
});

describe('the network, in a test', () => {
  let server: Server;
  let local: string;

  before(async () => {
    server = createServer((_, response) => response.end('local'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    local = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  after(() => server.close());

  for (const [name, client] of Object.entries(CLIENTS)) {
    it(`is not reached by ${name}, and its hosts are answered where the test says so`, async (t) => {
      const app = await started(t, asking(client));
      const refused = (await ask(app, '/ask', { url: 'https://shop.example/orders/1' })) as Record<
        string,
        string
      >;
      assert.equal(refused.code, 'HS_OUTBOUND_REFUSED');
      assert.match(refused.message ?? '', /app\.network\.on\('GET https:\/\/shop\.example\/…'/);
      app.network.on('GET https://shop.example/orders/:id', ({ params }) =>
        answer({ status: 202, body: `order ${params.id}` }),
      );
      assert.deepEqual(await ask(app, '/ask', { url: 'https://shop.example/orders/7' }), [202, 'order 7']);
      assert.deepEqual(
        app.network.requests.map(({ url }) => url),
        ['https://shop.example/orders/7'],
      );
    });
  }

  it('is this machine without asking anybody', async (t) => {
    const app = await started(t, asking(CLIENTS.fetch));
    assert.deepEqual(await ask(app, '/ask', { url: local }), [200, 'local']);
    assert.deepEqual(await ask(app, '/ask', { url: local.replace('127.0.0.1', 'localhost') }), [
      200,
      'local',
    ]);
  });

  it('is looked at when ES modules import what connects', async (t) => {
    const app = await started(t, {
      'package.json': '{ "type": "module" }',
      'functions/ask.js': `import { connect } from 'node:tls';
        import net from 'node:net';
        export const handler = (context, event, callback) => {
          connect(443, 'secure.example').on('error', ({ code }) => {
            net.connect(80, 'plain.example').on('error', (error) => callback(null, [code, error.code]));
          });
        };`,
    });
    const response = await app.get('/ask');
    // Versions of Node that load no ES modules say so.
    if (response.record.error === 'HS_LOAD_FAILED') return;
    assert.deepEqual(response.json(), ['HS_OUTBOUND_REFUSED', 'HS_OUTBOUND_REFUSED']);
  });

  it('is let through where the test allows it', async (t) => {
    const app = await started(t, asking(CLIENTS.fetch), { network: ['*.allowed.invalid'] });
    const codes = async (url: string) => ((await ask(app, '/ask', { url })) as { code: string }).code;
    // Nobody is there, which is what the system says, and not the test.
    assert.notEqual(await codes('https://shop.allowed.invalid/'), 'HS_OUTBOUND_REFUSED');
    assert.equal(await codes('https://other.invalid/'), 'HS_OUTBOUND_REFUSED');
    app.network.allow('other.invalid');
    assert.notEqual(await codes('https://other.invalid/'), 'HS_OUTBOUND_REFUSED');
  });

  it('is open as a whole where the test says so, apart from the vendor', async (t) => {
    const files = { ...asking(CLIENTS.fetch), 'functions/send.js': SEND };
    const app = await started(t, files, { network: 'allow' });
    const { code } = (await ask(app, '/ask', { url: 'https://other.invalid/' })) as { code: string };
    assert.notEqual(code, 'HS_OUTBOUND_REFUSED');
    assert.match(JSON.stringify(await ask(app, '/send', { to: TO })), /HS_OUTBOUND_REFUSED/);
  });

  const misread = ['', 'POST', 'no path', 'GET ftp://example.com/'];
  for (const pattern of misread) {
    it(`is not answered for ${JSON.stringify(pattern)}, which is no request`, async (t) => {
      const app = await started(t, asking(''));
      assert.throws(() => app.network.on(pattern, () => null), { code: 'HS_TEST_USAGE' });
    });
  }
});

describe('a file of recorded answers', () => {
  const URL_ASKED = 'https://shop.example/orders?b=2&a=1&api_key=very-secret';

  async function folderFor(t: TestContext): Promise<Folder> {
    const folder = await writeProject({});
    t.after(() => folder.remove());
    return folder;
  }

  function asked(url: string, form: Readonly<Record<string, string>> = {}): OutboundRequest {
    const { hostname, pathname, searchParams } = new URL(url);
    const body = Buffer.from(new URLSearchParams(form).toString());
    const query = Object.fromEntries(searchParams);
    return {
      method: 'GET',
      url,
      host: hostname,
      path: pathname,
      query,
      headers: {},
      body,
      form,
      params: {},
      json: () => null,
    };
  }

  it('answers in the order of the recording, the last one again and again', async (t) => {
    const folder = await folderFor(t);
    const cassette = folder.file('answers/shop.json');
    const recording = new Cassette(cassette, new Redactor());
    recording.add(asked(URL_ASKED), answer({ json: { count: 1 } }));
    recording.add(asked(URL_ASKED), answer({ status: 202, body: Buffer.from([0xff, 0x00]) }));
    recording.save();
    const app = await started(t, asking(CLIENTS.fetch), { cassette });
    const same = URL_ASKED.replace('b=2&a=1', 'a=1&b=2');
    assert.deepEqual(await ask(app, '/ask', { url: URL_ASKED }), [200, '{"count":1}']);
    assert.deepEqual(await ask(app, '/ask', { url: same }), [202, '\ufffd\u0000']);
    assert.deepEqual(await ask(app, '/ask', { url: same }), [202, '\ufffd\u0000']);
  });

  it('refuses what it does not hold, and says how to record it', async (t) => {
    const folder = await folderFor(t);
    const app = await started(t, asking(CLIENTS.fetch), { cassette: folder.file('none.json') });
    const [status, text] = (await ask(app, '/ask', { url: URL_ASKED })) as [number, string];
    assert.equal(status, 501);
    assert.match(text, /none\.json with HOOKSWITCH_CASSETTE=record/);
  });

  it('holds no secrets', async (t) => {
    const folder = await folderFor(t);
    const redactor = new Redactor();
    redactor.learn({ AUTH_TOKEN: 'value-of-the-token', COLOUR: 'very-blue' });
    const recording = new Cassette(folder.file('secrets.json'), redactor);
    const request = asked(URL_ASKED, { Password: 'hunter2', To: TO, Note: 'value-of-the-token' });
    const headers = { 'set-cookie': 'session=of-mine', 'content-type': 'application/json' };
    recording.add(
      request,
      answer({ headers, json: { access_token: 'abc', items: [{ secret: 'def' }], colour: 'very-blue' } }),
    );
    recording.save();
    const text = readFileSync(folder.file('secrets.json'), 'utf8');
    assert.doesNotMatch(text, /very-secret|hunter2|value-of-the-token|of-mine|abc|def/);
    assert.match(text, /very-blue/);
    assert.equal(new Cassette(folder.file('secrets.json'), redactor).find(request)?.status, 200);
  });

  it('is made of what the world really answers', async (t) => {
    const world = createServer((request, response) => {
      response.writeHead(201, {
        'content-type': 'text/plain',
        'x-encoding': request.headers['accept-encoding'] ?? 'none',
      });
      request.pipe(response);
    });
    await new Promise<void>((resolve) => world.listen(0, '127.0.0.1', resolve));
    t.after(() => world.close());
    const url = `http://127.0.0.1:${(world.address() as AddressInfo).port}/echo?a=1`;
    const headers = { 'accept-encoding': 'gzip', 'content-type': 'text/plain' };
    const {
      status,
      body,
      headers: answered,
    } = await forward({ ...asked(url, { a: 'b' }), method: 'POST', headers });
    assert.deepEqual([status, body.toString(), answered['x-encoding']], [201, 'a=b', 'none']);
  });

  for (const [title, content] of [
    ['something else', '{"a":1}'],
    ['half a file', '[{"request":'],
  ]) {
    it(`is refused where it is ${title}`, async (t) => {
      const folder = await folderFor(t);
      await folder.write('broken.json', content ?? '');
      assert.throws(() => new Cassette(folder.file('broken.json'), new Redactor()), {
        code: 'HS_TEST_USAGE',
      });
    });
  }
});

/** From the cache where it is filled; without a registry and a cache this fails, and so does the test. */
function install(folder: string): void {
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const { status, stderr } = spawnSync('npm', ['install', ...quietly], {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    timeout: 120_000,
  });
  assert.equal(status, 0, stderr);
}
