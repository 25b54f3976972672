import type { WebhookMethod } from '../../http/exchange';
import type { TwimlElement } from '../../twiml/element';
import type { Leg } from '../leg';

export interface GatherSettings {
  readonly input: readonly ('dtmf' | 'speech')[];
  readonly action: string | null;
  readonly method: WebhookMethod;
  readonly numDigits: number | null;
  /** `''`: no key does. */
  readonly finishOnKey: string;
  readonly timeoutMs: number;
  /** How long it is quiet until what was said counts as all. */
  readonly speechTimeoutMs: number;
  readonly hints: readonly string[];
  readonly language: string;
  readonly actionOnEmptyResult: boolean;
  readonly bargeIn: boolean;
  readonly partial: { readonly url: string; readonly method: WebhookMethod } | null;
}

/** twilio.com/docs/voice/twiml/gather, "speechTimeout": auto stops at the first pause. */
const AUTO_PAUSE_MS = 1_000;

export function gatherSettingsOf(element: TwimlElement, leg: Leg, url: string): GatherSettings {
  const attributes = leg.attributes(element, url);
  const timeoutMs = attributes.seconds('timeout', 5_000);
  const partial = attributes.url('partialResultCallback');
  const partialMethod = attributes.method('partialResultCallbackMethod');
  return {
    input: inputOf(attributes),
    action: attributes.url('action'),
    method: attributes.method('method'),
    numDigits: attributes.integer('numDigits', null),
    finishOnKey: attributes.key('finishOnKey', '#'),
    timeoutMs,
    speechTimeoutMs: speechTimeoutOf(attributes, timeoutMs),
    hints: hintsOf(attributes.text('hints')),
    language: attributes.text('language') ?? 'en-US',
    actionOnEmptyResult: attributes.flag('actionOnEmptyResult', false),
    bargeIn: attributes.flag('bargeIn', true),
    partial: partial === null ? null : { url: partial, method: partialMethod },
  };
}

type AttributesOfGather = ReturnType<Leg['attributes']>;

function inputOf(attributes: AttributesOfGather): GatherSettings['input'] {
  const words = attributes.words('input') ?? ['dtmf'];
  const known = words.filter((word) => word === 'dtmf' || word === 'speech');
  if (known.length < words.length || known.length === 0) attributes.report('input', 'input of <Gather>');
  return known.length === 0 ? ['dtmf'] : known;
}

function speechTimeoutOf(attributes: AttributesOfGather, timeoutMs: number): number {
  const value = attributes.text('speechTimeout')?.trim() ?? null;
  if (value === null) return timeoutMs;
  if (value.toLowerCase() === 'auto') return AUTO_PAUSE_MS;
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value) * 1_000;
  attributes.report('speechTimeout', `speechTimeout=${JSON.stringify(value.slice(0, 60))} in <Gather>`);
  return timeoutMs;
}

function hintsOf(text: string | null): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((hint) => hint.trim())
    .filter((hint) => hint !== '')
    .slice(0, 500); // "up to 500 phrases"
}
