// Compiles the package into dist/ and, with --tests, everything that tests need into .build/.
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

function compile(project, folder) {
  rmSync(join(root, folder), { recursive: true, force: true });
  const run = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) process.exit(run.status ?? 1);
}

compile('tsconfig.json', 'dist');
chmodSync(join(root, 'dist', 'main.js'), 0o755);
if (process.argv.includes('--tests')) compile('tsconfig.tests.json', '.build');
