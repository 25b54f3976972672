/** What a run lies in: the project, and beside it what must not be a part of it. */
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProject } from '../projects/project';
import { Builds } from './builds';
import { RUNS_VARIABLE } from './kind';
import { KINDS } from './kinds';
import { VICTIM } from './victim';

export interface Grounds {
  readonly folder: string;
  readonly projectRoot: string;
  /** Where each handler notes that it began. */
  readonly runsFile: string;
  readonly builds: Builds;
  /** TMPDIR of the gateway: nothing of it may be left in the end. */
  readonly temporary: string;
  remove(): void;
}

export function layGrounds(): Grounds {
  const folder = mkdtempSync(join(tmpdir(), 'hookswitch-chaos-'));
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const runsFile = join(folder, 'runs');
  writeFileSync(runsFile, '');
  const project = createProject({ 'victim.protected.js': VICTIM.source }, folder);
  appendFileSync(join(project.root, '.env'), `${RUNS_VARIABLE}=${runsFile}\n`);
  const builds = new Builds(project.root, join(folder, 'draft'));
  for (const kind of KINDS) builds.write(kind);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { folder, projectRoot: project.root, runsFile, builds, temporary, remove };
}

/** Folders of pools and, inside of them, of instances. */
export function countLeftFolders({ temporary }: Grounds): number {
  return readdirSync(temporary, { recursive: true }).length;
}
