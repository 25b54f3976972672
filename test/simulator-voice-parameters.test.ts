/** Every parameter of every webhook of a call: no more, no fewer. The pages stand where the parameters are made. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type Call, type CallOptions, VirtualClock } from '../src/simulator';
import { requestsOf } from './support/call-events';
import {
  CALL,
  CALLER,
  dialledLeg,
  IN_PROGRESS,
  NEW_YORK,
  NOWHERE,
  PROJECT,
  STARTED,
  sentAs,
  tidy,
} from './support/call-parameters';
import { ACCOUNT_SID } from './support/phone';
import { serveTwiml } from './support/twiml-server';

const OPTIONS = {
  from: CALLER,
  to: PROJECT,
  url: '/',
  callerName: 'ALICE',
  forwardedFrom: '+12125550123',
} as const;

async function callTo(t: TestContext, twiml: string, options: Partial<CallOptions> = {}): Promise<Call> {
  const others = Object.fromEntries(['/action', '/status', '/recording', '/text'].map((path) => [path, '']));
  const clock = new VirtualClock(STARTED);
  const server = await serveTwiml({ '/': twiml, ...others }, { clock });
  t.after(server.close);
  return server.simulator.call({ ...OPTIONS, ...options });
}

describe('the parameters of a call', () => {
  it('of the first webhook are those of the call, of its numbers and their places', async (t) => {
    const call = await callTo(t, '<Hangup/>');
    const [first] = sentAs(requestsOf(call), 'document');
    assert.deepEqual(first, { ...CALL, CallStatus: 'ringing' });
  });

  it('have a token that names the call', async (t) => {
    const call = await callTo(t, '<Hangup/>');
    const token = JSON.parse(decodeURIComponent(requestsOf(call)[0]?.parameters.CallToken ?? ''));
    const [, payload] = token.parentCallInfoToken.split('.');
    assert.deepEqual(JSON.parse(Buffer.from(payload, 'base64url').toString()), {
      callSid: call.sid,
      from: CALLER,
      to: PROJECT,
      iat: String(STARTED / 1_000),
    });
    assert.deepEqual(token.identityHeaderTokens, []);
  });

  it('are without what nobody configured, and without a token for a call that the project makes', async (t) => {
    const server = await serveTwiml({ '/': '<Hangup/>' });
    t.after(server.close);
    const made = await server.simulator.call({
      from: CALLER,
      to: PROJECT,
      url: '/',
      direction: 'outbound-api',
    });
    const names = Object.keys(requestsOf(made)[0]?.parameters ?? {});
    const { CallToken, CallerName, ForwardedFrom, ...rest } = CALL;
    assert.deepEqual(names.sort(), [...Object.keys(rest), 'CallStatus'].sort());
  });
});

describe('the parameters of an action', () => {
  for (const { name, press, own } of [
    { name: 'keys and the key that ended them', press: '12#', own: { Digits: '12', FinishedOnKey: '#' } },
    { name: 'keys that are enough', press: '1234', own: { Digits: '1234' } },
  ]) {
    it(`of a Gather are ${name}`, async (t) => {
      const call = await callTo(t, '<Gather action="/action" numDigits="4"/>');
      await call.press(press);
      assert.deepEqual(sentAs(requestsOf(call), 'action'), [{ ...IN_PROGRESS, ...own }]);
    });
  }

  it('of a Gather of speech are the words, how sure they are, and the language', async (t) => {
    const call = await callTo(
      t,
      '<Gather input="speech" language="en-GB" action="/action" partialResultCallback="/status"/>',
    );
    await call.speak('sales', { confidence: 0.8 });
    const spoken = { SpeechResult: 'sales', Confidence: '0.8', Language: 'en-GB' };
    assert.deepEqual(sentAs(requestsOf(call), 'action'), [{ ...IN_PROGRESS, ...spoken }]);
    const partial = {
      SequenceNumber: '0',
      StableSpeechResult: 'sales',
      UnstableSpeechResult: '',
      Stability: '0.9',
    };
    assert.deepEqual(sentAs(requestsOf(call), 'partial'), [{ ...IN_PROGRESS, ...partial }]);
  });

  it('of a Record are the recording and its key; its callbacks have the recording, and the transcription', async (t) => {
    const call = await callTo(
      t,
      '<Record action="/action" recordingStatusCallback="/recording" recordingStatusCallbackEvent="in-progress completed" transcribeCallback="/text"/>',
    );
    await call.speak('please call me back some day soon');
    await call.press('#');
    await call.finished;
    const url = `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT_SID}/Recordings/RE…`;
    const recording = { RecordingSid: 'RE…', RecordingUrl: url };
    assert.deepEqual(sentAs(requestsOf(call), 'action'), [
      { ...IN_PROGRESS, ...recording, RecordingDuration: '3', Digits: '#' },
    ]);
    const told = {
      ...recording,
      AccountSid: ACCOUNT_SID,
      CallSid: 'CA…',
      RecordingChannels: '1',
      RecordingSource: 'RecordVerb',
      RecordingStartTime: 'Thu, 01 Jan 2026 09:00:00 +0000',
      RecordingTrack: 'both',
    };
    assert.deepEqual(sentAs(requestsOf(call), 'recording'), [
      { ...told, RecordingStatus: 'in-progress' },
      { ...told, RecordingStatus: 'completed', RecordingDuration: '3' },
    ]);
    assert.deepEqual(sentAs(requestsOf(call), 'transcription'), [
      {
        ...IN_PROGRESS,
        ...recording,
        TranscriptionSid: 'TR…',
        TranscriptionStatus: 'completed',
        TranscriptionText: 'please call me back some day soon',
        TranscriptionType: 'fast',
        TranscriptionUrl: `${url}/Transcriptions/TR…`,
      },
    ]);
  });
});

const PROGRESS = { CallbackSource: 'call-progress-events' };
const ALL_EVENTS = 'initiated ringing answered completed';

describe('the parameters of a Dial', () => {
  it('with a recording name the leg and the recording, and the end of the leg does so too', async (t) => {
    const number = `<Number url="/text" statusCallback="/status" statusCallbackEvent="${ALL_EVENTS}">+12125550101</Number>`;
    const call = await callTo(t, `<Dial action="/action" record="record-from-answer-dual">${number}</Dial>`);
    await call.answer();
    await call.wait(61_000);
    await call.hangUp('callee');
    const recording = {
      RecordingDuration: '61',
      RecordingSid: 'RE…',
      RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT_SID}/Recordings/RE…`,
    };
    assert.deepEqual(sentAs(requestsOf(call), 'action'), [
      {
        ...IN_PROGRESS,
        ...recording,
        DialBridged: 'true',
        DialCallDuration: '61',
        DialCallSid: 'CA…',
        DialCallStatus: 'completed',
      },
    ]);
    const leg = dialledLeg('+12125550101', NEW_YORK);
    assert.deepEqual(sentAs(requestsOf(call), 'screening'), [{ ...leg, CallStatus: 'in-progress' }]);
    const told = { ...leg, ...PROGRESS, Timestamp: 'Thu, 01 Jan 2026 09:00:00 +0000' };
    assert.deepEqual(sentAs(requestsOf(call), 'status'), [
      { ...told, CallStatus: 'initiated', SequenceNumber: '0' },
      { ...told, CallStatus: 'ringing', SequenceNumber: '1' },
      { ...told, CallStatus: 'in-progress', SequenceNumber: '2' },
      {
        ...told,
        ...recording,
        CallDuration: '61',
        CallStatus: 'completed',
        Duration: '2',
        SequenceNumber: '3',
        SipResponseCode: '200',
        Timestamp: 'Thu, 01 Jan 2026 09:01:01 +0000',
      },
    ]);
  });

  for (const { outcome, status, code } of [
    { outcome: 'busy', status: 'busy', code: '486' },
    { outcome: 'noAnswer', status: 'no-answer', code: '487' },
    { outcome: 'fail', status: 'failed', code: '404' },
    { outcome: 'hangUp', status: 'canceled', code: '487' },
  ] as const) {
    it(`to SIP have the id of its call and ${code} where it is ${status}`, async (t) => {
      const address = 'sip:jack@example.com;transport=tcp';
      const twiml = `<Dial action="/action"><Sip statusCallback="/status">${address}</Sip></Dial>`;
      const call = await callTo(t, twiml);
      await call[outcome]();
      const [action] = requestsOf(call).filter(({ purpose }) => purpose === 'action');
      const { DialCallSid, DialSipCallId, ...parameters } = action?.parameters ?? {};
      assert.equal(DialSipCallId, `${DialCallSid?.slice(2)}@0.0.0.0`);
      assert.deepEqual(tidy(parameters), {
        ...CALL,
        CallStatus: outcome === 'hangUp' ? 'completed' : 'in-progress',
        DialBridged: 'false',
        DialCallStatus: status,
        DialSipResponseCode: code,
      });
      assert.deepEqual(sentAs(requestsOf(call), 'status'), [
        {
          ...dialledLeg(address, NOWHERE),
          ...PROGRESS,
          CallDuration: '0',
          CallStatus: status,
          Duration: '0',
          SequenceNumber: '0',
          SipResponseCode: code,
          Timestamp: 'Thu, 01 Jan 2026 09:00:00 +0000',
        },
      ]);
    });
  }

  it('to SIP have its host and its id once it is answered', async (t) => {
    const address = 'sips:jack@[::1]:5061?x-a=b';
    const call = await callTo(t, `<Dial action="/action"><Sip url="/text">${address}</Sip></Dial>`);
    await call.answer();
    await call.hangUp('callee');
    const [screening, action] = requestsOf(call)
      .slice(1)
      .map(({ parameters }) => parameters);
    const { SipCallId, ...rest } = screening ?? {};
    assert.equal(SipCallId, `${screening?.CallSid?.slice(2)}@0.0.0.0`);
    assert.deepEqual(tidy(rest), {
      ...dialledLeg(address, NOWHERE),
      CallStatus: 'in-progress',
      SipDomain: '[::1]',
    });
    assert.deepEqual([action?.DialSipCallId, action?.DialSipResponseCode], [SipCallId, '200']);
  });
});

describe('the parameters of the status callbacks of a call', () => {
  it('are those of the call, and at its end how long it was and what SIP said', async (t) => {
    const statusCallbackEvent = ALL_EVENTS.split(' ');
    const call = await callTo(t, '<Say>a</Say><Pause length="5"/>', {
      statusCallback: '/status',
      statusCallbackEvent,
    });
    await call.finished;
    const told = { ...CALL, ...PROGRESS, Timestamp: 'Thu, 01 Jan 2026 09:00:00 +0000' };
    assert.deepEqual(sentAs(requestsOf(call), 'status'), [
      { ...told, CallStatus: 'ringing', SequenceNumber: '0' },
      { ...told, CallStatus: 'in-progress', SequenceNumber: '1' },
      {
        ...told,
        CallDuration: '5',
        CallStatus: 'completed',
        Duration: '1',
        SequenceNumber: '2',
        SipResponseCode: '200',
        Timestamp: 'Thu, 01 Jan 2026 09:00:05 +0000',
      },
    ]);
  });

  for (const [answer, code] of [
    ['busy', '486'],
    ['no-answer', '487'],
    ['failed', '404'],
  ] as const) {
    it(`say ${code} where a call that the project makes is ${answer}`, async (t) => {
      const call = await callTo(t, '', { direction: 'outbound-api', answer, statusCallback: '/status' });
      const [end] = sentAs(requestsOf(call), 'status');
      assert.deepEqual([end?.CallStatus, end?.SipResponseCode, end?.CallToken], [answer, code, undefined]);
    });
  }
});

const ROOM = { AccountSid: ACCOUNT_SID, ConferenceSid: 'CF…', FriendlyName: 'room' };

function conferenceTwiml(attributes: string): string {
  const callback = 'statusCallback="/status" statusCallbackEvent="start end join leave"';
  return `<Dial action="/action" hangupOnStar="true"><Conference ${callback} ${attributes}>room</Conference></Dial>`;
}

describe('the parameters of a conference', () => {
  it('are those of the room, of who is in it, and why it ended', async (t) => {
    const twiml = conferenceTwiml(
      'participantLabel="guest" endConferenceOnExit="true" muted="true" waitUrl="/text"',
    );
    const call = await callTo(t, twiml);
    const [waiting] = sentAs(requestsOf(call), 'wait');
    assert.deepEqual(waiting, { ...IN_PROGRESS, ConferenceSid: 'CF…', FriendlyName: 'room' });
    await call.answer();
    await call.hangUp();
    const participant = {
      ...ROOM,
      CallSid: 'CA…',
      Coaching: 'false',
      EndConferenceOnExit: 'true',
      Hold: 'false',
      Muted: 'true',
      ParticipantLabel: 'guest',
      StartConferenceOnEnter: 'true',
    };
    const told = sentAs(requestsOf(call), 'status').map(({ Timestamp, ...parameters }) => {
      assert.match(Timestamp ?? '', /^Thu, 01 Jan 2026 09:00:\d\d \+0000$/);
      return parameters;
    });
    assert.deepEqual(told, [
      { ...participant, SequenceNumber: '0', StatusCallbackEvent: 'participant-join' },
      { ...ROOM, SequenceNumber: '1', StatusCallbackEvent: 'conference-start' },
      {
        ...participant,
        ParticipantCallStatus: 'completed',
        ReasonParticipantLeft: 'participant_hung_up',
        SequenceNumber: '2',
        StatusCallbackEvent: 'participant-leave',
      },
      {
        ...ROOM,
        CallSidEndingConference: 'CA…',
        ParticipantLabelEndingConference: 'guest',
        Reason: 'CA… left, with endConferenceOnExit',
        ReasonConferenceEnded: 'participant-with-end-conference-on-exit-left',
        SequenceNumber: '3',
        StatusCallbackEvent: 'conference-end',
      },
    ]);
    assert.deepEqual(sentAs(requestsOf(call), 'action'), [
      {
        ...CALL,
        CallStatus: 'completed',
        ConferenceSid: 'CF…',
        DialBridged: 'true',
        DialCallDuration: '0',
        DialCallStatus: 'answered',
      },
    ]);
  });

  for (const { name, leave, status, why, whose, reason } of [
    {
      name: 'the last one left with the star key, and its call goes on',
      leave: (call: Call) => call.press('*'),
      status: 'in-progress',
      why: 'participant_hung_up',
      whose: 'its own',
      reason: 'last-participant-left',
    },
    {
      name: 'somebody else ended it',
      leave: (call: Call) => call.hangUp('callee'),
      status: 'in-progress',
      why: 'moderator_ended_conference',
      whose: 'of another call',
      reason: 'participant-with-end-conference-on-exit-left',
    },
  ]) {
    it(`say that ${name}`, async (t) => {
      const call = await callTo(t, conferenceTwiml(''));
      await call.answer();
      await leave(call);
      const told = requestsOf(call).filter(({ purpose }) => purpose === 'status');
      const [left, end] = told.slice(-2).map(({ parameters }) => parameters);
      assert.deepEqual([left?.ParticipantCallStatus, left?.ReasonParticipantLeft], [status, why]);
      assert.equal(end?.ReasonConferenceEnded, reason);
      assert.equal(end?.ParticipantLabelEndingConference, undefined);
      assert.equal(end?.CallSidEndingConference === call.sid ? 'its own' : 'of another call', whose);
    });
  }
});
