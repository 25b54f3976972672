import { spawn } from 'node:child_process';
import type { TicketAnswer } from '../admin/api';
import type { Arguments } from '../config/arguments';
import { switchOption } from '../config/option';
import { CodedError } from '../errors';
import { CLIENT_OPTIONS, checkFlags, clientOf, HELP_OPTIONS, lastOf, wantsJson } from './client-options';
import { type Command, NONE_ACCEPTED, type Surroundings } from './command';

const OWN_OPTIONS = {
  open: switchOption({
    group: 'Options',
    initial: false,
    help: 'Also open the link in the browser of this machine.',
    configurable: false,
  }),
};

export const CONSOLE_COMMAND: Command = {
  flags: { options: { ...OWN_OPTIONS, ...CLIENT_OPTIONS, ...HELP_OPTIONS }, accepted: NONE_ACCEPTED },
  about: [
    'Prints a new link that opens the console of a running gateway. It works once, within ten minutes.',
  ],
  examples: [['hookswitch console --open', 'Open it in the browser.']],
  run: runConsole,
};

async function runConsole(given: Arguments, surroundings: Surroundings): Promise<number> {
  checkFlags(CONSOLE_COMMAND.flags.options, given);
  const { stdout, stderr } = surroundings;
  const client = clientOf(given, surroundings, given.words[0]);
  const answer = await client.post<TicketAnswer>('/api/tickets', {});
  // It is printed, and handed to a program that opens whatever it is given.
  if (!isOurs(answer.url, client.gateway.consoleUrl)) {
    throw new CodedError(
      'HS_GATEWAY_UNREACHABLE',
      `what answers at ${client.gateway.consoleUrl} is no console`,
    );
  }
  stdout.write(wantsJson(given) ? `${JSON.stringify(answer)}\n` : `${answer.url}\n`);
  if (lastOf(given, 'open') === 'true' && !(await openInBrowser(answer.url))) {
    stderr.write('no browser could be opened: open the link by hand\n');
  }
  return 0;
}

function isOurs(url: unknown, consoleUrl: string): boolean {
  const [, ticket] = typeof url === 'string' ? url.split(`${consoleUrl}/open?ticket=`) : [];
  return (
    ticket !== undefined && url === `${consoleUrl}/open?ticket=${ticket}` && /^[\w-]{1,200}$/.test(ticket)
  );
}

/** The link is one of ours: nothing in it means anything to a shell, and none is asked. */
function openInBrowser(url: string): Promise<boolean> {
  const [command, ...before] = openerOf(process.platform);
  return new Promise((resolve) => {
    const child = spawn(command, [...before, url], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

function openerOf(platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  return platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler'] : ['xdg-open'];
}
