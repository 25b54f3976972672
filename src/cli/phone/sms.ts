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
  REAL_CLOCK,
} from '../../simulator';
import { coloursOf, wantsColours } from '../../telemetry/colours';
import type { Command, Surroundings } from '../command';
import { EXIT } from '../exit-code';
import { hintsFor } from './hints';
import { linesOf } from './lines';
import { SMS_FLAGS, SMS_OPTIONS } from './options';
import { Printer } from './printer';
import { findTarget } from './target';

export const SMS_COMMAND: Command = {
  flags: { options: SMS_FLAGS, accepted: COMPATIBILITY_FLAGS },
  about: [
    'Sends a text to a project, signed as the real one, and carries out the TwiML that comes back: replies, redirects, status callbacks. No account, no number, no network.',
    'Without a text, and on a terminal: a conversation, a line for each text. The project is the one of this folder, where it runs; --url may name any other.',
  ],
  examples: [
    ['hookswitch sms "Ahoy"', 'To the project of this folder.'],
    ['hookswitch sms "Ahoy" --url /sms/reply', 'To one Function of it.'],
    ['hookswitch sms "Look" --media https://a.io/b', 'With a picture.'],
    ['hookswitch sms "Ahoy" -o json', 'All that happened, for programs.'],
  ],
  exitCodes: [
    ['0', 'the webhook was answered, and its TwiML carried out'],
    ['1', 'something failed: the transcript says what'],
    ['2', 'the command line is wrong (HS_USAGE)'],
  ],
  run: runSms,
};

async function runSms(given: Arguments, surroundings: Surroundings): Promise<number> {
  const [body, folder, ...others] = given.words;
  if (others.length > 0)
    throw new CodedError('HS_USAGE', 'put the text in quotes: hookswitch sms "two words"');
  const sources = new Sources(SMS_OPTIONS, given, {}, null);
  const words = folder === undefined ? [] : [folder];
  const target = findTarget('sms', sources.value('url'), { ...given, words }, surroundings);
  const printer = printerOf(surroundings);
  const wantsJson = given.flags.get('outputFormat')?.at(-1) === 'json';
  for (const note of target.notes) surroundings.stderr.write(`hookswitch: ${note}\n`);
  const isVerbose = sources.value('verbose');
  const simulator = createSimulator({ ...target, clock: REAL_CLOCK });
  const fallbackUrl = sources.value('fallbackUrl');
  const thread = simulator.thread({
    url: target.url,
    method: sources.value('method'),
    faults: sources.value('fault'),
    delivery: sources.value('delivery'),
    ...optional('from', sources.value('from')),
    ...optional('to', sources.value('to')),
    ...optional('fallbackUrl', fallbackUrl),
    ...(wantsJson ? {} : { onEvent: (event) => show(event, printer, isVerbose) }),
  });
  const media = sources.value('media');
  const exchanges = await talk(body, media, thread, surroundings);
  if (wantsJson) surroundings.stdout.write(`${JSON.stringify({ url: target.url, exchanges }, null, 2)}\n`);
  const problems = exchanges.flatMap((exchange) => exchange.problems);
  for (const hint of hintsFor(problems, target.baseUrl)) surroundings.stderr.write(`hookswitch: ${hint}\n`);
  return exchanges.every(isFine) ? EXIT.ok : EXIT.failure;
}

function printerOf({ environment, stdout }: Surroundings): Printer {
  const colours = coloursOf(wantsColours(environment, stdout.isTTY === true));
  return new Printer((text) => stdout.write(text), colours);
}

export function optional<K extends string, T>(key: K, value: T | null): Partial<Record<K, T>> {
  return value === null ? {} : ({ [key]: value } as Record<K, T>); // a computed key has the type string
}

async function talk(
  body: string | undefined,
  media: readonly string[],
  thread: MessageThread,
  { stdin, stderr }: Surroundings,
): Promise<readonly MessageExchange[]> {
  if (body !== undefined || media.length > 0) {
    await thread.send({ body: body ?? '', media });
    return thread.exchanges;
  }
  if (stdin.isTTY === true) stderr.write('A line is a text; Ctrl-D ends.\n');
  for await (const line of linesOf(stdin)) await thread.send({ body: line });
  if (thread.exchanges.length === 0)
    throw new CodedError('HS_USAGE', 'there is no text: hookswitch sms "Ahoy"');
  return thread.exchanges;
}

function show(event: MessageEvent, printer: Printer, isVerbose: boolean): void {
  const isDetail = event.type === 'request' || (event.type === 'delivery' && event.status !== 'failed');
  if (isVerbose || !isDetail) printer.line(messageEventText(event));
}

function isFine({ problems }: MessageExchange): boolean {
  return problems.every(({ level, code }) => level === 'warning' || code === 21610);
}
