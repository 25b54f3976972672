import { join } from 'node:path';
import type { Project } from '../projects/project';
import { type Contender, findFreePort, startServer } from './contender';

const PROGRAM = join(__dirname, '..', 'programs', 'bare-server.js');

/** The handlers of a project called inside of a bare `node:http` server, in `workers` processes. */
export function bare(project: Project, workers = 1): Contender {
  return {
    name: workers === 1 ? 'bare' : `bare x${workers} (cluster)`,
    isSlow: false,
    start: async () => {
      const port = await findFreePort();
      return startServer({ ...bareCommand(project, port, workers) });
    },
  };
}

export function bareCommand(project: Project, port: number, workers = 1) {
  const argv = [PROGRAM, project.root, String(port), String(workers)];
  return { argv, port, cwd: project.root, output: null };
}
