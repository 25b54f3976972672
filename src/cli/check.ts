import { readProject } from '../build/read';
import { checkAll } from '../check/check';
import type { Finding } from '../check/finding';
import type { Arguments } from '../config/arguments';
import { switchOption } from '../config/option';
import { OPTIONS } from '../config/options';
import { startOptionsOf } from '../config/read';
import { countText } from '../telemetry/banner';
import { coloursOf, wantsColours } from '../telemetry/colours';
import { type Command, NONE_ACCEPTED, type Surroundings } from './command';
import { EXIT } from './exit-code';
import { findingsText } from './findings-text';

const { cwd, config, env, loadLocalEnv, functionsFolder, assetsFolder, legacyMode, outputFormat } = OPTIONS;
const { help, version } = OPTIONS;

const OWN_OPTIONS = {
  strict: switchOption({
    group: 'Options',
    initial: false,
    help: 'Warnings count as well for the exit code.',
    configurable: false,
  }),
};

export const CHECK_COMMAND: Command = {
  flags: {
    options: {
      ...OWN_OPTIONS,
      ...{ cwd, config, env, loadLocalEnv, functionsFolder, assetsFolder, legacyMode, outputFormat },
      ...{ help, version },
    },
    accepted: NONE_ACCEPTED,
  },
  about: [
    'Finds what will break: handlers with a way on which callback is never called, TwiML that Twilio refuses, secrets in Assets, files that are missing once deployed, and more. Nothing of the project is run.',
    'Each finding has a file, line and column, a rule, a reason and a fix. // hookswitch-ignore RULE on the line before keeps it from being told. All rules: docs/check.md.',
  ],
  examples: [
    ['hookswitch check', 'The project in the current folder.'],
    ['hookswitch check --strict', 'Before a commit or in CI: warnings fail too.'],
    ['hookswitch check -o json', 'For programs.'],
  ],
  exitCodes: [
    ['0', 'nothing was found; warnings do not count without --strict'],
    ['1', 'something was found, or the project cannot be read'],
    ['2', 'the command line or a HOOKSWITCH_ variable is wrong (HS_USAGE)'],
  ],
  run: runCheck,
};

/** What `hookswitch check -o json` writes. */
export interface CheckReport {
  /** Absolute path of the project. */
  readonly project: string;
  /** `5 Functions, 1 Asset` */
  readonly checked: string;
  readonly errors: number;
  readonly warnings: number;
  readonly findings: readonly Finding[];
}

async function runCheck(given: Arguments, surroundings: Surroundings): Promise<number> {
  const { environment, currentFolder, stdout } = surroundings;
  const { platform, outputFormat: format } = startOptionsOf(given, environment, currentFolder);
  const build = readProject(platform.project, environment);
  const findings = await checkAll(build);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const report = { project: build.root, checked: countText(build), errors, warnings, findings };
  stdout.write(format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : textOf(report, surroundings));
  const isStrict = given.flags.get('strict')?.at(-1) === 'true';
  return errors > 0 || (isStrict && warnings > 0) ? EXIT.failure : EXIT.ok;
}

function textOf(report: CheckReport, { environment, stdout }: Surroundings): string {
  return findingsText(report, coloursOf(wantsColours(environment, stdout.isTTY === true)));
}
