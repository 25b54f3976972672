/** What a verb of TwiML does, in words: what a caller hears or what happens to the call. */
import { attribute, elementsOf, type TwimlNode, textOf } from './twiml';

export type VerbKind = 'voice' | 'input' | 'flow' | 'message' | 'unknown';

export interface VerbText {
  readonly kind: VerbKind;
  /** `Says` */
  readonly does: string;
  /** What is said, played, dialled; '' where the verb says it all. */
  readonly what: string;
}

/** Attributes that the words already hold. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  Pause: ['length'],
  Gather: ['input', 'numDigits'],
  Reject: ['reason'],
  Play: ['digits'],
};

type Describe = (node: TwimlNode) => Omit<VerbText, 'kind'>;

const VOICE: Readonly<Record<string, Describe>> = {
  Say: (node) => ({ does: 'Says', what: quoted(textOf(node)) }),
  Play: (node) => ({ does: 'Plays', what: attribute(node, 'digits') ?? textOf(node) }),
  Pause: (node) => ({ does: 'Waits', what: `${attribute(node, 'length') ?? '1'} s` }),
};
const INPUT: Readonly<Record<string, Describe>> = {
  Gather: (node) => ({ does: 'Listens for', what: describeGather(node) }),
  Record: () => ({ does: 'Records the caller', what: '' }),
  Pay: () => ({ does: 'Takes a payment', what: '' }),
  Prompt: (node) => ({ does: 'Prompts', what: attribute(node, 'for') ?? '' }),
};
const FLOW: Readonly<Record<string, Describe>> = {
  Dial: (node) => ({ does: 'Dials', what: elementsOf(node).length > 0 ? '' : textOf(node) }),
  Number: (node) => ({ does: 'Number', what: textOf(node) }),
  Client: (node) => ({ does: 'Client', what: textOf(node) }),
  Sip: (node) => ({ does: 'SIP', what: textOf(node) }),
  Conference: (node) => ({ does: 'Conference', what: textOf(node) }),
  Queue: (node) => ({ does: 'Queue', what: textOf(node) }),
  Enqueue: (node) => ({ does: 'Puts the caller into queue', what: textOf(node) }),
  Leave: () => ({ does: 'Leaves the queue', what: '' }),
  Redirect: (node) => ({ does: 'Goes on at', what: textOf(node) || 'this URL again' }),
  Hangup: () => ({ does: 'Hangs up', what: '' }),
  Reject: (node) => ({ does: 'Rejects the call', what: attribute(node, 'reason') ?? 'rejected' }),
  Refer: (node) => ({ does: 'Refers to', what: textOf(node) }),
  Connect: () => ({ does: 'Connects', what: '' }),
  Start: () => ({ does: 'Starts', what: '' }),
  Stop: () => ({ does: 'Stops', what: '' }),
  Stream: (node) => ({ does: 'Media stream', what: attribute(node, 'url') ?? '' }),
};
const MESSAGE: Readonly<Record<string, Describe>> = {
  Message: (node) => ({ does: 'Sends', what: quoted(textOf(node)) }),
  Sms: (node) => ({ does: 'Sends', what: quoted(textOf(node)) }),
};

const TABLE: readonly (readonly [VerbKind, Readonly<Record<string, Describe>>])[] = [
  ['voice', VOICE],
  ['input', INPUT],
  ['flow', FLOW],
  ['message', MESSAGE],
];

export function describeVerb(node: TwimlNode): VerbText {
  for (const [kind, verbs] of TABLE) {
    const describe = Object.hasOwn(verbs, node.name) ? verbs[node.name] : undefined;
    if (describe !== undefined) return { kind, ...describe(node) };
  }
  return { kind: 'unknown', does: `<${node.name}>`, what: textOf(node) };
}

/** Elements below that are shown as steps of their own; the text of the others is in the words. */
export function stepsBelow(node: TwimlNode): TwimlNode[] {
  return ['Say', 'Message', 'Sms', 'Refer'].includes(node.name) ? [] : elementsOf(node);
}

export function attributesLeft(node: TwimlNode): (readonly [name: string, value: string])[] {
  const told = TOLD[node.name] ?? [];
  return node.attributes.filter(([name]) => !told.includes(name));
}

function describeGather(node: TwimlNode): string {
  const input = attribute(node, 'input') ?? 'dtmf';
  const digits = attribute(node, 'numDigits');
  const keys = digits === null ? 'keys' : `${digits} key${digits === '1' ? '' : 's'}`;
  const heard = input.split(/\s+/).map((way) => (way === 'dtmf' ? keys : way));
  return heard.join(' or ');
}

function quoted(text: string): string {
  return text === '' ? '' : `“${text}”`;
}
