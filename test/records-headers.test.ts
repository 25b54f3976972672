/** Headers of responses: a record has exactly those that were sent, also where they are made again for whoever looks. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { startProject } from '../src/testing';
import { type RecordedGateway, serveRecorded } from './support/recorded';

/** Node adds them behind the gateway's back. */
const OF_NODE = ['date', 'connection', 'keep-alive'];

const FILES = {
  '.env': 'AUTH_TOKEN=0123456789abcdef0123456789abcdef\n',
  'functions/answer.js': `exports.handler = (context, event, callback) => {
    const { kind, size } = event;
    if (kind === 'text') return callback(null, 'x'.repeat(Number(size)));
    if (kind === 'none') return callback();
    if (kind === 'object') return callback(null, { a: 1 });
    if (kind === 'twiml') return callback(null, new Twilio.twiml.VoiceResponse());
    if (kind === 'throws') return callback(new Error('on purpose'));
    const response = new Twilio.Response();
    response.setStatusCode(Number(event.status || 200));
    response.setBody(event.body || '');
    if (event.type) response.appendHeader('Content-Type', event.type);
    response.appendHeader('X-Own', 'a').appendHeader('X-Own', 'b').setCookie('seen', 'yes');
    callback(null, response);
  };`,
  'functions/closed.protected.js': "exports.handler = (context, event, callback) => callback(null, 'in');",
  'assets/note.txt': 'a note',
};

const ROWS: readonly (readonly [name: string, method: string, path: string])[] = [
  ['a text', 'GET', '/answer?kind=text&size=2'],
  ['a text of 20 kB', 'GET', '/answer?kind=text&size=20000'],
  ['a text of which only the beginning is kept', 'GET', '/answer?kind=text&size=100000'],
  ['a text that is too large', 'GET', '/answer?kind=text&size=5000000'],
  ['an empty text', 'GET', '/answer?kind=text&size=0'],
  ['nothing', 'GET', '/answer?kind=none'],
  ['an object', 'GET', '/answer?kind=object'],
  ['TwiML', 'POST', '/answer?kind=twiml'],
  ['an error', 'GET', '/answer?kind=throws'],
  ['the head of a text', 'HEAD', '/answer?kind=text&size=300'],
  ['headers of its own', 'GET', '/answer?body=hi'],
  ['a type of its own', 'GET', '/answer?body=hi&type=text/csv'],
  ['204', 'GET', '/answer?status=204'],
  ['204 with a body that is not sent', 'GET', '/answer?status=204&body=hi'],
  ['304', 'GET', '/answer?status=304'],
  ['302', 'GET', '/answer?status=302&body=moved'],
  ['404 of its own', 'GET', '/answer?status=404&body=none'],
  ['a refusal', 'POST', '/closed'],
  ['nothing that is there', 'GET', '/nowhere'],
  ['a question of a browser for permission', 'OPTIONS', '/answer'],
  ['an Asset', 'GET', '/note.txt'],
];

interface Line {
  readonly name: string;
  readonly value: string;
}

describe('the headers of a response in its record', () => {
  let gateway: RecordedGateway;
  before(async () => {
    gateway = await serveRecorded(FILES);
  });
  after(() => gateway.close());

  for (const [name, method, path] of ROWS) {
    it(`are those that were sent: ${name}`, async () => {
      const sent = await headersOf(
        gateway.port,
        method,
        `${path}${path.includes('?') ? '&' : '?'}case=${method}`,
      );
      const record = await gateway.recorded(path.split('?')[0] ?? '');
      const kept = record.response.headers.map(([header, value]) => ({ name: header, value }));
      assert.deepEqual(sent.map(withoutCookies), kept.map(withoutCookies));
    });
  }
});

describe('the headers of a response in the record of a test', () => {
  it('are those that were sent', async () => {
    const app = await startProject(FILES);
    try {
      const answer = await app.get('/answer?kind=text&size=2');
      const names = answer.record.response.headers.map(([name]) => name.toLowerCase());
      for (const name of ['content-type', 'content-length', 'twilio-request-id', 'x-content-type-options']) {
        assert.ok(names.includes(name), `${name} of ${names.join(', ')}`);
      }
    } finally {
      await app.close();
    }
  });
});

/** Records hide the values of cookies. */
function withoutCookies({ name, value }: Line): Line {
  return { name, value: name === 'Set-Cookie' ? '' : value };
}

function headersOf(port: number, method: string, path: string): Promise<readonly Line[]> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path }, (response) => {
      const lines: Line[] = [];
      for (let at = 0; at < response.rawHeaders.length; at += 2) {
        const [name = '', value = ''] = response.rawHeaders.slice(at, at + 2);
        if (!OF_NODE.includes(name.toLowerCase())) lines.push({ name, value });
      }
      response.resume().once('end', () => resolve(lines));
    });
    sent.once('error', reject).end();
  });
}
