/** Requests that are sent again, and calls from the console: real ones, over HTTP. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { ReplayRequest } from '../src/admin/api';
import { parseForm } from '../src/gateway/event';
import { sign, signedFields } from '../src/gateway/signature';
import type { InvocationRecord } from '../src/model/record';
import { request } from './support/raw-http';
import { type RecordedGateway, type ReplayAnswer, serveRecorded } from './support/recorded';

const TOKEN = '0123456789abcdef0123456789abcdef';
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
const PROJECT = {
  '.env': `AUTH_TOKEN=${TOKEN}\n`,
  'functions/echo.js': `exports.handler = (context, event, callback) => callback(null, event);`,
  'functions/closed.protected.js': `exports.handler = (context, event, callback) => callback(null, 'in ' + event.Body);`,
  'functions/counts.js': `let count = 0; exports.handler = (context, event, callback) => callback(null, String(++count));`,
  'assets/note.txt': 'a note',
};

describe('a replay', () => {
  let gateway: RecordedGateway;
  before(async () => {
    gateway = await serveRecorded(PROJECT);
  });
  after(() => gateway.close());

  const send = (path: string, options: Partial<Parameters<typeof request>[1]> = {}) =>
    request(gateway.port, { method: 'GET', path, ...options });
  const replay = (id: string | undefined, changes: ReplayRequest = {}) =>
    gateway.api<ReplayAnswer>('POST', `/api/invocations/${id}/replay`, changes);

  it('is the same request, and is recorded as a request of its own', async () => {
    const headers = [['X-Twice', 'a'], ['x-twice', 'b'], FORM] as const;
    const sent = await send('/echo?x=1', { method: 'POST', headers, body: 'Body=Ahoy' });
    const { original, replay: second, warnings } = await replay(sent.header('twilio-request-id'));
    assert.deepEqual(warnings, []);
    assert.equal(second.replayOf, original.id);
    assert.notEqual(second.id, original.id);
    assert.equal(original.replayOf, null);
    assert.deepEqual(second.request.body, original.request.body);
    const kept = ({ request: { headers: lines } }: InvocationRecord) =>
      lines.filter(([name]) => !['content-length', 'connection'].includes(name.toLowerCase()));
    assert.deepEqual(kept(second), kept(original));
    assert.equal(second.response.body?.text, original.response.body?.text);
    assert.equal(gateway.kept.find(second.id)?.replayOf, original.id);
  });

  it('runs on the code that is served now', async () => {
    const first = await send('/counts');
    assert.equal(first.text(), '1');
    assert.equal((await replay(first.header('twilio-request-id'))).replay.response.body?.text, '2');
  });

  it('is edited where that is wanted', async () => {
    const sent = await send('/echo', { method: 'POST', headers: [FORM], body: 'Body=Ahoy' });
    const { replay: second } = await replay(sent.header('twilio-request-id'), {
      target: '/echo?more=1',
      body: 'Body=Changed',
      headers: [FORM, ['X-New', 'here']],
    });
    assert.equal(second.parameters?.Body, 'Changed');
    assert.equal(second.parameters?.more, '1');
    assert.match(second.response.body?.text ?? '', /"x-new":"here"/);
    const { replay: third } = await replay(sent.header('twilio-request-id'), { method: 'OPTIONS' });
    assert.equal(third.status, 204);
  });

  it('of a protected path is signed afresh', async () => {
    const body = 'Body=Ahoy';
    const unsigned = await send('/closed', { method: 'POST', headers: [FORM], body });
    assert.equal(unsigned.status, 400);
    const { replay: signed } = await replay(unsigned.header('twilio-request-id'), { body });
    assert.equal(signed.response.body?.text, 'in Ahoy');
    const edited = await replay(signed.id, { body: 'Body=Other' });
    assert.equal(edited.replay.response.body?.text, 'in Other');
    const moved = await replay(signed.id, { target: '/closed?x=%20y' });
    assert.equal(moved.replay.status, 200);
  });

  it('of a signed JSON body has the hash of the new one', async () => {
    const body = '{"Body":"Ahoy"}';
    const hash = createHash('sha256').update(body).digest('hex');
    const path = `/closed?bodySHA256=${hash}`;
    const signature = sign(TOKEN, `http://localhost${path}`);
    const headers = [
      ['Content-Type', 'application/json'],
      ['X-Twilio-Signature', signature],
    ] as const;
    const sent = await send(path, { method: 'POST', headers, body });
    assert.equal(sent.text(), 'in Ahoy');
    const { replay: second } = await replay(sent.header('twilio-request-id'), { body: '{"Body":"New"}' });
    assert.equal(second.response.body?.text, 'in New');
  });

  it('keeps a body that is no text byte for byte', async () => {
    const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const sent = await send('/echo', { method: 'POST', body });
    const { replay: second } = await replay(sent.header('twilio-request-id'));
    assert.deepEqual(Buffer.from(second.request.body?.base64 ?? '', 'base64'), body);
  });

  it('sends secrets as they were, and not as they are shown', async () => {
    const headers = [FORM, ['Authorization', 'Basic eDp5'], ['Cookie', 'a=1']] as const;
    const sent = await send('/echo?token=t1', { method: 'POST', headers, body: 'password=p1&Body=x' });
    const { original, replay: same } = await replay(sent.header('twilio-request-id'));
    const { replay: shown, warnings } = await replay(original.id, {
      target: original.target,
      headers: original.request.headers,
      body: original.request.body?.text ?? '',
    });
    for (const { id } of [same, shown]) {
      const answer = String(gateway.kept.find(id)?.record.traffic?.responseBody?.content);
      for (const secret of ['t1', 'p1', 'Basic eDp5', '"a":"1"']) assert.ok(answer.includes(secret), secret);
    }
    assert.deepEqual(warnings, []);
    const edited = await replay(original.id, { body: 'password=***&Body=y' });
    assert.equal(edited.warnings.length, 1);
  });

  it('says what it could not send as it was', async () => {
    const long = await send('/echo', {
      method: 'POST',
      headers: [FORM],
      body: `Body=${'x'.repeat(400_000)}`,
    });
    const { warnings } = await replay(long.header('twilio-request-id'));
    assert.match(warnings.join('\n'), /cut/);
  });

  it('of a cut body that was left as it is shown says so too', async () => {
    const body = `Body=${'ä'.repeat(200_000)}`;
    const sent = await send('/echo', { method: 'POST', headers: [FORM], body });
    const { original } = await replay(sent.header('twilio-request-id'));
    const shown = original.request.body?.text ?? '';
    const { warnings } = await replay(original.id, { body: shown });
    assert.match(warnings.join('\n'), /cut/);
  });

  it('tells headers of one name apart that are hidden both', async () => {
    const headers = [
      ['X-Api-Key', 'first'],
      ['X-Api-Key', 'second'],
    ] as const;
    const sent = await send('/echo', { headers });
    const { original } = await replay(sent.header('twilio-request-id'));
    const { replay: again } = await replay(original.id, { headers: original.request.headers });
    const lines = gateway.kept.find(again.id)?.record.traffic?.requestHeaders ?? [];
    assert.deepEqual(
      lines.filter((_, at) => lines[at - 1]?.toLowerCase() === 'x-api-key'),
      ['first', 'second'],
    );
  });

  it('of an Asset waits for its record', async () => {
    const sent = await send('/note.txt');
    const { replay: second } = await replay(sent.header('twilio-request-id'));
    assert.equal(second.kind, 'asset');
    assert.equal(second.status, 200);
  });

  it('of two at a time are told apart', async () => {
    const sent = await Promise.all([1, 2, 3, 4].map((number) => send(`/echo?number=${number}`)));
    const answers = await Promise.all(sent.map((response) => replay(response.header('twilio-request-id'))));
    for (const { original, replay: second } of answers) {
      assert.equal(second.replayOf, original.id);
      assert.equal(second.target, original.target);
    }
  });

  const IMPOSSIBLE: readonly [what: string, changes: ReplayRequest][] = [
    ['a path with a line break', { target: '/echo\r\nX: y' }],
    ['a method with a space', { method: 'GET /x' }],
    ['a header with a line break', { headers: [['X-A', 'a\r\nX-B: b']] }],
    ['a header without a name', { headers: [['', 'a']] }],
  ];
  for (const [what, changes] of IMPOSSIBLE) {
    it(`with ${what} is refused, and nothing is sent`, async () => {
      const sent = await send('/echo');
      const seen = gateway.kept.seen;
      await assert.rejects(replay(sent.header('twilio-request-id'), changes), /422.*HS_CANNOT_REPLAY/);
      assert.equal(gateway.kept.seen, seen);
    });
  }

  it('is nothing that a client can claim to be', async () => {
    await send('/echo', {
      headers: [
        ['X-Hookswitch-Replay', 'RQ0'],
        ['Replay-Of', 'RQ0'],
      ],
    });
    assert.equal((await gateway.recorded('/echo')).replayOf, null);
  });
});

describe('a call from the console', () => {
  it('is signed where that is wanted', async (t) => {
    const gateway = await serveRecorded(PROJECT);
    t.after(() => gateway.close());
    const call = { method: 'POST', target: '/closed', headers: [FORM], body: 'Body=Ahoy' };
    const record = await gateway.api<InvocationRecord>('POST', '/api/call', { ...call, sign: true });
    assert.equal(record.response.body?.text, 'in Ahoy');
    assert.equal(record.replayOf, null);
    const unsigned = await gateway.api<InvocationRecord>('POST', '/api/call', { ...call, sign: false });
    assert.equal(unsigned.error, 'HS_SIGNATURE_MISSING');
  });

  it('is signed for the public URL where there is one', async (t) => {
    const gateway = await serveRecorded(PROJECT, { publicUrl: new URL('https://hooks.example.com/prefix') });
    t.after(() => gateway.close());
    const record = await gateway.api<InvocationRecord>('POST', '/api/call', {
      method: 'POST',
      target: '/closed',
      headers: [FORM],
      body: 'Body=Ahoy',
      sign: true,
    });
    assert.equal(record.status, 200);
    const [, signature] = record.request.headers.find(([name]) => name === 'X-Twilio-Signature') ?? [];
    const fields = signedFields(parseForm('Body=Ahoy'));
    assert.equal(signature, sign(TOKEN, `https://hooks.example.com/prefix/closed${fields}`));
    const explained = await gateway.api<{ valid: boolean; signedString: string }>(
      'POST',
      '/api/signature/explain',
      {
        id: record.id,
      },
    );
    assert.equal(explained.valid, true);
    assert.equal(explained.signedString, `https://hooks.example.com/prefix/closed${fields}`);
  });
});
