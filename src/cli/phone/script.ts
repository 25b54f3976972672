/**
 * A script of a call: what the caller does and what is expected, a line each. Words are read whatever their case; `#`
 * starts a comment.
 */
import { CodedError } from '../../errors';
import type { DialOutcome } from '../../simulator';

export type ScriptStep = { readonly line: number; readonly text: string } & (
  | { readonly does: 'press'; readonly keys: string }
  | { readonly does: 'say'; readonly words: string }
  | { readonly does: 'wait'; readonly ms: number }
  | { readonly does: 'silence' }
  | { readonly does: 'hang up'; readonly leg: 'caller' | 'callee' }
  | { readonly does: 'decide'; readonly outcome: DialOutcome }
  | { readonly does: 'expect'; readonly what: Expectation }
);

export type Expectation =
  | { readonly type: 'hears'; readonly words: string; readonly not: boolean }
  | { readonly type: 'ends'; readonly how: string }
  | { readonly type: 'connected'; readonly to: string };

/** Longer ones are a mistake, and each line may be a request. */
const MOST_LINES = 1_000;

/** Throws `CodedError` (HS_USAGE) with the number of the line. */
export function parseScript(text: string, name: string): readonly ScriptStep[] {
  const lines = text.split(/\r\n|\n/);
  if (lines.length > MOST_LINES) throw new CodedError('HS_USAGE', `${name} has over ${MOST_LINES} lines`);
  return lines.flatMap((raw, at) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    const step = stepOf(line);
    if (step !== null) return [{ ...step, line: at + 1, text: line }];
    const shown = JSON.stringify(line.slice(0, 80));
    throw new CodedError('HS_USAGE', `${name}:${at + 1}: ${shown} is not understood. ${WORDS}`);
  });
}

const WORDS =
  'A line is one of: hears TEXT, does not hear TEXT, press KEYS, say WORDS, wait 5 s, silence, hang up, dialled party answers / is busy / does not answer / cannot be reached / hangs up, is connected to WHOM, ends.';

type Bare<T> = T extends unknown ? Omit<T, 'line' | 'text'> : never;
type Rule = readonly [pattern: RegExp, step: (found: readonly string[]) => Bare<ScriptStep>];

const RULES: readonly Rule[] = [
  [/^hears? (.+)$/i, ([, words = '']) => expect({ type: 'hears', words, not: false })],
  [/^does not hear (.+)$/i, ([, words = '']) => expect({ type: 'hears', words, not: true })],
  [/^(?:press(?:es)?|keys?) ([0-9*#]+)$/i, ([, keys = '']) => ({ does: 'press', keys })],
  [/^says? (.+)$/i, ([, words = '']) => ({ does: 'say', words })],
  [
    /^waits? (\d{1,6}(?:\.\d{1,3})?) ?(ms|s|min)?$/i,
    ([, count = '', unit]) => ({ does: 'wait', ms: msOf(count, unit) }),
  ],
  [/^(?:silence|stays? quiet)$/i, () => ({ does: 'silence' })],
  [/^hangs? up$/i, () => ({ does: 'hang up', leg: 'caller' })],
  [/^(?:dialled|dialed|other) party hangs up$/i, () => ({ does: 'hang up', leg: 'callee' })],
  [/^(?:(?:dialled|dialed) party answers|agent takes the call|somebody joins)$/i, () => decide('answered')],
  [/^(?:dialled|dialed) party is busy$/i, () => decide('busy')],
  [/^(?:dialled|dialed) party does not answer$/i, () => decide('no-answer')],
  [/^(?:dialled|dialed) party (?:cannot be reached|fails)$/i, () => decide('failed')],
  [/^is connected to (.+)$/i, ([, to = '']) => expect({ type: 'connected', to })],
  [/^(?:call )?end(?:s|ed)(?: with)?(?: (.+))?$/i, ([, how = '']) => expect({ type: 'ends', how })],
];

function stepOf(line: string): Bare<ScriptStep> | null {
  for (const [pattern, step] of RULES) {
    const found = pattern.exec(line);
    if (found !== null) return step(found);
  }
  return null;
}

function expect(what: Expectation): Bare<ScriptStep> {
  return { does: 'expect', what };
}

function decide(outcome: DialOutcome): Bare<ScriptStep> {
  return { does: 'decide', outcome };
}

function msOf(count: string, unit: string | undefined): number {
  const factor = unit?.toLowerCase() === 'ms' ? 1 : unit?.toLowerCase() === 'min' ? 60_000 : 1_000;
  return Math.round(Number(count) * factor);
}
