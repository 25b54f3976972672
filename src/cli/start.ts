import { variableSettings } from '../build/variable-origins';
import type { Arguments } from '../config/arguments';
import { isLoopback } from '../config/host';
import { printPublicUrl } from '../config/public-url';
import { START_FLAGS, type StartOptions, startOptionsOf } from '../config/read';
import { startSettingsOf } from '../config/settings';
import { type Platform, startPlatform } from '../platform';
import { wantsColours } from '../telemetry/colours';
import { createLog, type Log } from '../telemetry/log';
import { openDescriptor, terminalSink } from '../telemetry/sink';
import type { Command, Surroundings } from './command';
import { checkFolderWord } from './commands';
import { exitCodeOf } from './exit-code';
import { failureText } from './failure';
import { liveUntilStopped } from './lifetime';
import { Recorded, Recording } from './recording';

export const START_COMMAND: Command = {
  flags: START_FLAGS,
  about: ['Serves a Functions project until it is stopped.'],
  examples: [
    ['hookswitch', 'Serve the project in the current folder.'],
    ['hookswitch my-project -p 8080', 'Another folder, another port.'],
    ['hookswitch --no-signature', 'Call protected Functions by hand.'],
    [
      'hookswitch --public-url https://name.example.com',
      'Behind a tunnel or a proxy: signatures cover this URL.',
    ],
    ['hookswitch --host 0.0.0.0 --no-live -o json', 'On a server.'],
  ],
  run: (given, surroundings) => runStart(withoutName(given, surroundings.currentFolder), surroundings),
};

/** `hookswitch -p 8080 start dir`: the name of the command may stand behind flags. */
function withoutName(given: Arguments, currentFolder: string): Arguments {
  const [word, ...others] = given.words;
  if (word === 'start' || word === 'dev') return { ...given, words: others };
  if (word !== undefined) checkFolderWord(word, currentFolder);
  return given;
}

/** Serves a project until a signal; resolves with the exit code. Rejects where it cannot start. */
export async function runStart(given: Arguments, surroundings: Surroundings): Promise<number> {
  const options = startOptionsOf(given, surroundings.environment, surroundings.currentFolder);
  const log = openLog(options, surroundings);
  try {
    for (const warning of options.warnings) log.notice('warn', warning);
    return await liveUntilStopped(() => listen(given, options, surroundings, log), log);
  } catch (error) {
    // Who asked for JSON reads one stream of it, failures included.
    if (options.outputFormat !== 'json' || options.logLevel === 'silent') throw error;
    log.notice('error', failureText(error));
    return exitCodeOf(error);
  } finally {
    await log.close();
  }
}

function openLog(options: StartOptions, { environment, stdout }: Surroundings): Log {
  const isTerminal = stdout.isTTY === true;
  const format = isTerminal && options.outputFormat !== 'json' ? 'terminal' : 'json';
  return createLog({
    format,
    level: options.logLevel,
    colours: wantsColours(environment, isTerminal),
    sink: format === 'terminal' ? terminalSink(stdout) : openDescriptor(1),
  });
}

async function listen(
  given: Arguments,
  options: StartOptions,
  surroundings: Surroundings,
  log: Log,
): Promise<Recorded> {
  const { environment, currentFolder, stdout } = surroundings;
  const { platform: asked, records } = options;
  const settings = () => ({
    options: startSettingsOf(given, environment, currentFolder).options,
    variables: variableSettings(asked.project, environment as NodeJS.ProcessEnv),
  });
  const isTerminal = stdout.isTTY === true;
  const recording = new Recording({ records, platform: asked, environment, isTerminal, settings }, log);
  const project = { ...asked.project, ownFiles: recording.files };
  const platform = await startPlatform({ ...asked, project, keepsTraffic: recording.isOn }, recording.events);
  const recorded = new Recorded(platform, recording);
  try {
    const url = printedUrl(platform, asked.host);
    const { publicUrl, checkSignatures } = asked;
    log.listening({
      build: platform.build,
      url,
      publicUrl: publicUrl === null ? null : printPublicUrl(publicUrl),
      checkSignatures,
      console: await recording.open(platform, url),
    });
    return recorded;
  } catch (error) {
    await recorded.close();
    throw error;
  }
}

/** As it is typed on this machine. */
function printedUrl(platform: Platform, host: string): string {
  const isLocal = isLoopback(host) || host === '0.0.0.0' || host === '::';
  return isLocal ? `http://localhost:${platform.port}` : platform.url;
}
