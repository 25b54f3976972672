import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReplayAnswer, ReplayRequest } from '../admin/api';
import type { Arguments } from '../config/arguments';
import { readText, switchOption, valueOption } from '../config/option';
import type { Environment } from '../config/sources';
import { CodedError } from '../errors';
import type { InvocationRecord } from '../model/record';
import { coloursOf, wantsColours } from '../telemetry/colours';
import { printedJson } from '../telemetry/untrusted';
import { CLIENT_OPTIONS, checkFlags, clientOf, HELP_OPTIONS, lastOf, wantsJson } from './client-options';
import { type Command, NONE_ACCEPTED, type Surroundings } from './command';
import { replayText } from './replay-text';
import { readHeader, readRequestText, requestText } from './request-text';
import { pathOf, readIdAndFolder } from './show';

const OWN_OPTIONS = {
  edit: switchOption({
    group: 'Options',
    alias: 'e',
    initial: false,
    help: 'Edit the request first, in $VISUAL or $EDITOR; what is saved is sent.',
    configurable: false,
  }),
  method: change('METHOD', 'Another HTTP method.', 'X'),
  target: change('TARGET', 'Another path and query.'),
  header: change(
    'HEADER',
    'Another value of a header, or one more: "Name: value"; "Name:" leaves it out. May be given several times.',
    'H',
  ),
  data: change('BODY', 'Another body.', 'd'),
};

export const REPLAY_COMMAND: Command = {
  flags: { options: { ...OWN_OPTIONS, ...CLIENT_OPTIONS, ...HELP_OPTIONS }, accepted: NONE_ACCEPTED },
  about: [
    'Sends a recorded request again, to the code that is served now, and shows both answers. It is signed afresh with the auth token of the project. It is recorded as any other.',
  ],
  examples: [
    ['hookswitch replay last', 'The newest one.'],
    ['hookswitch replay RQ0123… --edit', 'With changes.'],
    ['hookswitch replay RQ0123… -d "Body=Ahoy" -o json', 'With another body; for programs.'],
  ],
  exitCodes: [
    ['0', 'it was sent, and both answers are shown'],
    ['1', 'it could not be sent, or no gateway runs that has it'],
    ['2', 'the command line is wrong, or what was edited is no request (HS_USAGE)'],
  ],
  run: runReplay,
};

function change(placeholder: string, help: string, alias?: string) {
  return valueOption<string | null>({
    kind: 'string',
    group: 'Options',
    placeholder,
    initial: null,
    initialText: 'as it was',
    allowed: 'a text',
    read: readText,
    help,
    configurable: false,
    ...(alias === undefined ? {} : { alias }),
  });
}

async function runReplay(given: Arguments, surroundings: Surroundings): Promise<number> {
  checkFlags(REPLAY_COMMAND.flags.options, given);
  const { stdout, stderr, environment } = surroundings;
  const { id, folder } = readIdAndFolder(given, 'replay');
  const client = clientOf(given, surroundings, folder);
  const record = await client.get<InvocationRecord>(pathOf(id));
  const changed = withChanges(record, given);
  const changes = lastOf(given, 'edit') === 'true' ? await edit(record, changed, environment) : changed;
  if (changes === null) {
    stderr.write('nothing was sent\n');
    return 0;
  }
  const answer = await client.post<ReplayAnswer>(`${pathOf(record.id)}/replay`, changes);
  if (wantsJson(given)) stdout.write(`${printedJson(answer, 2)}\n`);
  else stdout.write(replayText(answer, coloursOf(wantsColours(environment, stdout.isTTY === true))));
  return 0;
}

function withChanges({ request }: InvocationRecord, given: Arguments): ReplayRequest {
  const method = lastOf(given, 'method');
  const target = lastOf(given, 'target');
  const body = lastOf(given, 'data');
  const headers = given.flags.get('header');
  return {
    ...(method === null ? {} : { method }),
    ...(target === null ? {} : { target }),
    ...(body === null ? {} : { body }),
    ...(headers === undefined ? {} : { headers: withHeaders(request.headers, headers.map(readHeader)) }),
  };
}

type Headers = InvocationRecord['request']['headers'];

/** Those that are given take the place of all of their name; an empty one takes it for nobody. */
function withHeaders(known: Headers, given: Headers): Headers {
  const names = given.map(([name]) => name.toLowerCase());
  return [
    ...known.filter(([name]) => !names.includes(name.toLowerCase())),
    ...given.filter(([, value]) => value !== ''),
  ];
}

// --- with an editor

async function edit(
  record: InvocationRecord,
  changes: ReplayRequest,
  environment: Environment,
): Promise<ReplayRequest | null> {
  const shown = {
    ...record,
    method: changes.method ?? record.method,
    target: changes.target ?? record.target,
    request: { headers: changes.headers ?? record.request.headers, body: bodyOf(record, changes) },
  };
  return readRequestText(await edited(requestText(shown), environment), shown);
}

function bodyOf({ request }: InvocationRecord, { body }: ReplayRequest): InvocationRecord['request']['body'] {
  return body === undefined
    ? request.body
    : { text: body, base64: null, bytes: body.length, truncated: false };
}

/** In a folder that nobody else can read, and that is gone afterwards. */
async function edited(text: string, environment: Environment): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'hookswitch-edit-'));
  try {
    const file = join(folder, 'request.http');
    writeFileSync(file, text, { mode: 0o600 });
    await runEditor(environment.VISUAL || environment.EDITOR || 'vi', file);
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As git does: the variable may hold arguments (`code --wait`). */
function runEditor(editor: string, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    child.once('error', (error) => reject(failed(error.message)));
    child.once('close', (code) => (code === 0 ? resolve() : reject(failed(`it ended with ${code}`))));
  });

  function failed(why: string): CodedError {
    return new CodedError(
      'HS_USAGE',
      `the editor ${JSON.stringify(editor)} failed, so nothing was sent: ${why}`,
    );
  }
}
