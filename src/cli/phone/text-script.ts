/** A script of texts: what the person sends and what is expected to arrive, a line each. */
import { CodedError } from '../../errors';
import type { DeliveryOutcome, MessageThread, OutboundMessage } from '../../simulator';
import {
  parseLines,
  type Rule,
  runSteps,
  type ScriptFailure,
  type ScriptLine,
  sinceText,
} from './script-lines';
import { hasWords, readWords, type Words, wordsText } from './words';

type Step =
  | { readonly does: 'send'; readonly body: string; readonly media: readonly string[] }
  | { readonly does: 'receive'; readonly words: Words; readonly not: boolean }
  | { readonly does: 'receive nothing' }
  | { readonly does: 'delivery'; readonly status: DeliveryOutcome };

export type TextStep = Step & ScriptLine;

const URLS = String.raw`(https?:\/\/\S+(?: +https?:\/\/\S+)*)`;

const RULES: readonly Rule<Step>[] = [
  [new RegExp(`^sends? media ${URLS}$`, 'i'), ([, urls = '']) => send('', urls)],
  [new RegExp(`^sends? (.+) with media ${URLS}$`, 'i'), ([, body = '', urls = '']) => send(body, urls)],
  [/^sends? (.+)$/i, ([, body = '']) => send(body, '')],
  [/^receives? nothing$/i, () => ({ does: 'receive nothing' })],
  [/^receives? (.+)$/i, ([, words = '']) => ({ does: 'receive', words: readWords(words), not: false })],
  [/^does not receive (.+)$/i, ([, words = '']) => ({ does: 'receive', words: readWords(words), not: true })],
  [/^reply is delivered$/i, () => ({ does: 'delivery', status: 'delivered' })],
  [/^reply is undelivered$/i, () => ({ does: 'delivery', status: 'undelivered' })],
  [/^reply (?:has failed|fails)$/i, () => ({ does: 'delivery', status: 'failed' })],
];

const HELP =
  'A line is one of: send TEXT, send TEXT with media URL, send media URL, receives TEXT or /PATTERN/, does not receive TEXT or /PATTERN/, receives nothing, reply is delivered / is undelivered / has failed.';

/** Throws `CodedError` (HS_USAGE) with the number of the line. */
export function parseTextScript(text: string, name: string): readonly TextStep[] {
  const steps = parseLines(text, name, { rules: RULES, help: HELP });
  if (steps.some(({ does }) => does === 'send')) return steps;
  throw new CodedError('HS_USAGE', `${name} sends no text. ${HELP}`);
}

function send(body: string, urls: string): Step {
  return { does: 'send', body, media: urls.split(/ +/).filter((url) => url !== '') };
}

export function runTextScript(steps: readonly TextStep[], thread: MessageThread): Promise<ScriptFailure> {
  const runner = new TextScriptRunner(thread);
  return runSteps(steps, (step) => runner.take(step));
}

class TextScriptRunner {
  readonly #thread: MessageThread;
  /** Replies to the last text before this one were expected already. */
  #seen = 0;

  constructor(thread: MessageThread) {
    this.#thread = thread;
  }

  /** What is not as expected, `null` for nothing. */
  async take(step: Step): Promise<string | null> {
    switch (step.does) {
      case 'send':
        this.#seen = 0;
        await this.#thread.send(step);
        return null;
      case 'receive':
        return this.#receives(step.words, step.not);
      case 'receive nothing':
        return this.#rest.length === 0 ? null : `something was received${sinceText('received', this.#rest)}`;
      case 'delivery':
        return this.#fares(step.status);
    }
  }

  #receives(words: Words, not: boolean): string | null {
    const at = this.#rest.findIndex((text) => hasWords(text, words));
    if (not) return at === -1 ? null : `${wordsText(words)} was received`;
    if (at === -1) return `${wordsText(words)} was not received${sinceText('received', this.#rest)}`;
    this.#seen += at + 1;
    return null;
  }

  /** Of all that the last text made the project send. */
  #fares(status: DeliveryOutcome): string | null {
    const sent = this.#thread.exchanges.at(-1)?.sent ?? [];
    if (sent.length === 0) return 'nothing was sent';
    const other = sent.find((message) => message.status !== status);
    return other === undefined ? null : `it is ${other.status}: ${JSON.stringify(textOf(other))}`;
  }

  get #rest(): readonly string[] {
    return (this.#thread.exchanges.at(-1)?.replies ?? []).slice(this.#seen).map(textOf);
  }
}

function textOf({ body, media }: OutboundMessage): string {
  return [body, ...media.map(({ url }) => url)].join(' ').trim();
}
