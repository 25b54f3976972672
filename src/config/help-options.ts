import { switchOption } from './option';

/** What every command understands. */
export const HELP_OPTIONS = {
  help: switchOption({ group: 'Help', alias: 'h', initial: false, help: 'Show this.', configurable: false }),
  version: switchOption({
    group: 'Help',
    alias: 'v',
    initial: false,
    help: 'Show the version.',
    configurable: false,
  }),
};
