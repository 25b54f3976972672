import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Arguments } from '../config/arguments';
import { readInteger, readText, switchOption, valueOption } from '../config/option';
import { CodedError } from '../errors';
import type { InvocationFilter, InvocationRecord } from '../model/record';
import { matchesRecord } from '../records/search';
import { lateObject } from '../records/view';
import { coloursOf, wantsColours } from '../telemetry/colours';
import { leftBehindLines } from '../telemetry/terminal-log';
import { printedJson } from '../telemetry/untrusted';
import { CLIENT_OPTIONS, checkFlags, clientOf, HELP_OPTIONS, lastOf, wantsJson } from './client-options';
import { type Command, NONE_ACCEPTED, type Surroundings } from './command';
import { invocationLines } from './invocation-text';
import { readRecordLine } from './record-line';
import { readSince, SINCE_ALLOWED } from './since';
import { findRecord, listIds, type Show, Tail } from './tail';
import { textLines } from './text-lines';

const LIMIT = 50;
const MOST = 1_000_000;

const OWN_OPTIONS = {
  tail: switchOption({
    group: 'Options',
    alias: 'f',
    initial: false,
    help: 'Go on: show each request when it is over, and what its Function writes later, until Ctrl-C or the end of the gateway.',
    configurable: false,
  }),
  function: textFilter('NAME', 'Of this Function or Asset: part of its file name or path.'),
  status: textFilter('STATUS', 'With this status: 200, 4xx, 5xx, error (any that failed) or ok.'),
  sid: textFilter(
    'SID',
    'Of this call, message or request (CA…, SM…, MM…, RQ…), or from or to this phone number.',
  ),
  grep: textFilter(
    'TEXT',
    'With this text anywhere: URL, parameters, bodies, console lines, errors. Case does not matter.',
  ),
  method: textFilter('METHOD', 'With this HTTP method.'),
  since: valueOption<string | null>({
    kind: 'string',
    group: 'Options',
    placeholder: 'TIME',
    initial: null,
    initialText: 'all',
    allowed: SINCE_ALLOWED,
    read: readText,
    help: 'Not before this: 10m, 2h or 1d ago, or a time as in 2026-11-24T08:00Z.',
    configurable: false,
  }),
  limit: valueOption<number>({
    kind: 'number',
    group: 'Options',
    alias: 'n',
    placeholder: 'COUNT',
    initial: LIMIT,
    initialText: String(LIMIT),
    allowed: `an integer from 0 to ${MOST}`,
    read: readInteger(0, MOST),
    help: 'At most so many, the newest ones.',
    configurable: false,
  }),
  file: valueOption<string | null>({
    kind: 'string',
    group: 'Options',
    placeholder: 'FILE',
    initial: null,
    initialText: 'the running gateway is asked',
    allowed: 'a file',
    read: readText,
    help: 'Read this file, which start --record-file wrote, instead of asking a gateway.',
    configurable: false,
  }),
};

export const LOGS_COMMAND: Command = {
  flags: { options: { ...OWN_OPTIONS, ...CLIENT_OPTIONS, ...HELP_OPTIONS }, accepted: NONE_ACCEPTED },
  about: [
    'Shows the last requests of a running gateway, oldest first: what came, what was answered, why it failed and what its Function wrote. Secrets are hidden.',
  ],
  examples: [
    ['hookswitch logs -f', 'What happens from now on.'],
    ['hookswitch logs --status error --since 1h', 'What failed in the last hour.'],
    ['hookswitch logs --sid CA0123… -o json', 'Everything of one call, for programs.'],
    ['hookswitch logs --file records.jsonl', 'From a file of records.'],
  ],
  run: runLogs,
};

function textFilter(placeholder: string, help: string) {
  return valueOption<string | null>({
    kind: 'string',
    group: 'Options',
    placeholder,
    initial: null,
    initialText: 'all',
    allowed: 'a text',
    read: readText,
    help,
    configurable: false,
  });
}

async function runLogs(given: Arguments, surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, currentFolder } = surroundings;
  const filter = filterOf(given);
  checkFlags(LOGS_COMMAND.flags.options, given);
  const limit = Number(lastOf(given, 'limit') ?? LIMIT);
  const show = showOf(given, surroundings);
  // Whoever reads has seen enough (`| head`).
  stdout.on('error', () => {});
  const file = lastOf(given, 'file');
  const follows = lastOf(given, 'tail') === 'true';
  if (file !== null) {
    if (follows) throw new CodedError('HS_USAGE', '--tail asks a gateway, --file none: use one of them');
    for (const record of await readRecords(resolve(currentFolder, file), filter, limit)) show.record(record);
    return 0;
  }
  const client = clientOf(given, surroundings, given.words[0]);
  if (follows) {
    await new Tail(client, filter, show).follow(limit);
    stderr.write('the gateway has ended\n');
    return 0;
  }
  for (const id of await listIds(client, filter, limit)) {
    const record = await findRecord(client, id);
    if (record !== null) show.record(record);
  }
  return 0;
}

function showOf(given: Arguments, { environment, stdout, stderr }: Surroundings): Show {
  const notice = (text: string) => void stderr.write(`${text}\n`);
  if (wantsJson(given)) {
    const write = (value: object) => void stdout.write(`${printedJson(value)}\n`);
    return { record: write, late: (line) => write(lateObject(line)), notice };
  }
  const colours = coloursOf(wantsColours(environment, stdout.isTTY === true));
  const write = (lines: readonly string[]) => void stdout.write(`${lines.join('\n')}\n`);
  return {
    record: (record) => write(invocationLines(record, colours)),
    late: (line) => write(leftBehindLines(line, colours)),
    notice,
  };
}

function filterOf(given: Arguments): InvocationFilter {
  const since = lastOf(given, 'since');
  const texts = [
    ['function', lastOf(given, 'function')],
    ['status', lastOf(given, 'status')],
    ['sid', lastOf(given, 'sid')],
    ['q', lastOf(given, 'grep')],
    ['method', lastOf(given, 'method')],
    ['since', since === null ? null : readSince(since, Date.now())],
  ] as const;
  return Object.fromEntries(texts.filter(([, text]) => text !== null));
}

// --- from a file

async function readRecords(
  path: string,
  filter: InvocationFilter,
  limit: number,
): Promise<readonly InvocationRecord[]> {
  const records: InvocationRecord[] = [];
  const input = createReadStream(path, { encoding: 'utf8' });
  const failed = new Promise<never>((_, reject) => input.once('error', reject));
  try {
    await Promise.race([failed, collect(textLines(input))]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CodedError('HS_RECORD_FILE', `${path} cannot be read: ${why}`);
  }
  return records;

  async function collect(lines: AsyncIterable<string>): Promise<void> {
    for await (const line of lines) {
      const record = readRecordLine(line);
      if (record === null || !matchesRecord(record, filter)) continue;
      records.push(record);
      if (records.length > limit) records.shift();
    }
  }
}
