/** A script of a call: what both parties do and what is expected, a line each. */
import type { DialOutcome, LegName } from '../../simulator';
import { parseLines, type Rule, type ScriptLine } from './script-lines';
import { readWords, type Words } from './words';

type Step =
  | { readonly does: 'press'; readonly keys: string; readonly leg: LegName }
  | { readonly does: 'say'; readonly words: string; readonly leg: LegName }
  | { readonly does: 'wait'; readonly ms: number }
  | { readonly does: 'silence' }
  | { readonly does: 'hang up'; readonly leg: LegName }
  | { readonly does: 'decide'; readonly outcome: DialOutcome }
  | { readonly does: 'expect'; readonly what: Expectation };

export type ScriptStep = Step & ScriptLine;

export type Expectation =
  | { readonly type: 'hears'; readonly words: Words; readonly not: boolean }
  | { readonly type: 'ends'; readonly how: string }
  | { readonly type: 'connected'; readonly to: string };

/** Throws `CodedError` (HS_USAGE) with the number of the line. */
export function parseScript(text: string, name: string): readonly ScriptStep[] {
  return parseLines(text, name, { rules: RULES, help: HELP });
}

const HELP =
  'A line is one of: hears TEXT or /PATTERN/, does not hear TEXT or /PATTERN/, press KEYS, say WORDS, wait 5 s, silence, hang up, dialled party answers / is busy / does not answer / cannot be reached / presses KEYS / says WORDS / hangs up, is connected to WHOM, ends.';

const RULES: readonly Rule<Step>[] = [
  [/^hears? (.+)$/i, ([, words = '']) => expect({ type: 'hears', words: readWords(words), not: false })],
  [
    /^does not hear (.+)$/i,
    ([, words = '']) => expect({ type: 'hears', words: readWords(words), not: true }),
  ],
  [/^(?:press(?:es)?|keys?) ([0-9*#]+)$/i, ([, keys = '']) => ({ does: 'press', keys, leg: 'caller' })],
  [/^says? (.+)$/i, ([, words = '']) => ({ does: 'say', words, leg: 'caller' })],
  [
    /^waits? (\d{1,6}(?:\.\d{1,3})?) ?(ms|s|min)?$/i,
    ([, count = '', unit]) => ({ does: 'wait', ms: msOf(count, unit) }),
  ],
  [/^(?:silence|stays? quiet)$/i, () => ({ does: 'silence' })],
  [/^hangs? up$/i, () => ({ does: 'hang up', leg: 'caller' })],
  [
    /^(?:dialled|dialed|other) party presses ([0-9*#]+)$/i,
    ([, keys = '']) => ({ does: 'press', keys, leg: 'callee' }),
  ],
  [
    /^(?:dialled|dialed|other) party says (.+)$/i,
    ([, words = '']) => ({ does: 'say', words, leg: 'callee' }),
  ],
  [/^(?:dialled|dialed|other) party hangs up$/i, () => ({ does: 'hang up', leg: 'callee' })],
  [/^(?:(?:dialled|dialed) party answers|agent takes the call|somebody joins)$/i, () => decide('answered')],
  [/^(?:dialled|dialed) party is busy$/i, () => decide('busy')],
  [/^(?:dialled|dialed) party does not answer$/i, () => decide('no-answer')],
  [/^(?:dialled|dialed) party (?:cannot be reached|fails)$/i, () => decide('failed')],
  [/^is connected to (.+)$/i, ([, to = '']) => expect({ type: 'connected', to })],
  [/^(?:call )?end(?:s|ed)(?: with)?(?: (.+))?$/i, ([, how = '']) => expect({ type: 'ends', how })],
];

function expect(what: Expectation): Step {
  return { does: 'expect', what };
}

function decide(outcome: DialOutcome): Step {
  return { does: 'decide', outcome };
}

function msOf(count: string, unit: string | undefined): number {
  const factor = unit?.toLowerCase() === 'ms' ? 1 : unit?.toLowerCase() === 'min' ? 60_000 : 1_000;
  return Math.round(Number(count) * factor);
}
