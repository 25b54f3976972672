/** twilio.com/docs/voice/twiml/dial, and the nouns below it. */
import type { WebhookMethod } from '../../http/exchange';
import { elementsOf, type TwimlElement, tidyTextOf } from '../../twiml/element';
import type { Party } from '../event';
import type { Leg } from '../leg';

export interface DialSettings {
  readonly action: string | null;
  readonly method: WebhookMethod;
  readonly timeoutMs: number;
  readonly timeLimitMs: number;
  readonly hangupOnStar: boolean;
  readonly callerId: string;
  readonly record: 'no' | 'from answer' | 'from ringing';
  readonly channels: number;
  readonly answerOnBridge: boolean;
}

/** Somebody who is dialled, and what the noun says. */
export interface Target {
  readonly party: Party;
  readonly element: TwimlElement;
  /** Screening: what the party hears first. */
  readonly url: string | null;
  readonly method: WebhookMethod;
  readonly sendDigits: string | null;
  readonly callback: {
    readonly url: string;
    readonly method: WebhookMethod;
    readonly events: readonly string[];
  } | null;
}

const RECORD = [
  'true',
  'false',
  'do-not-record',
  'record-from-answer',
  'record-from-ringing',
  'record-from-answer-dual',
  'record-from-ringing-dual',
] as const;

export function dialSettingsOf(element: TwimlElement, leg: Leg, url: string): DialSettings {
  const attributes = leg.attributes(element, url);
  const record = attributes.choice('record', RECORD, 'do-not-record');
  return {
    action: attributes.url('action'),
    method: attributes.method('method'),
    timeoutMs: attributes.seconds('timeout', 30_000),
    timeLimitMs: attributes.seconds('timeLimit', 14_400_000),
    hangupOnStar: attributes.flag('hangupOnStar', false),
    callerId: attributes.text('callerId')?.trim() || callerOf(leg),
    record: recordOf(record),
    channels: record.endsWith('-dual') ? 2 : 1,
    answerOnBridge: attributes.flag('answerOnBridge', false),
  };
}

/** "The caller ID is that of the person who calls." For calls that the project made it is the project's number. */
function callerOf({ identity }: Leg): string {
  return identity.from;
}

function recordOf(value: (typeof RECORD)[number]): DialSettings['record'] {
  if (value === 'false' || value === 'do-not-record') return 'no';
  return value.startsWith('record-from-ringing') ? 'from ringing' : 'from answer';
}

/** "Up to ten" may be dialled at once. */
const MOST_PARTIES = 10;

export function targetsOf(element: TwimlElement, leg: Leg, url: string): readonly Target[] {
  const nouns = elementsOf(element).filter(({ name }) => Object.hasOwn(KINDS, name));
  if (nouns.length > 0) return nouns.slice(0, MOST_PARTIES).map((noun) => targetOf(noun, leg, url));
  const number = tidyTextOf(element);
  if (number === '') return [];
  const party: Party = { kind: 'number', address: number, callSid: leg.session.wiring.newSid('CA') };
  return [{ party, element, url: null, method: 'POST', sendDigits: null, callback: null }];
}

const KINDS: Readonly<Record<string, Party['kind']>> = {
  Number: 'number',
  Sim: 'number',
  WhatsApp: 'number',
  Client: 'client',
  Sip: 'sip',
  Conference: 'conference',
  Queue: 'queue',
  Application: 'application',
};

function targetOf(noun: TwimlElement, leg: Leg, url: string): Target {
  const kind = KINDS[noun.name] ?? 'number';
  const party: Party = { kind, address: addressOf(noun), callSid: leg.session.wiring.newSid('CA') };
  const target = {
    party,
    element: noun,
    url: null,
    method: 'POST' as const,
    sendDigits: null,
    callback: null,
  };
  if (!['Number', 'Client', 'Sip'].includes(noun.name)) return target;
  const attributes = leg.attributes(noun, url);
  const callback = attributes.url('statusCallback');
  const callbackMethod = attributes.method('statusCallbackMethod');
  const events = attributes.words('statusCallbackEvent') ?? ['completed'];
  return {
    ...target,
    url: attributes.url('url'),
    method: attributes.method('method'),
    sendDigits: noun.name === 'Number' ? attributes.digits('sendDigits') : null,
    callback: callback === null ? null : { url: callback, method: callbackMethod, events },
  };
}

function addressOf(noun: TwimlElement): string {
  const identity = elementsOf(noun).find(({ name }) => name === 'Identity');
  return tidyTextOf(identity ?? noun).slice(0, 200);
}
