/**
 * Names that nothing knows: keys of the configuration file, and HOOKSWITCH_ variables. They are passed over without a
 * word at start, since the file belongs to the vendor's toolkit as well; here they are hinted where they look like one of ours.
 */
import { COMPATIBILITY_FLAGS } from './compatibility';
import type { ConfigFile } from './file';
import { environmentName } from './names';
import { OPTIONS } from './options';
import type { Environment } from './sources';
import { suggest } from './suggest';

/** One line each; `nameOf` says how a file is called. */
export function hintsOf(
  file: ConfigFile | null,
  environment: Environment,
  nameOf: (path: string) => string,
): readonly string[] {
  return [...(file === null ? [] : fileHints(file, nameOf(file.path))), ...environmentHints(environment)];
}

/** What else the toolkit keeps in the file: never taken for a typing error. */
const TOOLKIT_KEYS: readonly string[] = [
  'accountSid',
  'apiKey',
  'apiSecret',
  'authToken',
  'assetsEnv',
  'buildSid',
  'createEnvironment',
  'envPath',
  'environmentSuffix',
  'extendedOutput',
  'functionSid',
  'functionsEnv',
  'logCacheSize',
  'logs',
  'overrideExistingService',
  'pkgJson',
  'profile',
  'projectName',
  'properties',
  'sourceEnvironment',
  'tail',
  'template',
  'types',
];

function fileHints({ sections }: ConfigFile, name: string): readonly string[] {
  const configurable = Object.entries(OPTIONS)
    .filter(([, option]) => option.configurable)
    .map(([key]) => key);
  const known = [...Object.keys(OPTIONS), ...Object.keys(COMPATIBILITY_FLAGS), ...TOOLKIT_KEYS];
  return sections.flatMap((section) =>
    Object.keys(section.values)
      .filter((key) => !known.includes(key))
      .flatMap((key) => {
        const place = section.name === '' ? key : `${section.name}.${key}`;
        return hint(`${name}: ${place}`, suggestKey(key, configurable));
      }),
  );
}

/** `signature-status` and `SIGNATURE_STATUS` are how the same option is called elsewhere. */
function suggestKey(key: string, candidates: readonly string[]): string | null {
  const plain = key.replace(/[-_]/g, '').toLowerCase();
  return candidates.find((candidate) => candidate.toLowerCase() === plain) ?? suggest(key, candidates);
}

function environmentHints(environment: Environment): readonly string[] {
  const names = Object.entries(OPTIONS)
    .filter(([, option]) => option.configurable)
    .map(([key]) => environmentName(key));
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !names.includes(name) && !OF_A_CLUSTER.test(name))
    .flatMap((name) => hint(name, suggest(name, names)));
}

const PREFIX = 'HOOKSWITCH_';
/** Kubernetes sets these in every pod beside a service that is called hookswitch. */
const OF_A_CLUSTER = /_(?:SERVICE_(?:HOST|PORT)|PORT_\d+_)/;

function hint(place: string, near: string | null): readonly string[] {
  return near === null ? [] : [`${place} is not known and has no effect; did you mean ${near}?`];
}
