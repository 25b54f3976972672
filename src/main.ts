#!/usr/bin/env node
/** The program: arguments -> command -> exit code. */
import { resolve } from 'node:path';
import { commandOf } from './cli/command';
import { exitCodeOf } from './cli/exit-code';
import { failureText } from './cli/failure';
import { runStart } from './cli/start';
import { readArguments } from './config/arguments';
import { isFolder } from './config/read';
import { terminalLines } from './telemetry/untrusted';

// The only exit: instances, watchers and open sockets keep nothing alive that a command has ended.
void runCommand(process.argv.slice(2)).then((code) => process.exit(code));

async function runCommand(argv: readonly string[]): Promise<number> {
  try {
    return await run(argv, process.cwd());
  } catch (error) {
    process.stderr.write(`hookswitch: ${terminalLines(failureText(error)).join('\n  ')}\n`);
    return exitCodeOf(error);
  }
}

async function run(argv: readonly string[], currentFolder: string): Promise<number> {
  const given = readArguments(argv, (word) => isFolder(resolve(currentFolder, word)));
  const command = commandOf(given, currentFolder);
  switch (command.name) {
    case 'start':
      return runStart(command.given, { environment: process.env, currentFolder, stdout: process.stdout });
    case 'help':
      return print((await import('./cli/help.js')).helpText(process.stdout.columns ?? 80));
    case 'version':
      return print(`${(await import('./cli/version.js')).versionText()}\n`);
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
