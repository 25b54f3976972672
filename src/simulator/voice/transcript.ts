/** A call as people read it: one line for each thing that happened, with its time. */
import { exchangeText } from '../http/exchange-text';
import { problemText } from '../problem';
import type { CallEvent, LegName, Party, Waiting } from './event';

/** `0:03.2  < Press 1 for sales.` */
export function callTranscript(events: readonly CallEvent[]): string {
  return events
    .flatMap((event) => {
      const line = callEventText(event);
      return line === null ? [] : [`${clockText(event.at)}  ${line}`];
    })
    .join('\n');
}

/** `<` is heard by the one who called, `>` is done by them; `null`: nothing to tell. */
export function callEventText(event: CallEvent): string | null {
  const text = textOf(event);
  return text === null || event.leg === 'caller' ? text : `[other leg] ${text}`;
}

function textOf(event: CallEvent): string | null {
  switch (event.type) {
    case 'status':
      return `· ${event.status}${event.leg === 'callee' ? ` (${event.sid})` : ''}`;
    case 'request':
      return `· ${exchangeText(event.exchange)}`;
    case 'said':
      return `< ${event.text}${timesText(event.times)}${voiceText(event)}`;
    case 'played':
      return `< (plays ${event.url})${timesText(event.times)}`;
    case 'tones':
      return `< (tones ${event.digits})`;
    case 'paused':
      return `< (silence for ${secondsText(event.durationMs)})`;
    case 'gathering':
      return gatheringText(event);
    case 'gathered':
      return gatheredText(event);
    case 'recording':
      return `? records${event.beep ? ' after the beep' : ''}, at most ${secondsText(event.maxLengthMs)}`;
    case 'recorded':
      return `· recorded ${secondsText(event.durationMs)} (${event.why})${event.text === '' ? '' : `: ${event.text}`}`;
    case 'dialling':
      return `? dials ${event.parties.map(partyText).join(', ')}`;
    case 'connected':
      return `· connected with ${partyText(event.party)}`;
    case 'dialled':
      return `· dialled: ${event.status}${event.durationMs > 0 ? ` after ${secondsText(event.durationMs)}` : ''}`;
    case 'queued':
      return `? waits in the queue ${event.queue}`;
    case 'left queue':
      return `· left the queue ${event.queue}: ${event.result} after ${secondsText(event.durationMs)}`;
    case 'joined conference':
      return `? joined the conference ${event.conference}`;
    case 'left conference':
      return `· left the conference ${event.conference} after ${secondsText(event.durationMs)}`;
    case 'pressed':
      return `> presses ${event.digits}`;
    case 'spoke':
      return `> "${event.text}"`;
    case 'ignored':
      return `· nobody listened to ${event.input}`;
    case 'hung up':
      return '> hangs up';
    case 'stand-in':
      return `~ ${event.text}`;
    case 'problem':
      return `! ${event.problem.level} ${problemText(event.problem)}`;
    case 'ended':
      return `· ended: ${event.reason} (${event.status}, ${secondsText(event.durationMs)})`;
  }
}

function gatheringText({
  input,
  numDigits,
  hints,
}: Extract<CallEvent, { readonly type: 'gathering' }>): string {
  const digits = numDigits === null ? '' : `, ${numDigits} digits`;
  return `? waits for ${input.join(' or ')}${digits}${hints.length === 0 ? '' : ` (hints: ${hints.join(', ')})`}`;
}

function gatheredText(event: Extract<CallEvent, { readonly type: 'gathered' }>): string {
  if (event.why === 'nothing') return '· no input';
  return event.speech === null
    ? `· understood ${event.digits} (${event.why})`
    : `· understood "${event.speech}"`;
}

function timesText(times: number): string {
  if (times === 1) return '';
  return times === 0 ? ' (again and again)' : ` (${times} times)`;
}

/** ` (Polly.Amy, en-GB)`: what the `Say` names, if anything. */
function voiceText({ voice, language }: Extract<CallEvent, { readonly type: 'said' }>): string {
  const named = [voice, language].filter((name) => name !== null);
  return named.length === 0 ? '' : ` (${named.join(', ')})`;
}

export function partyText({ kind, address }: Party): string {
  return kind === 'number' ? address : `${kind} ${address}`;
}

/** What the call waits for, in words. */
export function waitingText(waiting: Waiting): string {
  switch (waiting.for) {
    case 'input':
      return `${waiting.input.map((kind) => (kind === 'dtmf' ? 'keys' : 'speech')).join(' or ')}${whoseText(waiting.leg)}, ${secondsText(waiting.remainingMs)}`;
    case 'recording':
      return `a message${whoseText(waiting.leg)}, ${secondsText(waiting.remainingMs)}`;
    case 'answer':
      return `an answer of ${waiting.parties.map(partyText).join(', ')}`;
    case 'conversation':
      return `the end of the talk with ${partyText(waiting.party)}`;
    case 'agent':
      return `somebody who takes the call from the queue ${waiting.queue}`;
    case 'conference':
      return `${waiting.alone ? 'somebody who joins' : 'the end of'} the conference ${waiting.conference}`;
    case 'hang up':
      return 'the caller to hang up';
  }
}

function whoseText(leg: LegName): string {
  return leg === 'caller' ? '' : ' of the dialled party';
}

/** `1:02.5` */
export function clockText(ms: number): string {
  const tenths = Math.floor(ms / 100);
  const seconds = Math.floor(tenths / 10);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}.${tenths % 10}`;
}

export function secondsText(ms: number): string {
  return Number.isFinite(ms) ? `${Math.round(ms / 100) / 10} s` : 'without end';
}
