/**
 * What may stand where in TwiML, as far as `check` has something to say about it; from the vendor's SDK 5 (its classes
 * `VoiceResponse` and `MessagingResponse`). What is in none of the lists is not judged: the vendor adds verbs.
 */
import { editDistance } from '../config/suggest';

export type TwimlParent = 'voice' | 'messaging' | 'Gather' | 'Dial' | 'Message' | 'Say';

/** The direct children of each. */
export const CHILDREN: Readonly<Record<TwimlParent, readonly string[]>> = {
  voice: [
    'Connect',
    'Dial',
    'Echo',
    'Enqueue',
    'Gather',
    'Hangup',
    'Leave',
    'Pause',
    'Pay',
    'Play',
    'Prompt',
    'Queue',
    'Record',
    'Redirect',
    'Refer',
    'Reject',
    'Say',
    'Sms',
    'Start',
    'Stop',
  ],
  messaging: ['Message', 'Redirect'],
  Gather: ['Say', 'Play', 'Pause'],
  Dial: ['Number', 'Client', 'Sip', 'Conference', 'Queue', 'Sim', 'Application', 'WhatsApp'],
  Message: ['Body', 'Media'],
  Say: ['break', 'emphasis', 'lang', 'p', 'phoneme', 'prosody', 's', 'say-as', 'sub', 'w'],
};

/** Every name that is a verb somewhere; one of them in a wrong place is certainly a mistake. */
export const VERBS: readonly string[] = [...CHILDREN.voice, ...CHILDREN.messaging];

const STATUS_CALLBACK = ['statusCallback', 'statusCallbackEvent', 'statusCallbackMethod'];
const RECORDING = [
  'recordingStatusCallback',
  'recordingStatusCallbackEvent',
  'recordingStatusCallbackMethod',
];

const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  Say: ['language', 'loop', 'voice'],
  Play: ['digits', 'loop'],
  Pause: ['length'],
  Redirect: ['method'],
  Reject: ['reason'],
  Enqueue: ['action', 'maxQueueSize', 'method', 'waitUrl', 'waitUrlMethod', 'workflowSid'],
  Message: ['action', 'from', 'method', 'statusCallback', 'to'],
  Record: [
    ...[
      'action',
      'finishOnKey',
      'maxLength',
      'method',
      'playBeep',
      'timeout',
      'transcribe',
      'transcribeCallback',
    ],
    ...['trim', ...RECORDING],
  ],
  Gather: [
    ...[
      'action',
      'actionOnEmptyResult',
      'bargeIn',
      'debug',
      'enhanced',
      'finishOnKey',
      'hints',
      'input',
      'language',
    ],
    ...['maxSpeechTime', 'method', 'numDigits', 'partialResultCallback', 'partialResultCallbackMethod'],
    ...['profanityFilter', 'speechModel', 'speechTimeout', 'timeout'],
  ],
  Dial: [
    ...[
      'action',
      'answerOnBridge',
      'callerId',
      'events',
      'hangupOnStar',
      'method',
      'record',
      'recordingTrack',
    ],
    ...['referMethod', 'referUrl', 'ringTone', 'sequential', 'timeLimit', 'timeout', 'trim', ...RECORDING],
  ],
  Number: ['byoc', 'method', 'sendDigits', 'url', ...STATUS_CALLBACK],
  Conference: [
    ...[
      'beep',
      'coach',
      'endConferenceOnExit',
      'eventCallbackUrl',
      'jitterBufferSize',
      'maxParticipants',
      'muted',
    ],
    ...['participantLabel', 'record', 'region', 'startConferenceOnEnter', 'trim', 'waitMethod', 'waitUrl'],
    ...[...STATUS_CALLBACK, ...RECORDING],
  ],
};

/** The attribute that was most likely meant, where this one is certainly none: `numdigits` -> `numDigits`. */
export function meantAttribute(verb: string, name: string): string | null {
  const known = ATTRIBUTES[verb] ?? [];
  return known.includes(name) ? null : nearest(name, known);
}

/** The verb that was most likely meant: `Mesage` -> `Message`. */
export function meantVerb(name: string, parent: TwimlParent): string | null {
  return nearest(name, CHILDREN[parent]);
}

/** Nearer than what a new name of the vendor would be. */
function nearest(name: string, known: readonly string[]): string | null {
  const same = known.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (same !== undefined) return same;
  const allowed = name.length < 6 ? 1 : 2;
  const isNear = (candidate: string): boolean =>
    Math.abs(candidate.length - name.length) <= allowed && editDistance(name, candidate) <= allowed;
  return name.length < 4 ? null : (known.find(isNear) ?? null);
}
