/** The vendor's own development server, installed from npm into a temporary folder. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Project } from '../projects/project';
import { type Command, type Contender, findFreePort, startServer } from './contender';

const VERSION = '5.0.1';
/** Kept between runs of the benchmark. */
const FOLDER = join(tmpdir(), `hookswitch-bench-twilio-run-${VERSION}`);
const PROGRAM = join(FOLDER, 'node_modules', 'twilio-run', 'bin', 'twilio-run.js');
const INSTALL_MS = 90_000;

/** The folder that its projects must lie in, so that they find its runtime; `null`: it could not be installed. */
export function installTwilioRun(): string | null {
  if (existsSync(PROGRAM)) return FOLDER;
  console.error(`Installing twilio-run ${VERSION} into ${FOLDER} …`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{ "name": "bench-twilio-run", "private": true }\n');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const run = spawnSync('npm', ['install', ...flags, `twilio-run@${VERSION}`], {
    cwd: FOLDER,
    stdio: ['ignore', 2, 2],
    timeout: INSTALL_MS,
  });
  return run.status === 0 && existsSync(PROGRAM) ? FOLDER : null;
}

/** Without a process for each call, without reading files anew, without log lines: the fastest that it can be. */
export function fastTwilioRun(project: Project): Contender {
  const flags = ['--no-fork-process', '--no-live', '--no-logs'];
  return twilioRun('twilio-run, no fork, no live', project, flags, false);
}

/** It forks a process for each call. */
export function plainTwilioRun(project: Project): Contender {
  return twilioRun('twilio-run as it comes', project, [], true);
}

export function twilioRunCommand(project: Project, port: number, flags: readonly string[]): Command {
  const argv = [PROGRAM, 'start', project.root, '--port', String(port), ...flags];
  return { argv, port, cwd: project.root, output: null };
}

function twilioRun(name: string, project: Project, flags: readonly string[], isSlow: boolean): Contender {
  return {
    name,
    isSlow,
    start: async () => startServer(twilioRunCommand(project, await findFreePort(), flags)),
  };
}
