import type { Setting } from '../admin/api';
import { findFolders } from '../build/folders';
import { variableOrigins, variableSettings } from '../build/variable-origins';
import type { Arguments } from '../config/arguments';
import { switchOption } from '../config/option';
import { OPTIONS } from '../config/options';
import { START_FLAGS, startOptionsOf } from '../config/read';
import { type StartSettings, startSettingsOf } from '../config/settings';
import { CodedError } from '../errors';
import type { ProjectOptions } from '../platform';
import { coloursOf, wantsColours } from '../telemetry/colours';
import type { Command, Surroundings } from './command';
import { settingsText } from './settings-text';

const OWN_OPTIONS = {
  showSecrets: switchOption({
    group: 'Options',
    initial: false,
    help: 'Show the values of variables as they are. On a terminal only, so that no secret ends in a file or a log by itself.',
    configurable: false,
  }),
};

export const CONFIG_COMMAND: Command = {
  flags: { options: { ...OWN_OPTIONS, ...OPTIONS }, accepted: START_FLAGS.accepted },
  about: [
    'Shows the settings that start would have with the same flags, and the variables that Functions would see: each with its value, where it came from and what it goes before. Secrets are masked. Nothing is started.',
    'Names in the configuration file and HOOKSWITCH_ variables that nothing knows and that look like one of ours are hinted on stderr.',
  ],
  examples: [
    ['hookswitch config', 'Of the project in the current folder.'],
    ['hookswitch config -p 8080 my-project', 'What start -p 8080 my-project would have.'],
    ['hookswitch config -o json', 'The same for programs.'],
  ],
  run: runConfig,
};

/** What `hookswitch config -o json` writes. */
export interface ConfigReport extends StartSettings {
  readonly variables: readonly Setting[];
}

async function runConfig(given: Arguments, surroundings: Surroundings): Promise<number> {
  const { environment, currentFolder, stdout, stderr } = surroundings;
  const showSecrets = given.flags.get('showSecrets')?.at(-1) === 'true';
  if (showSecrets && stdout.isTTY !== true) {
    throw new CodedError('HS_USAGE', '--show-secrets shows them on a terminal only; stdout is none');
  }
  const settings = startSettingsOf(given, environment, currentFolder);
  const { project } = startOptionsOf(given, environment, currentFolder).platform;
  const report = { ...settings, variables: variablesOf(project, environment, showSecrets) };
  stdout.write(wantsJson(given) ? `${JSON.stringify(report, null, 2)}\n` : textOf(report, surroundings));
  if (!wantsJson(given)) stderr.write(report.hints.map((hint) => `hint: ${hint}\n`).join(''));
  return 0;
}

function variablesOf(
  project: ProjectOptions,
  environment: NodeJS.ProcessEnv,
  showSecrets: boolean,
): readonly Setting[] {
  findFolders(project); // A project that start would refuse is refused here.
  if (!showSecrets) return variableSettings(project, environment);
  return variableOrigins(project, environment).map((origin) => ({ ...origin, masked: false, help: '' }));
}

/** Only the flag: `outputFormat` of the environment or the file is one of the settings that are shown. */
function wantsJson(given: Arguments): boolean {
  return given.flags.get('outputFormat')?.at(-1) === 'json';
}

function textOf(report: ConfigReport, { environment, stdout }: Surroundings): string {
  return settingsText(report, coloursOf(wantsColours(environment, stdout.isTTY === true)));
}
