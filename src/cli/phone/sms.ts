import type { Arguments } from '../../config/arguments';
import { COMPATIBILITY_FLAGS } from '../../config/compatibility';
import { Sources } from '../../config/sources';
import { CodedError } from '../../errors';
import {
  createSimulator,
  type MessageEvent,
  type MessageExchange,
  type MessageThread,
  messageEventText,
  messageTranscript,
  REAL_CLOCK,
  type ThreadOptions,
} from '../../simulator';
import type { Command, Surroundings } from '../command';
import { EXIT } from '../exit-code';
import { hintsFor } from './hints';
import { linesOf } from './lines';
import { SMS_FLAGS, SMS_OPTIONS } from './options';
import { type Printer, printerOf, printTranscript } from './printer';
import { readScript, type ScriptFailure, tellFailure } from './script-lines';
import { findTarget, type Target } from './target';
import { parseTextScript, runTextScript } from './text-script';

export const SMS_COMMAND: Command = {
  flags: { options: SMS_FLAGS, accepted: COMPATIBILITY_FLAGS },
  about: [
    'Sends a text to a project, signed as the real one, and carries out the TwiML that comes back: replies, redirects, status callbacks. No account, no number, no network.',
    'Without a text, and on a terminal: a conversation, a line for each text. The project is the one of this folder, where it runs; --url may name any other.',
    'With --script, lines of a file say what is sent and what is expected to arrive. docs/simulator.md shows how.',
  ],
  examples: [
    ['hookswitch sms "Ahoy"', 'To the project of this folder.'],
    ['hookswitch sms "Ahoy" --url /sms/reply', 'To one Function of it.'],
    ['hookswitch sms "Look" --media https://a.io/b', 'With a picture.'],
    ['hookswitch sms --script survey.sms', 'As a test: the exit code says whether it was fulfilled.'],
    ['hookswitch sms "Ahoy" -o json', 'All that happened, for programs.'],
  ],
  exitCodes: [
    ['0', 'the webhook was answered, and its TwiML carried out, or the script was fulfilled'],
    ['1', 'something failed, or was not as the script expects'],
    ['2', 'the command line or the script is wrong (HS_USAGE)'],
  ],
  run: runSms,
};

async function runSms(given: Arguments, surroundings: Surroundings): Promise<number> {
  const sources = new Sources(SMS_OPTIONS, given, {}, null);
  const { body, words } = wordsOf(given, sources);
  const target = findTarget('sms', sources.value('url'), { ...given, words }, surroundings);
  const file = sources.value('script');
  const script = file === null ? null : await readScript(file, parseTextScript, surroundings);
  const wantsJson = given.flags.get('outputFormat')?.at(-1) === 'json';
  for (const note of target.notes) surroundings.stderr.write(`hookswitch: ${note}\n`);
  const printer = printerOf(surroundings);
  const isVerbose = sources.value('verbose');
  const isQuiet = wantsJson || script !== null;
  const thread = createSimulator({ ...target, clock: REAL_CLOCK }).thread({
    ...threadOptionsOf(target, sources),
    ...(isQuiet ? {} : { onEvent: (event) => show(event, printer, isVerbose) }),
  });
  const failure = script === null ? null : await runTextScript(script, thread);
  if (script === null) await talk(body, sources.value('media'), thread, surroundings);
  const outcome = { url: target.url, exchanges: thread.exchanges, failure, hasScript: script !== null };
  report(outcome, wantsJson, surroundings);
  const problems = thread.exchanges.flatMap((exchange) => exchange.problems);
  for (const hint of hintsFor(problems, target.baseUrl)) surroundings.stderr.write(`hookswitch: ${hint}\n`);
  return failure === null && (script !== null || thread.exchanges.every(isFine)) ? EXIT.ok : EXIT.failure;
}

type SmsSources = Sources<typeof SMS_OPTIONS>;

/** A text and then a folder; beside a script, which has the texts, only a folder. */
function wordsOf(
  given: Arguments,
  sources: SmsSources,
): { readonly body: string | undefined; readonly words: readonly string[] } {
  if (sources.value('script') !== null) {
    if (sources.value('media').length === 0) return { body: undefined, words: given.words };
    throw new CodedError('HS_USAGE', 'with --script, pictures stand in it: send Look with media URL');
  }
  const [body, folder, ...others] = given.words;
  if (others.length > 0)
    throw new CodedError('HS_USAGE', 'put the text in quotes: hookswitch sms "two words"');
  return { body, words: folder === undefined ? [] : [folder] };
}

function threadOptionsOf({ url }: Target, sources: SmsSources): ThreadOptions {
  return {
    url,
    method: sources.value('method'),
    faults: sources.value('fault'),
    delivery: sources.value('delivery'),
    ...optional('from', sources.value('from')),
    ...optional('to', sources.value('to')),
    ...optional('fallbackUrl', sources.value('fallbackUrl')),
  };
}

interface Outcome {
  readonly url: string;
  readonly exchanges: readonly MessageExchange[];
  readonly failure: ScriptFailure;
  readonly hasScript: boolean;
}

/** Without a script, people have seen everything by then. */
function report(
  { url, exchanges, failure, hasScript }: Outcome,
  wantsJson: boolean,
  surroundings: Surroundings,
): void {
  if (wantsJson) {
    const result = { url, fulfilled: hasScript ? failure === null : null, failure, exchanges };
    surroundings.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } else if (hasScript) {
    printTranscript(messageTranscript(exchanges), surroundings);
    tellFailure(failure, surroundings.stderr);
  }
}

export function optional<K extends string, T>(key: K, value: T | null): Partial<Record<K, T>> {
  return value === null ? {} : ({ [key]: value } as Record<K, T>); // a computed key has the type string
}

async function talk(
  body: string | undefined,
  media: readonly string[],
  thread: MessageThread,
  { stdin, stderr }: Surroundings,
): Promise<void> {
  if (body !== undefined || media.length > 0) {
    await thread.send({ body: body ?? '', media });
    return;
  }
  if (stdin.isTTY === true) stderr.write('A line is a text; Ctrl-D ends.\n');
  for await (const line of linesOf(stdin)) await thread.send({ body: line });
  if (thread.exchanges.length === 0)
    throw new CodedError('HS_USAGE', 'there is no text: hookswitch sms "Ahoy"');
}

function show(event: MessageEvent, printer: Printer, isVerbose: boolean): void {
  const isDetail = event.type === 'request' || (event.type === 'delivery' && event.status !== 'failed');
  if (isVerbose || !isDetail) printer.line(messageEventText(event));
}

function isFine({ problems }: MessageExchange): boolean {
  return problems.every(({ level, code }) => level === 'warning' || code === 21610);
}
