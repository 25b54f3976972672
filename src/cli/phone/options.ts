/** What `sms` and `call` understand, beside the options of `start`: those say which project is meant. */
import { readInteger, readText, switchOption, valueOption } from '../../config/option';
import { OPTIONS } from '../../config/options';
import type { FaultRule } from '../../simulator';
import { DEFAULT_FROM, DEFAULT_TO } from '../../simulator';
import { FAULTS_ALLOWED, readFaults } from './faults';

const text = (placeholder: string, allowed: string, initialText: string, help: string) =>
  valueOption<string | null>({
    kind: 'string',
    group: 'Options',
    placeholder,
    initial: null,
    initialText,
    allowed,
    read: readText,
    help,
    configurable: false,
  });

const script = (without: string, what: string) =>
  text(
    'FILE',
    'a file',
    `none: ${without}`,
    `${what}, a line each; see docs/simulator.md. - reads it from stdin.`,
  );

const COMMON = {
  url: text(
    'PATH-OR-URL',
    'a path of the project or a whole URL',
    'the only Function there is, or the one whose name says that it takes them first',
    'The webhook of the number. A whole URL may be anywhere; #rc=2 and the like are understood.',
  ),
  from: text('NUMBER', 'a phone number', DEFAULT_FROM, 'The number of the person, you.'),
  to: text('NUMBER', 'a phone number', DEFAULT_TO, 'The number of the project.'),
  method: valueOption<'GET' | 'POST'>({
    kind: 'choice',
    group: 'Options',
    placeholder: 'GET|POST',
    initial: 'POST',
    initialText: 'POST',
    allowed: 'GET or POST',
    read: (value) => {
      const word = value.toUpperCase();
      return word === 'GET' || word === 'POST' ? word : undefined;
    },
    help: 'Method of the webhook.',
    configurable: false,
  }),
  fallbackUrl: text('PATH-OR-URL', 'a path or a URL', 'none', 'Asked where the webhook fails.'),
  fault: valueOption<readonly FaultRule[]>({
    kind: 'list',
    group: 'Options',
    placeholder: 'KIND[@PATH]',
    initial: [],
    initialText: 'none',
    allowed: FAULTS_ALLOWED,
    read: readFaults,
    help: 'What goes wrong on purpose with each webhook (lost: each callback), or with those whose path holds PATH. May be given several times.',
    configurable: false,
  }),
  verbose: switchOption({
    group: 'Options',
    initial: false,
    help: 'Show each webhook and each change of state as well.',
    configurable: false,
  }),
};

export const SMS_OPTIONS = {
  ...COMMON,
  script: script('you write the texts', 'What is sent and what is expected to arrive'),
  media: valueOption<readonly string[]>({
    kind: 'list',
    group: 'Options',
    placeholder: 'URL',
    initial: [],
    initialText: 'none',
    allowed: 'URLs',
    read: (value) => (value.trim() === '' ? undefined : value.split(',').map((url) => url.trim())),
    help: 'A picture or the like that comes with the text. May be given several times.',
    configurable: false,
  }),
  delivery: valueOption<'delivered' | 'undelivered' | 'failed'>({
    kind: 'choice',
    group: 'Options',
    placeholder: 'delivered|undelivered|failed',
    initial: 'delivered',
    initialText: 'delivered',
    allowed: 'delivered, undelivered or failed',
    read: (value) => (['delivered', 'undelivered', 'failed'] as const).find((word) => word === value),
    help: 'How the replies fare, and what status callbacks are told.',
    configurable: false,
  }),
};

export const CALL_OPTIONS = {
  ...COMMON,
  script: script('you have the phone', 'What both parties do and what is expected'),
  realTime: switchOption({
    group: 'Options',
    initial: false,
    help: 'A second is a second. Otherwise the call waits for you, and time jumps.',
    configurable: false,
  }),
  statusCallback: text('PATH-OR-URL', 'a path or a URL', 'none', 'Told when the call is over.'),
  seed: valueOption<number | null>({
    kind: 'number',
    group: 'Options',
    placeholder: 'NUMBER',
    initial: null,
    initialText: 'none: SIDs differ each time',
    allowed: 'an integer from 0',
    read: readInteger(0, 2 ** 32 - 1),
    help: 'The same SIDs each time.',
    configurable: false,
  }),
};

export const SMS_FLAGS = { ...SMS_OPTIONS, ...OPTIONS };
export const CALL_FLAGS = { ...CALL_OPTIONS, ...OPTIONS };
