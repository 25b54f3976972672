import { spawn } from 'node:child_process';
import type { TicketAnswer } from '../admin/api';
import type { Arguments } from '../config/arguments';
import { switchOption } from '../config/option';
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
  stdout.write(wantsJson(given) ? `${JSON.stringify(answer)}\n` : `${answer.url}\n`);
  if (lastOf(given, 'open') === 'true' && !(await openInBrowser(answer.url))) {
    stderr.write('no browser could be opened: open the link by hand\n');
  }
  return 0;
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
