// Compiles the package into dist/, with the console, and, with --tests, everything that tests need into .build/.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole } from './build-console.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

function compile(project, folder) {
  rmSync(join(root, folder), { recursive: true, force: true });
  run(project);
}

function run(project) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

compile('tsconfig.json', 'dist');
chmodSync(join(root, 'dist', 'main.js'), 0o755);
run(join('console', 'tsconfig.json'));
await buildConsole();
if (process.argv.includes('--tests')) {
  compile('tsconfig.tests.json', '.build');
  // The program that tests start looks for it beside itself, as the published one does.
  cpSync(join(root, 'dist', 'console'), join(root, '.build', 'src', 'console'), { recursive: true });
}
