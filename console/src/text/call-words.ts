/** What happens in a call, in words. */
import type { CallEvent, Waiting } from '../../../src/admin/phone-api';
import { formatDuration } from './format';

export interface Spoken {
  /** Who is heard; `note`: what happens around. */
  readonly who: 'project' | 'caller' | 'callee' | 'note';
  readonly text: string;
}

type Of<T extends CallEvent['type']> = Extract<CallEvent, { readonly type: T }>;

/** `null`: nothing that people need to see. Requests and problems are shown in their own way. */
export function wordsOf(event: CallEvent): Spoken | null {
  switch (event.type) {
    case 'said':
      return { who: 'project', text: event.text };
    case 'played':
      return { who: 'project', text: event.url };
    case 'pressed':
      return { who: event.leg, text: event.digits };
    case 'spoke':
      return { who: event.leg, text: event.text };
    case 'request':
    case 'problem':
      return null;
    case 'status':
      return event.leg === 'callee' ? { who: 'note', text: `The other party: ${event.status}` } : null;
    default: {
      const text = noteOf(event);
      return text === null ? null : { who: 'note', text };
    }
  }
}

type Noted = Exclude<
  CallEvent,
  Of<'said' | 'played' | 'pressed' | 'spoke' | 'request' | 'problem' | 'status'>
>;

function noteOf(event: Noted): string | null {
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
      return `Connected to ${event.party.address}`;
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
    case 'hung up':
      return event.leg === 'caller' ? 'The caller hung up' : 'The other party hung up';
    case 'stand-in':
      return `<${event.verb}> is not carried out here: ${event.text}`;
    case 'ended':
      return `The call ended: ${event.reason}`;
  }
}

export function waitingWords(waiting: Waiting): string {
  switch (waiting.for) {
    case 'input':
      return `Listening for ${inputWords(waiting.input)}${waiting.digits === '' ? '' : `: ${waiting.digits}`}`;
    case 'recording':
      return 'Recording: say something, press # to end it';
    case 'answer':
      return 'Ringing: who answers?';
    case 'conversation':
      return `In conversation with ${waiting.party.address}`;
    case 'hang up':
      return 'It goes on until somebody hangs up';
    case 'agent':
      return `In the queue ${waiting.queue}`;
    case 'conference':
      return `${waiting.alone ? 'Alone in' : 'In'} the conference ${waiting.conference}`;
  }
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
