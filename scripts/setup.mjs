// Makes a fresh clone ready with nothing but Node and npm: installs what package-lock.json names, then builds.
// Quick where nothing changed. With --tests it also compiles tests and benchmarks.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.hookswitch-setup');

function installed() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Installing dependencies (once) …');
  const run = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (run.status !== 0) {
    console.error('npm ci failed; see its lines above.');
    process.exit(run.status ?? 1);
  }
  writeFileSync(stamp, lock);
}

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(`Hookswitch needs Node 20 or later; this is ${process.version}.`);
  process.exit(1);
}
installed();
console.error('Building …');
const build = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: ['ignore', 2, 2],
});
process.exit(build.status ?? 1);
