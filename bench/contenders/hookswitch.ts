import { join } from 'node:path';
import type { Project } from '../projects/project';
import { type Command, type Contender, findFreePort, startServer } from './contender';

const PROGRAM = join(__dirname, '..', '..', 'src', 'main.js');

/** As it comes, apart from the log: `logFile` gets a line of JSON for each request, `null` keeps them from being made. */
export function hookswitch(
  project: Project,
  logFile: string | null = null,
  variant: Variant | null = null,
): Contender {
  const name = logFile === null ? 'hookswitch' : 'hookswitch, JSON log to a file';
  return {
    name: variant?.name ?? name,
    isSlow: false,
    start: async () => {
      const command = hookswitchCommand(project, await findFreePort(), logFile);
      return startServer({ ...command, argv: [...command.argv, ...(variant?.flags ?? [])] });
    },
  };
}

/** With further flags, for questions that compare it with itself. */
export interface Variant {
  readonly name: string;
  readonly flags: readonly string[];
}

export function hookswitchCommand(project: Project, port: number, logFile: string | null = null): Command {
  const flags = ['start', project.root, '--port', String(port)];
  const argv = [PROGRAM, ...flags, ...(logFile === null ? ['--no-logs'] : [])];
  return { argv, port, cwd: project.root, output: logFile };
}
