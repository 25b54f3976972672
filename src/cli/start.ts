import type { Arguments } from '../config/arguments';
import { isLoopback } from '../config/host';
import { printPublicUrl } from '../config/public-url';
import { type Environment, type StartOptions, startOptionsOf } from '../config/read';
import { type Platform, type PlatformOptions, startPlatform } from '../platform';
import { wantsColours } from '../telemetry/colours';
import { createLog, type Log } from '../telemetry/log';
import { openDescriptor, terminalSink } from '../telemetry/sink';
import { exitCodeOf } from './exit-code';
import { failureText } from './failure';
import { liveUntilStopped } from './lifetime';

/** Where a command runs. */
export interface Surroundings {
  readonly environment: Environment;
  readonly currentFolder: string;
  readonly stdout: NodeJS.WriteStream;
}

/** Serves a project until a signal; resolves with the exit code. Rejects where it cannot start. */
export async function runStart(given: Arguments, surroundings: Surroundings): Promise<number> {
  const options = startOptionsOf(given, surroundings.environment, surroundings.currentFolder);
  const log = openLog(options, surroundings);
  try {
    for (const warning of options.warnings) log.notice('warn', warning);
    return await liveUntilStopped(() => listen(options.platform, log), log);
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

async function listen(options: PlatformOptions, log: Log): Promise<Platform> {
  const platform = await startPlatform(options, log);
  const { publicUrl, checkSignatures } = options;
  log.listening({
    build: platform.build,
    url: printedUrl(platform, options.host),
    publicUrl: publicUrl === null ? null : printPublicUrl(publicUrl),
    checkSignatures,
  });
  return platform;
}

/** As it is typed on this machine. */
function printedUrl(platform: Platform, host: string): string {
  const isLocal = isLoopback(host) || host === '0.0.0.0' || host === '::';
  return isLocal ? `http://localhost:${platform.port}` : platform.url;
}
