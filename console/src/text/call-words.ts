/** What happens in a call, in words. */
import type { CallEvent, LegName, Waiting } from '../../../src/admin/phone-api';
import { formatDuration } from './format';

export interface Spoken {
  /** Who is heard; `note`: what happens around. */
  readonly who: 'project' | 'caller' | 'callee' | 'note';
  /** Of a `note` about both ends, the caller's. */
  readonly leg: LegName;
  readonly text: string;
  /** Said of it in small: voice and language, what a `Gather` expects to hear. */
  readonly more: string | null;
}

type Party = Of<'connected'>['party'];
type Of<T extends CallEvent['type']> = Extract<CallEvent, { readonly type: T }>;

/** `null`: nothing that people need to see. Requests and problems are shown in their own way. */
export function wordsOf(event: CallEvent): Spoken | null {
  switch (event.type) {
    case 'said':
      return { who: 'project', leg: event.leg, text: event.text, more: voiceWords(event) };
    case 'played':
      return { who: 'project', leg: event.leg, text: event.url, more: null };
    case 'pressed':
      return { who: event.leg, leg: event.leg, text: event.digits, more: null };
    case 'spoke':
      return { who: event.leg, leg: event.leg, text: event.text, more: null };
    case 'gathering':
      return note(noteOf(event), event.leg, hintWords(event));
    case 'request':
    case 'problem':
      return null;
    case 'status':
      return event.leg === 'callee' ? note(`The other party: ${event.status}`) : null;
    case 'hung up':
      return note(event.leg === 'caller' ? 'The caller hung up' : 'The other party hung up');
    default:
      return note(noteOf(event), event.leg);
  }
}

function note(text: string, leg: LegName = 'caller', more: string | null = null): Spoken {
  return { who: 'note', leg, text, more };
}

function voiceWords({ voice, language }: Of<'said'>): string | null {
  const words = [voice, language].filter((word) => word !== null);
  return words.length === 0 ? null : words.join(', ');
}

function hintWords({ hints }: Of<'gathering'>): string | null {
  return hints.length === 0 ? null : `expects ${hints.join(', ')}`;
}

type Noted = Exclude<
  CallEvent,
  Of<'said' | 'played' | 'pressed' | 'spoke' | 'request' | 'problem' | 'status' | 'hung up'>
>;

function noteOf(event: Noted): string {
  switch (event.type) {
    case 'tones':
      return `Tones: ${event.digits}`;
    case 'paused':
      return `Silence for ${formatDuration(event.durationMs)}`;
    case 'gathering':
      return `Listens for ${inputWords(event.input)}`;
    case 'gathered':
      return gatheredWords(event);
    case 'recording':
      return `Records, for up to ${formatDuration(event.maxLengthMs)}`;
    case 'recorded':
      return `Recorded ${formatDuration(event.durationMs)}${event.text === '' ? '' : `: “${event.text}”`} (${event.why})`;
    case 'dialling':
      return `Dials ${event.parties.map(({ address }) => address).join(', ')}`;
    case 'connected':
      return `Connected to ${partyWords(event.party)}`;
    case 'dialled':
      return `Back from ${event.party?.address ?? 'the dialled party'}: ${event.status}, ${formatDuration(event.durationMs)}`;
    case 'queued':
      return `Waits in the queue ${event.queue}`;
    case 'left queue':
      return `Left the queue ${event.queue}: ${event.result}`;
    case 'joined conference':
      return `In the conference ${event.conference}`;
    case 'left conference':
      return `Left the conference ${event.conference}`;
    case 'ignored':
      return `Nobody listened to ${event.input}`;
    case 'stand-in':
      return `<${event.verb}> is not carried out here: ${event.text}`;
    case 'ended':
      return `The call ended: ${event.reason}`;
  }
}

/** Whose keys and words are awaited: the caller's, unless the dialled party is asked something before it is connected. */
export function turnOf(waiting: Waiting | null): LegName {
  return waiting !== null && 'leg' in waiting ? waiting.leg : 'caller';
}

export function waitingWords(waiting: Waiting): string {
  const words = awaitedWords(waiting);
  return turnOf(waiting) === 'callee' ? `The other party’s turn. ${words}` : words;
}

function awaitedWords(waiting: Waiting): string {
  switch (waiting.for) {
    case 'input':
      return `Listening for ${inputWords(waiting.input)}${waiting.digits === '' ? '' : `: ${waiting.digits}`}`;
    case 'recording':
      return 'Recording: say something, press # to end it';
    case 'answer':
      return 'Ringing: who answers?';
    case 'conversation':
      return `In conversation with ${partyWords(waiting.party)}`;
    case 'hang up':
      return 'It goes on until somebody hangs up';
    case 'agent':
      return `In the queue ${waiting.queue}: who takes the call?`;
    case 'conference':
      return waiting.alone
        ? `Alone in the conference ${waiting.conference}: who joins?`
        : `In the conference ${waiting.conference}, with somebody else`;
  }
}

/** Of a queue and a conference nobody has a number: what one is connected to is somebody in it. */
function partyWords({ kind, address }: Party): string {
  return kind === 'queue' || kind === 'conference' ? `somebody in the ${kind} ${address}` : address;
}

function inputWords(input: readonly ('dtmf' | 'speech')[]): string {
  return input.map((way) => (way === 'dtmf' ? 'keys' : 'speech')).join(' and ');
}

function gatheredWords({ digits, speech, why }: Of<'gathered'>): string {
  if (speech !== null) return `Understood “${speech}”`;
  return digits === '' ? 'Heard nothing' : `Got ${digits} (${why})`;
}

/** `1:05` since the call began. */
export function callClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
