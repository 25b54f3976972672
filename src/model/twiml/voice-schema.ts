/** The verbs of TwiML for calls, and what stands in them. Pages: twilio.com/docs/voice/twiml and below. */
import { absent, absentAll, complete, type ElementTable, element, partial } from './schema';
import { VOICE_STAND_INS } from './stand-in-schema';

const RECORDING_CALLBACK = {
  recordingStatusCallback: complete('url'),
  recordingStatusCallbackMethod: complete('method'),
  recordingStatusCallbackEvent: complete('text', { note: 'Of in-progress, completed, absent.' }),
};
const TRIM = absent(['trim-silence', 'do-not-trim'], 'There is no sound to trim.');

const LEG_CALLBACK = {
  statusCallback: complete('url'),
  statusCallbackEvent: complete('text'),
  statusCallbackMethod: complete('method'),
};
const LEG = {
  url: complete('url'),
  method: complete('method', { code: 13221 }),
  ...LEG_CALLBACK,
};
const MACHINE = absentAll(
  'amdStatusCallback amdStatusCallbackMethod machineDetection machineDetectionSilenceTimeout machineDetectionSpeechEndThreshold machineDetectionSpeechThreshold machineDetectionTimeout',
);

const VERBS = [
  ...['Say', 'Play', 'Pause', 'Gather', 'Record', 'Dial', 'Redirect', 'Hangup', 'Reject'],
  ...['Enqueue', 'Leave', 'Refer', 'Sms', 'Message', 'Queue', ...Object.keys(VOICE_STAND_INS)],
];

export const VOICE_SCHEMA: ElementTable = {
  Response: element({ page: 'voice/twiml', children: VERBS }),
  Say: element({
    page: 'voice/twiml/say',
    support: 'partial',
    attributes: {
      voice: complete('text', { note: 'Shown, and spoken by the console with what the browser has.' }),
      language: complete('text', { note: 'As voice.' }),
      loop: complete('integer from 0', { code: 13510, note: '0 repeats until the call ends.' }),
    },
    children: 'any',
    note: 'SSML is heard as its text; how it sounds is not simulated. Speaking takes 400 ms for each word.',
  }),
  Play: element({
    page: 'voice/twiml/play',
    support: 'partial',
    attributes: {
      loop: complete('integer from 0', { code: 13410, note: '0 repeats until the call ends.' }),
      digits: complete('digits', { code: 13430 }),
    },
    note: 'The file is not fetched; each counts as 5 s.',
  }),
  Pause: element({
    page: 'voice/twiml/pause',
    attributes: { length: complete('positive integer', { code: 13910 }) },
  }),
  Gather: element({
    page: 'voice/twiml/gather',
    attributes: {
      input: complete('text', { code: 13326 }),
      action: complete('url'),
      method: complete('method', { code: 13312 }),
      timeout: complete('positive integer', { code: 13313 }),
      finishOnKey: complete('key', { code: 13310 }),
      numDigits: complete('positive integer', { code: 13314 }),
      speechTimeout: complete('text', { code: 13327 }),
      maxSpeechTime: absent('positive integer', 'What is spoken comes at once.'),
      hints: partial('text', 'Shown; recognition is what the caller says.'),
      language: partial('text', 'Sent on; recognition is what the caller says.'),
      actionOnEmptyResult: complete('boolean', { code: 13338 }),
      bargeIn: complete('boolean', { code: 13332 }),
      partialResultCallback: partial('url', 'Once for each word.'),
      partialResultCallbackMethod: complete('method', { code: 13329 }),
      ...absentAll('profanityFilter enhanced speechModel debug'),
    },
    children: ['Say', 'Play', 'Pause'],
    childCode: 13320,
  }),
  Record: element({
    page: 'voice/twiml/record',
    support: 'partial',
    attributes: {
      action: complete('url'),
      method: complete('method', { code: 13610 }),
      timeout: complete('positive integer', { code: 13611 }),
      finishOnKey: complete('key', { code: 13613 }),
      maxLength: complete('positive integer', { code: 13612 }),
      playBeep: complete('boolean', { code: 13616 }),
      ...RECORDING_CALLBACK,
      transcribe: complete('boolean', { code: 13614 }),
      transcribeCallback: complete('url'),
      trim: TRIM,
      recordingTrack: absent(),
    },
    note: 'There is no sound: RecordingUrl is of the right form, and nothing is there. The transcription is what the caller said.',
  }),
  Dial: element({
    page: 'voice/twiml/dial',
    support: 'partial',
    attributes: {
      action: complete('url'),
      method: complete('method', { code: 13210 }),
      timeout: complete('positive integer', { code: 13212 }),
      timeLimit: complete('positive integer', { code: 13216 }),
      hangupOnStar: complete('boolean', { code: 13213 }),
      callerId: complete('text', { code: 13214 }),
      record: partial('text', 'What is recorded when is told; there is no sound.', 13217),
      ...RECORDING_CALLBACK,
      answerOnBridge: complete('boolean', { code: 13219 }),
      sequential: absent('boolean', 'Whoever you say answers.'),
      trim: TRIM,
      ...absentAll('ringTone recordingTrack referUrl referMethod events'),
    },
    children: ['Number', 'Client', 'Sip', 'Conference', 'Queue', 'Sim', 'Application', 'WhatsApp'],
    childCode: 13215,
    note: 'Who answers, is busy, does not answer or fails is chosen by you.',
  }),
  Number: element({
    page: 'voice/twiml/number',
    support: 'partial',
    attributes: {
      ...LEG,
      sendDigits: complete('digits', { code: 13222 }),
      ...MACHINE,
      ...absentAll('phoneNumberSid byoc'),
    },
    note: 'Nobody finds out whether a machine answers.',
  }),
  Client: element({
    page: 'voice/twiml/client',
    support: 'partial',
    attributes: LEG,
    children: ['Identity', 'Parameter'],
    note: 'No app rings, and none gets the parameters.',
  }),
  Identity: element({ page: 'voice/twiml/client#custom-parameters' }),
  Parameter: element({
    page: 'voice/twiml/client#custom-parameters',
    support: 'absent',
    attributes: absentAll('name value'),
  }),
  Sip: element({
    page: 'voice/twiml/sip',
    support: 'partial',
    attributes: {
      ...LEG,
      method: complete('method', { code: 13241 }),
      ...MACHINE,
      ...absentAll('username password codecs'),
    },
    note: 'No SIP is spoken, and no headers are passed on: the action is told DialSipCallId and DialSipResponseCode, made up.',
  }),
  Conference: element({
    page: 'voice/twiml/conference',
    support: 'partial',
    attributes: {
      startConferenceOnEnter: partial(
        'boolean',
        'The conference starts when you say that somebody joins.',
        13232,
      ),
      endConferenceOnExit: partial(
        'boolean',
        'Told, as the reason of its end as well; the conference ends with the caller either way.',
        13231,
      ),
      muted: partial('boolean', 'Told; there is no sound.', 13230),
      participantLabel: complete('text'),
      waitUrl: complete('url'),
      waitMethod: complete('method', { code: 13234 }),
      statusCallback: complete('url'),
      statusCallbackEvent: partial('text', 'start, end, join and leave.'),
      statusCallbackMethod: complete('method'),
      ...absentAll(
        'beep maxParticipants region coach trim record recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent eventCallbackUrl jitterBufferSize',
      ),
    },
    note: 'One caller; the others are you.',
  }),
  Queue: element({
    page: 'voice/twiml/queue',
    support: 'partial',
    attributes: absentAll('url method reservationSid postWorkActivitySid'),
    note: 'Whether somebody waits in it is chosen by you.',
  }),
  Sim: element({
    page: 'iot/wireless/programmable-wireless',
    support: 'absent',
    note: 'Dialled as a number.',
  }),
  Application: element({ page: 'voice/twiml/application', support: 'absent', children: 'any' }),
  WhatsApp: element({
    page: 'voice/whatsapp-business-calling',
    support: 'absent',
    note: 'Dialled as a number.',
  }),
  Redirect: element({
    page: 'voice/twiml/redirect',
    attributes: { method: complete('method', { code: 13710 }) },
  }),
  Hangup: element({ page: 'voice/twiml/hangup', children: ['Parameter'] }),
  Reject: element({
    page: 'voice/twiml/reject',
    attributes: { reason: complete(['rejected', 'busy']) },
    children: ['Parameter'],
  }),
  Enqueue: element({
    page: 'voice/twiml/enqueue',
    support: 'partial',
    attributes: {
      action: complete('url'),
      method: complete('method', { code: 14201 }),
      waitUrl: complete('url'),
      waitUrlMethod: complete('method', { code: 14206 }),
      maxQueueSize: absent('positive integer', 'A queue holds this caller alone.'),
      workflowSid: absent(),
    },
    children: ['Task'],
    note: 'The caller waits until you say that an agent takes the call.',
  }),
  Task: element({
    page: 'voice/twiml/enqueue#task',
    support: 'absent',
    attributes: absentAll('priority timeout'),
  }),
  Leave: element({ page: 'voice/twiml/leave' }),
  Refer: element({
    page: 'voice/twiml/refer',
    support: 'partial',
    attributes: { action: complete('url'), method: complete('method') },
    children: ['Sip', 'ReferSip'],
    note: 'It always succeeds.',
  }),
  ReferSip: element({ page: 'voice/twiml/refer' }),
  Sms: element({
    page: 'voice/twiml/sms',
    support: 'partial',
    attributes: absentAll('to from action method statusCallback'),
    note: 'Marked in the transcript; no message is sent.',
  }),
  Message: element({
    page: 'voice/twiml/sms',
    support: 'partial',
    attributes: absentAll('to from action method statusCallback'),
    children: 'any',
    note: 'Marked in the transcript; no message is sent.',
  }),
  ...VOICE_STAND_INS,
};
