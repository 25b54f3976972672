#!/usr/bin/env node
/** The program: arguments -> command -> exit code. */
import { resolve } from 'node:path';
import type { Surroundings } from './cli/command';
import { chooseCommand } from './cli/commands';
import { exitCodeOf } from './cli/exit-code';
import { failureText } from './cli/failure';
import { type Arguments, readArguments } from './config/arguments';
import { isFolder } from './config/read';
import { terminalLines } from './telemetry/untrusted';

// The only exit: instances, watchers and open sockets keep nothing alive that a command has ended.
void runCommand(process.argv.slice(2)).then((code) => process.exit(code));

async function runCommand(argv: readonly string[]): Promise<number> {
  try {
    return await run(argv, {
      environment: process.env,
      currentFolder: process.cwd(),
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
    });
  } catch (error) {
    process.stderr.write(`hookswitch: ${terminalLines(failureText(error)).join('\n  ')}\n`);
    return exitCodeOf(error);
  }
}

async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const chosen = chooseCommand(argv);
  const command = await chosen.row.load();
  const { currentFolder, stdout } = surroundings;
  const given = readArguments(chosen.argv, command.flags, (word) => isFolder(resolve(currentFolder, word)));
  if (isOn(given, 'help')) {
    const { helpTextOf } = await import('./cli/help-command.js');
    stdout.write(await helpTextOf(chosen.row, stdout.columns ?? 80));
    return 0;
  }
  if (isOn(given, 'version')) {
    stdout.write(`${(await import('./cli/version.js')).versionText()}\n`);
    return 0;
  }
  return command.run(given, surroundings);
}

function isOn({ flags }: Arguments, flag: string): boolean {
  return flags.get(flag)?.at(-1) === 'true';
}
