/** docs/twiml.md says what the interpreter does: each attribute that is not `absent` is read, and no other. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MESSAGING_SCHEMA } from '../src/model/twiml/messaging-schema';
import type { ElementTable } from '../src/model/twiml/schema';
import { VOICE_STAND_INS } from '../src/model/twiml/stand-in-schema';
import { VOICE_SCHEMA } from '../src/model/twiml/voice-schema';
import { verbOf } from '../src/simulator/voice/verbs/verbs';
import { serveTwiml } from './support/twiml-server';

/** Everything once, so that everything is read. */
const CALLS = [
  '<Say>a</Say><Play>a.mp3</Play><Pause/><Gather timeout="1"/><Record timeout="1"/><Redirect>/empty</Redirect>',
  '<Reject/>',
  '<Dial><Number>+14155550101</Number><Client>a</Client><Sip>sip:a@example.com</Sip></Dial>',
  '<Dial><Conference>a</Conference></Dial>',
  '<Enqueue>a</Enqueue>',
  '<Refer><Sip>sip:a@example.com</Sip></Refer>',
];
const MESSAGES = ['<Message>a</Message><Sms>b</Sms><Redirect>/empty</Redirect>'];

async function readBy(kind: 'call' | 'sms', documents: readonly string[]): Promise<Set<string>> {
  const read = new Set<string>();
  const answers = Object.fromEntries(documents.map((twiml, at) => [`/${at}`, twiml]));
  const onRead = (element: string, attribute: string): void => void read.add(`${element} ${attribute}`);
  const server = await serveTwiml({ ...answers, '/empty': '' }, { onRead });
  for (const url of Object.keys(answers)) {
    if (kind === 'sms') {
      await server.simulator.sms({ body: 'a', url });
      continue;
    }
    const call = await server.simulator.call({ url });
    for (let turn = 0; turn < 4 && !call.isOver; turn++) {
      const waiting = call.waiting?.for;
      if (waiting === 'answer' || waiting === 'agent') await call.answer();
      else if (waiting === 'conversation' || waiting === 'conference') await call.hangUp('callee');
      else await call.silence();
    }
    await call.hangUp();
  }
  await server.close();
  return read;
}

function promisedBy(table: ElementTable): readonly string[] {
  return Object.entries(table).flatMap(([element, { attributes }]) =>
    Object.entries(attributes)
      .filter(([, { support }]) => support !== 'absent')
      .map(([attribute]) => `${element} ${attribute}`),
  );
}

describe('the table of', () => {
  it('calls names exactly the attributes that are read', async () => {
    const read = await readBy('call', CALLS);
    assert.deepEqual([...read].sort(), [...promisedBy(VOICE_SCHEMA)].sort());
  });

  it('messages names exactly the attributes that are read', async () => {
    const read = await readBy('sms', MESSAGES);
    assert.deepEqual([...read].sort(), [...promisedBy(MESSAGING_SCHEMA)].sort());
  });

  it('calls has only verbs that do something, or are marked as not simulated', () => {
    const children = VOICE_SCHEMA.Response?.children ?? [];
    assert.ok(children !== 'any');
    for (const name of children) {
      assert.ok(verbOf(name) !== null, name);
      assert.ok(Object.hasOwn(VOICE_SCHEMA, name), name);
    }
    for (const name of Object.keys(VOICE_STAND_INS)) assert.equal(VOICE_SCHEMA[name]?.support, 'absent');
  });

  it('both name a page and say what is missing', () => {
    for (const table of [VOICE_SCHEMA, MESSAGING_SCHEMA]) {
      for (const [name, { page, support, note, attributes }] of Object.entries(table)) {
        assert.match(page, /^[a-z0-9/#-]+$/, name);
        const isExplained =
          note !== '' || support !== 'partial' || Object.values(attributes).some((row) => row.note !== '');
        assert.ok(isExplained, `${name} is partial: why?`);
        for (const [attribute, row] of Object.entries(attributes)) {
          assert.ok(row.support !== 'partial' || row.note !== '', `${name} ${attribute} is partial: why?`);
        }
      }
    }
  });
});
