import type { SourceExcerpt } from '../admin/api';
import type { AdminClient } from '../admin/client';
import type { Arguments } from '../config/arguments';
import { CodedError } from '../errors';
import type { InvocationRecord } from '../model/record';
import { coloursOf, wantsColours } from '../telemetry/colours';
import { printedJson } from '../telemetry/untrusted';
import { CLIENT_OPTIONS, checkFlags, clientOf, HELP_OPTIONS, wantsJson } from './client-options';
import { type Command, NONE_ACCEPTED, type Surroundings } from './command';
import { invocationText } from './invocation-text';

export const SHOW_COMMAND: Command = {
  flags: { options: { ...CLIENT_OPTIONS, ...HELP_OPTIONS }, accepted: NONE_ACCEPTED },
  about: [
    'Shows everything that is known of one request: the id is in the log, in hookswitch logs and in the response header Twilio-Request-Id; last is the newest one. Secrets are hidden.',
  ],
  examples: [
    ['hookswitch show last', 'The newest one.'],
    ['hookswitch show RQ0123… -o json', 'For programs.'],
  ],
  run: runShow,
};

async function runShow(given: Arguments, surroundings: Surroundings): Promise<number> {
  checkFlags(SHOW_COMMAND.flags.options, given);
  const { stdout, environment } = surroundings;
  const { id, folder } = readIdAndFolder(given, 'show');
  const client = clientOf(given, surroundings, folder);
  const record = await client.get<InvocationRecord>(pathOf(id));
  if (wantsJson(given)) {
    stdout.write(`${printedJson(record, 2)}\n`);
    return 0;
  }
  const colours = coloursOf(wantsColours(environment, stdout.isTTY === true));
  stdout.write(invocationText(record, await sourceOf(client, record), colours));
  return 0;
}

/** Of what failed only. */
async function sourceOf(
  client: AdminClient,
  { id, detail }: InvocationRecord,
): Promise<readonly SourceExcerpt[]> {
  return detail === null ? [] : client.get<readonly SourceExcerpt[]>(`${pathOf(id)}/source`);
}

export function pathOf(id: string): string {
  return `/api/invocations/${encodeURIComponent(id)}`;
}

/** `ID [dir]`. Throws `CodedError` (HS_USAGE). */
export function readIdAndFolder(
  { words }: Arguments,
  command: string,
): { readonly id: string; readonly folder: string | undefined } {
  const [id, folder, more] = words;
  if (id === undefined) throw new CodedError('HS_USAGE', `${command} needs the id of a request, or last`);
  if (more !== undefined)
    throw new CodedError('HS_USAGE', `${command} takes an id and a folder, "${more}" is too much`);
  return { id, folder };
}
