/** What each verb of a call does, by the vendor's documentation. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { describe, it } from 'node:test';
import { type Call, type CallOptions, callTranscript, REAL_CLOCK } from '../src/simulator';
import { codesOf, endOf, heard, ofType, requestsOf } from './support/call-events';
import { type Answer, sendTwiml, serveTwiml } from './support/twiml-server';

async function callTo(
  t: TestContext,
  twiml: string,
  answers: Readonly<Record<string, Answer>> = {},
  options: Partial<CallOptions> = {},
) {
  const server = await serveTwiml({ '/': twiml, ...answers });
  t.after(server.close);
  const call = await server.simulator.call({ url: '/', ...options });
  return { call, server };
}

/** Says the parameters that are named. */
function saying(...names: string[]): Answer {
  return ({ fields }, response) =>
    sendTwiml(response, `<Say>${names.map((name) => `${name}=${fields[name]}`).join(' ')}</Say>`);
}

describe('Say', () => {
  it('is heard as its text, whatever SSML stands around it', async (t) => {
    const { call } = await callTo(
      t,
      '<Say voice="Polly.Joanna" language="en-GB" loop="2"><speak>Hello <break/><emphasis>dear</emphasis> <sub alias="doctor">Dr</sub>\n Who</speak></Say>',
    );
    const [said] = ofType(call, 'said');
    assert.deepEqual(
      [said?.text, said?.voice, said?.language, said?.times],
      ['Hello dear doctor Who', 'Polly.Joanna', 'en-GB', 2],
    );
  });

  it('shows voice and language in the transcript, and a Gather its hints, where they are given', async (t) => {
    const { call } = await callTo(
      t,
      '<Say voice="Polly.Amy" language="en-GB" loop="2">a</Say><Say language="de-DE">b</Say><Say>c</Say>' +
        '<Gather input="dtmf speech" numDigits="1" hints="sales, support"/><Gather/>',
    );
    await call.silence();
    const lines = callTranscript(call.events).split('\n');
    assert.deepEqual(
      lines.map((line) => line.replace(/^\S+ +/, '')).filter((line) => /^[<?]/.test(line)),
      [
        '< a (2 times) (Polly.Amy, en-GB)',
        '< b (de-DE)',
        '< c',
        '? waits for dtmf or speech, 1 digits (hints: sales, support)',
        '? waits for dtmf',
      ],
    );
  });

  it('without words warns, and goes on', async (t) => {
    const { call } = await callTo(t, '<Say loop="x"> </Say><Say>next</Say>');
    assert.deepEqual([codesOf(call), heard(call)], [[13510, 13520], ['next']]);
  });
});

describe('Play', () => {
  it('names the file, resolved, or sends tones', async (t) => {
    const { call, server } = await callTo(
      t,
      '<Play loop="3">music/a.mp3</Play><Play digits="1w2"/><Play digits="x"/>',
    );
    assert.deepEqual(
      ofType(call, 'played').map(({ url, times }) => [url, times]),
      [[`${server.url}/music/a.mp3`, 3]],
    );
    assert.deepEqual(
      ofType(call, 'tones').map(({ digits, durationMs }) => [digits, durationMs]),
      [['1w2', 900]],
    );
    assert.deepEqual(codesOf(call), [13430]);
  });
});

describe('Gather', () => {
  it('ends with the key that says so, and tells the digits before it', async (t) => {
    const { call } = await callTo(t, '<Gather finishOnKey="*" action="/a"/>', { '/a': saying('Digits') });
    await call.press('12#*9');
    assert.deepEqual(heard(call), ['Digits=12#']);
    assert.deepEqual(
      ofType(call, 'ignored').map(({ input }) => input),
      ['9'],
    );
  });

  it('ends after a pause between two digits', async (t) => {
    const { call } = await callTo(t, '<Gather timeout="3" action="/a"/>', { '/a': saying('Digits') });
    await call.press('4');
    await call.wait(2_000);
    await call.press('2');
    await call.wait(2_999);
    assert.equal(call.waiting?.for, 'input');
    await call.wait(1);
    assert.deepEqual(heard(call), ['Digits=42']);
  });

  it('falls through without input, or asks its action where it is told to', async (t) => {
    const { call } = await callTo(
      t,
      '<Gather timeout="1"/><Say>nothing</Say><Gather timeout="1" actionOnEmptyResult="true" action="/a"/><Say>never</Say>',
      { '/a': saying('Digits') },
    );
    await call.silence();
    await call.silence();
    assert.deepEqual(heard(call), ['nothing', 'Digits=']);
  });

  it('without an action asks its own document again, and a key alone ends nothing', async (t) => {
    const { call, server } = await callTo(t, '<Gather/>');
    await call.press('#');
    assert.equal(call.waiting?.for, 'input');
    await call.press('1#');
    assert.deepEqual(
      server.received.map(({ url, fields }) => [url, fields.Digits]),
      [
        ['/', undefined],
        ['/', '1'],
      ],
    );
  });

  it('of speech does not listen to keys', async (t) => {
    const { call } = await callTo(
      t,
      '<Gather input="speech" hints="yes, no" action="/a" partialResultCallback="/p"/>',
      {
        '/a': saying('SpeechResult', 'Confidence'),
        '/p': '',
      },
    );
    assert.deepEqual(ofType(call, 'gathering')[0]?.hints, ['yes', 'no']);
    await call.press('1');
    await call.speak('oh yes', { confidence: 0.5 });
    assert.deepEqual(heard(call), ['SpeechResult=oh yes Confidence=0.5']);
    const partial = requestsOf(call).filter(({ purpose }) => purpose === 'partial');
    assert.deepEqual(
      partial.map(({ parameters }) => [parameters.UnstableSpeechResult, parameters.StableSpeechResult]),
      [
        ['oh', ''],
        ['', 'oh yes'],
      ],
    );
  });

  it('lets its prompt be interrupted, unless it is told not to', async (t) => {
    const prompt = '<Say>one two three four</Say><Say>five six</Say>';
    const { call } = await callTo(
      t,
      `<Gather numDigits="1" action="/a">${prompt}</Gather>`,
      { '/a': '<Hangup/>' },
      { pace: 'steps' },
    );
    assert.deepEqual(heard(call), ['one two three four']);
    await call.press('1');
    assert.deepEqual([heard(call), endOf(call)], [['one two three four'], 'Hangup']);
    const deaf = await callTo(
      t,
      `<Gather numDigits="1" bargeIn="false">${prompt}</Gather>`,
      {},
      { pace: 'steps' },
    );
    await deaf.call.press('1');
    await deaf.call.step();
    assert.equal(heard(deaf.call).at(-1), 'five six');
    assert.deepEqual(
      ofType(deaf.call, 'ignored').map(({ input }) => input),
      ['1'],
    );
  });

  it('warns of values that are not allowed, and takes the default', async (t) => {
    const { call } = await callTo(
      t,
      '<Gather timeout="soon" numDigits="0" finishOnKey="x" method="PUT" speechTimeout="-1" actionOnEmptyResult="maybe"><Record/></Gather>',
    );
    assert.deepEqual([...codesOf(call)].sort(), [13310, 13312, 13313, 13314, 13320, 13327, 13338]);
  });
});

describe('Record', () => {
  it('ends with a key, and tells what it was', async (t) => {
    const { call } = await callTo(
      t,
      '<Record finishOnKey="#" action="/a" recordingStatusCallbackEvent="in-progress completed" recordingStatusCallback="/r"/>',
      {
        '/a': saying('Digits', 'RecordingDuration'),
        '/r': '',
      },
    );
    await call.speak('one two three four five');
    await call.press('#');
    assert.deepEqual(heard(call), ['Digits=# RecordingDuration=2']);
    const told = requestsOf(call).filter(({ purpose }) => purpose === 'recording');
    assert.deepEqual(
      told.map(({ parameters }) => parameters.RecordingStatus),
      ['in-progress', 'completed'],
    );
  });

  for (const [what, cut] of [
    ['a key', (call: Call) => call.press('#')],
    ['hanging up', (call: Call) => call.hangUp()],
  ] as const) {
    it(`is cut short by ${what} in the middle of a sentence`, async (t) => {
      const server = await serveTwiml(
        { '/': '<Record finishOnKey="#" action="/a"/>', '/a': '<Hangup/>' },
        { clock: REAL_CLOCK },
      );
      t.after(server.close);
      const call = await server.simulator.call({ url: '/' });
      const isSaid = call.speak('word '.repeat(100));
      await new Promise((resolve) => setTimeout(resolve, 50));
      await cut(call);
      await Promise.all([isSaid, call.finished]);
      const [recorded] = ofType(call, 'recorded');
      assert.ok(recorded !== undefined && recorded.durationMs < 10_000, JSON.stringify(recorded));
    });
  }

  it('tells of the recording while it starts, and nothing but the recording', async (t) => {
    const { call } = await callTo(
      t,
      '<Record timeout="3" recordingStatusCallbackEvent="in-progress completed absent" recordingStatusCallback="/r"/>',
      { '/r': '<Say>never</Say>' },
    );
    const told = () =>
      requestsOf(call)
        .filter(({ purpose }) => purpose === 'recording')
        .map(({ parameters }) => parameters);
    const [started] = told();
    assert.deepEqual(Object.keys(started ?? {}).sort(), [
      'AccountSid',
      'CallSid',
      'RecordingChannels',
      'RecordingSid',
      'RecordingSource',
      'RecordingStartTime',
      'RecordingStatus',
      'RecordingTrack',
      'RecordingUrl',
    ]);
    assert.deepEqual([call.waiting?.for, started?.RecordingStatus], ['recording', 'in-progress']);
    await call.silence();
    const [, ended] = told();
    assert.deepEqual([ended?.RecordingStatus, ended?.ErrorCode], ['absent', '16102']);
    assert.equal(ended?.RecordingSid, started?.RecordingSid);
  });

  it('ends in silence, at its length, and without a word goes on', async (t) => {
    const { call } = await callTo(
      t,
      '<Record timeout="3"/><Say>empty</Say><Record maxLength="2" action="/a"/>',
      {
        '/a': saying('RecordingDuration'),
      },
    );
    await call.silence();
    assert.deepEqual(heard(call), ['empty']);
    await call.speak('far too many words for two seconds');
    assert.deepEqual(
      ofType(call, 'recorded').map(({ why }) => why),
      ['silence', 'maximum length'],
    );
    assert.equal(heard(call).at(-1), 'RecordingDuration=2');
  });

  it('of less than two seconds is not transcribed', async (t) => {
    const { call } = await callTo(t, '<Record action="/a" transcribeCallback="/t"/>', {
      '/a': '<Hangup/>',
      '/t': '',
    });
    await call.speak('hi');
    await call.press('1');
    assert.equal(requestsOf(call).at(-1)?.parameters.TranscriptionStatus, 'failed');
  });
});

describe('Dial', () => {
  const after = { '/after': saying('DialCallStatus', 'DialCallDuration') };

  it('takes whoever answers first, and the others are cancelled', async (t) => {
    const { call } = await callTo(
      t,
      '<Dial><Number>+14155550101</Number><Client>jenny</Client><Sip>sip:a@example.com</Sip></Dial>',
    );
    assert.deepEqual(
      call.waiting?.for === 'answer'
        ? call.waiting.parties.map(({ kind, address }) => `${kind} ${address}`)
        : [],
      ['number +14155550101', 'client jenny', 'sip sip:a@example.com'],
    );
    await call.busy(0);
    await call.answer(0);
    const ends = ofType(call, 'status')
      .filter(({ leg }) => leg === 'callee')
      .slice(-3)
      .map(({ status }) => status);
    assert.deepEqual(ends, ['busy', 'in-progress', 'canceled']);
    assert.equal(call.waiting?.for === 'conversation' ? call.waiting.party.address : '', 'jenny');
  });

  it('ends with the star, at its time limit, or when nobody is left', async (t) => {
    const star = await callTo(t, '<Dial hangupOnStar="true" action="/after">+14155550101</Dial>', after);
    await star.call.answer();
    await star.call.wait(3_000);
    await star.call.press('1*');
    assert.deepEqual(heard(star.call), ['DialCallStatus=completed DialCallDuration=3']);
    const limit = await callTo(t, '<Dial timeLimit="10" action="/after">+14155550101</Dial>', after);
    await limit.call.answer();
    await limit.call.silence();
    assert.deepEqual(heard(limit.call), ['DialCallStatus=completed DialCallDuration=10']);
  });

  it('lets the dialled party listen first, who may refuse', async (t) => {
    const screening = {
      '/screen': '<Gather numDigits="1" action="/choice"><Say>Press 1 to accept.</Say></Gather><Hangup/>',
      '/choice': (({ fields }, response) =>
        sendTwiml(response, fields.Digits === '1' ? '' : '<Hangup/>')) satisfies Answer,
      ...after,
    };
    const twiml = '<Dial action="/after"><Number url="/screen">+14155550101</Number></Dial>';
    const accepted = await callTo(t, twiml, screening);
    await accepted.call.answer();
    assert.deepEqual(accepted.call.waiting, {
      for: 'input',
      leg: 'callee',
      input: ['dtmf'],
      digits: '',
      remainingMs: 5_000,
    });
    await accepted.call.press('1', 'callee');
    assert.equal(accepted.call.waiting?.for, 'conversation');
    const [, asked] = requestsOf(accepted.call);
    assert.equal(asked?.parameters.ParentCallSid, accepted.call.sid);
    assert.deepEqual([asked?.parameters.Direction, asked?.parameters.To], ['outbound-dial', '+14155550101']);
    const refused = await callTo(t, twiml, screening);
    await refused.call.answer();
    await refused.call.silence();
    assert.match(heard(refused.call).at(-1) ?? '', /DialCallStatus=no-answer/);
  });

  it('tells the states of the other leg in order, and what it recorded', async (t) => {
    const { call } = await callTo(
      t,
      '<Dial record="record-from-answer-dual" action="/after" recordingStatusCallback="/r"><Number statusCallback="/s" statusCallbackEvent="initiated ringing answered completed">+14155550101</Number></Dial>',
      { ...after, '/s': '', '/r': '' },
    );
    await call.answer();
    await call.wait(5_000);
    await call.hangUp('callee');
    const told = requestsOf(call).filter(({ purpose }) => purpose === 'status');
    assert.deepEqual(
      told.map(({ parameters: { CallStatus, SequenceNumber } }) => [CallStatus, SequenceNumber]),
      [
        ['initiated', '0'],
        ['ringing', '1'],
        ['in-progress', '2'],
        ['completed', '3'],
      ],
    );
    const action = requestsOf(call).find(({ purpose }) => purpose === 'action');
    assert.match(action?.parameters.RecordingUrl ?? '', /\/Recordings\/RE/);
    assert.equal(
      requestsOf(call).find(({ purpose }) => purpose === 'recording')?.parameters.RecordingChannels,
      '2',
    );
  });

  it('is over when the caller hangs up, whatever the action answers', async (t) => {
    const { call } = await callTo(t, '<Dial action="/after">+14155550101</Dial>', after);
    await call.hangUp();
    assert.deepEqual([endOf(call), heard(call)], ['caller hung up', []]);
    assert.equal(requestsOf(call).at(-1)?.parameters.DialCallStatus, 'canceled');
  });

  it('refuses what is no number, and dials nobody from a dialled leg', async (t) => {
    const bad = await callTo(t, '<Dial>not a number</Dial><Say>went on</Say>');
    assert.deepEqual([codesOf(bad.call), heard(bad.call)], [[13223], ['went on']]);
    const tones = await callTo(t, '<Dial><Number sendDigits="1x2">+14155550101</Number></Dial>');
    assert.deepEqual([codesOf(tones.call), tones.call.waiting?.for], [[13222], 'answer']);
    const nested = await callTo(t, '<Dial><Number url="/s">+14155550101</Number></Dial>', {
      '/s': '<Dial>+14155550102</Dial>',
    });
    await nested.call.answer();
    assert.deepEqual(codesOf(nested.call), [13201]);
  });

  it('with answerOnBridge takes the call only once the other party has', async (t) => {
    const twiml =
      '<Dial answerOnBridge="true"><Number url="/s">+14155550101</Number></Dial><Say>nobody</Say>';
    const seen = { '/s': saying('CallStatus') };
    const taken = await callTo(t, twiml, seen);
    assert.equal(taken.call.status, 'ringing');
    await taken.call.answer();
    assert.equal(taken.call.status, 'in-progress');
    const missed = await callTo(t, twiml, seen);
    await missed.call.noAnswer();
    assert.deepEqual([heard(missed.call), missed.call.status], [['nobody'], 'completed']);
    const gone = await callTo(t, twiml, seen);
    await gone.call.hangUp();
    assert.deepEqual([endOf(gone.call), gone.call.status], ['caller hung up', 'no-answer']);
    const room = await callTo(t, '<Dial answerOnBridge="true"><Conference>room</Conference></Dial>');
    assert.equal(room.call.status, 'in-progress');
  });

  it('into a conference starts it only when somebody else joins', async (t) => {
    const { call } = await callTo(
      t,
      '<Dial><Conference muted="true" participantLabel="guest" statusCallback="/s" statusCallbackEvent="start end join leave">room</Conference></Dial>',
      { '/s': '' },
    );
    const told = () => requestsOf(call).filter(({ purpose }) => purpose === 'status');
    const [joined] = told().map(({ parameters }) => parameters);
    assert.deepEqual(
      [joined?.StatusCallbackEvent, joined?.Muted, joined?.ParticipantLabel, joined?.From],
      ['participant-join', 'true', 'guest', undefined],
    );
    assert.equal(told().length, 1);
    await assert.rejects(call.busy(), /nobody rings who could be busy/);
    await call.hangUp();
    assert.deepEqual(
      told().map(({ parameters }) => parameters.StatusCallbackEvent),
      ['participant-join', 'participant-leave', 'conference-end'],
    );
  });

  it('into a conference waits, talks and tells', async (t) => {
    const { call } = await callTo(
      t,
      '<Dial action="/after"><Conference startConferenceOnEnter="false" waitUrl="/wait" statusCallback="/s" statusCallbackEvent="start end join leave">room</Conference></Dial>',
      { ...after, '/wait': '<Say>please hold</Say><Record/>', '/s': '' },
    );
    assert.deepEqual([heard(call), call.waiting?.for], [['please hold'], 'conference']);
    await call.wait(2_000);
    assert.equal(codesOf(call)[0], 13238);
    await call.answer();
    await call.wait(10_000);
    await call.hangUp('callee');
    assert.match(heard(call).at(-1) ?? '', /^DialCallStatus=answered/);
    const told = requestsOf(call).filter(({ purpose }) => purpose === 'status');
    assert.deepEqual(
      told.map(({ parameters }) => parameters.StatusCallbackEvent),
      ['participant-join', 'conference-start', 'participant-leave', 'conference-end'],
    );
  });
});

describe('Redirect', () => {
  it('by GET is shown without all its parameters', async (t) => {
    const { call } = await callTo(t, '<Redirect method="GET">/next?step=2</Redirect>', { '/next': '' });
    const line = callTranscript(call.events)
      .split('\n')
      .find((text) => text.includes('GET /next?'));
    assert.match(line ?? '', /GET \/next\?step=2&AccountSid=\S{40,80}… 200 \(redirect\)/);
  });
});

describe('Hangup', () => {
  it('as the first verb takes the call all the same', async (t) => {
    const { call } = await callTo(
      t,
      '<Hangup/>',
      { '/s': '' },
      {
        statusCallback: '/s',
        statusCallbackEvent: ['answered', 'completed'],
      },
    );
    assert.deepEqual(
      requestsOf(call)
        .filter(({ purpose }) => purpose === 'status')
        .map(({ parameters }) => parameters.CallStatus),
      ['in-progress', 'completed'],
    );
  });
});

describe('Enqueue', () => {
  const answers = {
    '/wait': '<Say>hold</Say><Play>music.mp3</Play>',
    '/after': saying('QueueResult', 'QueueTime'),
  };
  const twiml = '<Enqueue waitUrl="/wait" action="/after">support</Enqueue>';

  it('plays its wait document until somebody takes the call', async (t) => {
    const { call, server } = await callTo(t, twiml, answers);
    assert.deepEqual(call.waiting, { for: 'agent', queue: 'support' });
    await call.wait(20_000);
    assert.ok(heard(call).length > 2);
    assert.equal(server.received.at(-1)?.fields.QueuePosition, '1');
    await call.answer();
    assert.equal(call.waiting?.for, 'conversation');
    await call.hangUp('callee');
    assert.match(heard(call).at(-1) ?? '', /^QueueResult=bridged QueueTime=20/);
  });

  it('is left by Leave, or by hanging up', async (t) => {
    const left = await callTo(t, twiml, { ...answers, '/wait': '<Say>too long</Say><Leave/>' });
    await left.call.silence();
    assert.match(heard(left.call).at(-1) ?? '', /^QueueResult=leave/);
    const gone = await callTo(t, twiml, answers);
    await gone.call.hangUp();
    assert.equal(requestsOf(gone.call).at(-1)?.parameters.QueueResult, 'hangup');
  });
});

describe('other verbs', () => {
  it('Refer hands the call over and asks its action', async (t) => {
    const { call } = await callTo(t, '<Refer action="/a"><Sip>sip:x@example.com</Sip></Refer>', {
      '/a': saying('ReferCallStatus'),
    });
    assert.deepEqual(heard(call), ['ReferCallStatus=completed']);
  });

  for (const name of ['Pay', 'Connect', 'Start', 'Stop', 'Prompt', 'Stream', 'Siprec', 'Sms', 'Echo']) {
    it(`${name} is marked as not simulated, and the next verb follows`, async (t) => {
      const { call } = await callTo(t, `<${name}><Stream url="wss://example.com"/></${name}><Say>next</Say>`);
      assert.match(ofType(call, 'stand-in')[0]?.text ?? '', new RegExp(`^${name}.*not simulated`));
      assert.deepEqual(heard(call), ['next']);
    });
  }

  it('what is unknown warns with its place, and is passed over', async (t) => {
    const { call } = await callTo(t, '\n <say>small</say><Dance/><Say colour="red">fine</Say>');
    assert.deepEqual(
      ofType(call, 'problem').map(({ problem: { code, line, column } }) => [code, line, column]),
      [
        [12200, 2, 2],
        [12200, 2, 18],
        [12200, 2, 31],
      ],
    );
    assert.deepEqual(heard(call), ['fine']);
  });
});

describe('a call', () => {
  it('tells its progress in order', async (t) => {
    const { call, server } = await callTo(
      t,
      '<Say>a</Say>',
      { '/s': '' },
      {
        direction: 'outbound-api',
        statusCallback: '/s',
        statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      },
    );
    const told = requestsOf(call).filter(({ purpose }) => purpose === 'status');
    assert.deepEqual(
      told.map(({ parameters }) => parameters.CallStatus),
      ['initiated', 'ringing', 'in-progress', 'completed'],
    );
    assert.equal(told.at(-1)?.parameters.Duration, '1');
    assert.deepEqual(
      [server.received[0]?.fields.From, server.received[0]?.fields.Direction],
      ['+14155550199', 'outbound-api'],
    );
  });

  it('that nobody answers asks for no document', async (t) => {
    const { call, server } = await callTo(
      t,
      '<Say>a</Say>',
      {},
      { direction: 'outbound-api', answer: 'busy' },
    );
    assert.deepEqual([call.status, endOf(call), server.received.length], ['busy', 'not answered', 0]);
  });

  it('hears plain text and sound files as they are', async (t) => {
    const { call } = await callTo(
      t,
      '',
      {
        '/text': (_, response) => response.writeHead(200, { 'Content-Type': 'text/plain' }).end('just words'),
      },
      { url: '/text' },
    );
    assert.deepEqual(heard(call), ['just words']);
  });

  it('does the same each time, SIDs and times included', async () => {
    const run = async () => {
      const server = await serveTwiml({
        '/': '<Gather numDigits="1"><Say>press</Say></Gather><Record/><Dial>+14155550101</Dial>',
      });
      const { createSimulator, seededRandom } = await import('../src/simulator/index.js');
      const simulator = createSimulator({ baseUrl: server.url, random: seededRandom(3) });
      const call = await simulator.call({ url: '/' });
      await call.silence();
      await call.speak('words');
      await call.press('1');
      await call.hangUp();
      await server.close();
      return JSON.stringify(call.events)
        .replaceAll(server.url, '')
        .replace(/"durationMs":\d+,"problem"/g, '');
    };
    assert.equal(await run(), await run());
  });
});
