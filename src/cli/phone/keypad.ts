/** The phone in the terminal: each line that is typed is something that the caller does, or the other party. */
import { CodedError } from '../../errors';
import type { Call, DialOutcome, LegName } from '../../simulator';
import { waitingText } from '../../simulator';
import { linesOf } from './lines';
import type { Printer } from './printer';
import { decide } from './run-script';

const KEYS: readonly string[] = [
  '1#                keys, as on a keypad: those of the dialled party where the call waits for that one',
  'any words         are spoken',
  'an empty line     nobody does anything until the call goes on',
  'wait 5            so many seconds pass',
  'answer, busy, no answer, fail    what the dialled party does; answer also takes a call from a queue',
  'other hangs up    the dialled party ends the talk',
  'hang up           as Ctrl-C and Ctrl-D do',
];

/** The call stands still until something is typed. */
export async function talkOnTerminal(call: Call, stdin: NodeJS.ReadStream, printer: Printer): Promise<void> {
  ask(call, printer);
  for await (const line of linesOf(stdin)) {
    if (call.isOver) return;
    await act(line.trim(), call, printer);
    if (call.isOver) return;
    ask(call, printer);
  }
  await call.hangUp();
}

/** The call goes on meanwhile: what is typed during a prompt interrupts it. */
export async function talkInRealTime(call: Call, stdin: NodeJS.ReadStream, printer: Printer): Promise<void> {
  for await (const line of linesOf(stdin)) {
    if (call.isOver) return;
    void act(line.trim(), call, printer);
  }
  await call.hangUp();
}

function ask(call: Call, printer: Printer): void {
  if (call.waiting !== null) printer.note(`  waits for ${waitingText(call.waiting)}   (? shows the keys)`);
}

async function act(line: string, call: Call, printer: Printer): Promise<void> {
  try {
    await actOn(line, call, printer);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    printer.note(`  ${error.message}`);
  }
}

function actOn(line: string, call: Call, printer: Printer): Promise<void> {
  const word = line.toLowerCase();
  const seconds = /^wait (\d{1,5})(?: ?s)?$/.exec(word)?.[1];
  if (word === '?') {
    for (const key of KEYS) printer.note(`  ${key}`);
    return Promise.resolve();
  }
  if (word === '') return call.silence();
  if (word === 'hang up') return call.hangUp();
  if (word === 'other hangs up') return call.hangUp('callee');
  if (seconds !== undefined) return call.wait(Number(seconds) * 1_000);
  if (/^[0-9*#]+$/.test(word)) return call.press(word, listenedTo(call));
  const outcome = OUTCOMES[word];
  // While nobody is dialled they are words as any others.
  if (outcome !== undefined && isDialling(call)) return decide(call, outcome);
  return call.speak(line, { leg: listenedTo(call) });
}

const OUTCOMES: Readonly<Record<string, DialOutcome | undefined>> = {
  answer: 'answered',
  busy: 'busy',
  'no answer': 'no-answer',
  fail: 'failed',
};

/** Who has the turn: the dialled party where it is asked something, such as to accept the call; else the caller. */
function listenedTo({ waiting }: Call): LegName {
  return waiting !== null && 'leg' in waiting ? waiting.leg : 'caller';
}

function isDialling(call: Call): boolean {
  return ['answer', 'agent', 'conference'].includes(call.waiting?.for ?? '');
}
