/** The other end of the line: who is there, and what they can do now. */
import type { CallEvent, CallInput, CallView, Waiting } from '../../../src/admin/phone-api';

export interface OtherParty {
  readonly key: string;
  /** Where the choices do not say it. */
  readonly address: string | null;
  readonly choices: readonly Choice[];
}

export interface Choice {
  readonly text: string;
  readonly input: CallInput;
  /** It is there all the time, and refused while the call is doing something else. */
  readonly isReady: boolean;
}

const OUTCOMES = [
  ['answer', 'Answers'],
  ['busy', 'Is busy'],
  ['no answer', 'Does not answer'],
  ['fail', 'Cannot be reached'],
] as const;
const HANG_UP: CallInput = { type: 'hang up', leg: 'callee' };
const ANSWER: CallInput = { type: 'answer' };

export function otherPartiesOf({ waiting, events }: CallView): readonly OtherParty[] {
  if (waiting?.for === 'answer') return waiting.parties.map(ringing);
  const room = roomOf(events);
  if (room !== null) return [single(roomChoice(room, waiting))];
  if (waiting?.for === 'conversation') return [single(hangsUp(waiting.party.address))];
  const isScreened = waiting !== null && 'leg' in waiting && waiting.leg === 'callee';
  return isScreened ? [single(hangsUp('The other party'))] : [];
}

function ringing(
  { address, callSid }: Extract<Waiting, { readonly for: 'answer' }>['parties'][number],
  party: number,
): OtherParty {
  const choices = OUTCOMES.map(([type, text]) => ({ text, input: { type, party }, isReady: true }));
  return { key: callSid, address, choices };
}

function single(choice: Choice): OtherParty {
  return { key: 'other', address: null, choices: [choice] };
}

function hangsUp(who: string): Choice {
  return { text: `${who} hangs up`, input: HANG_UP, isReady: true };
}

interface Room {
  readonly kind: 'queue' | 'conference';
  readonly isAlone: boolean;
}

/**
 * Where the caller waits for somebody. Told from what happened: what the call waits for changes from moment to moment
 * while it plays what one hears there, and a button that comes and goes cannot be pressed.
 */
function roomOf(events: readonly CallEvent[]): Room | null {
  const entered = events.findLastIndex(({ type }) => ENTERED.includes(type) || LEFT.includes(type));
  const type = events[entered]?.type;
  if (type === undefined || LEFT.includes(type)) return null;
  const isAlone = !events.slice(entered).some((event) => event.type === 'connected');
  return { kind: type === 'queued' ? 'queue' : 'conference', isAlone };
}

const ENTERED: readonly CallEvent['type'][] = ['queued', 'joined conference'];
const LEFT: readonly CallEvent['type'][] = ['left queue', 'left conference', 'hung up', 'ended'];

function roomChoice({ kind, isAlone }: Room, waiting: Waiting | null): Choice {
  if (kind === 'queue') {
    return isAlone
      ? { text: 'An agent takes the call', input: ANSWER, isReady: isReady(waiting, 'agent') }
      : hangsUp('The agent');
  }
  return isAlone
    ? { text: 'Somebody joins the conference', input: ANSWER, isReady: isReady(waiting, 'conference') }
    : { text: 'The other one leaves, the conference ends', input: HANG_UP, isReady: true };
}

/** Between two things that are heard there it waits for nothing, for a moment. */
function isReady(waiting: Waiting | null, wanted: Waiting['for']): boolean {
  return waiting === null || waiting.for === wanted;
}
