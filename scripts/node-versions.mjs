// The versions of Node that Hookswitch is tried on beside the current one. npm brings their binaries: the package `node`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Not node_modules, which `npm ci` deletes. */
const folder = join(root, '.build-nodes');
const INSTALL_MS = 300_000;

/** Exact, so that a run can be repeated. Node 20 is the oldest that works: `engines` of package.json. */
const PINNED = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' };
const ORDINARY = ['current', '22', '24'];

/**
 * Which ones the arguments name: `current`, a major that is pinned above, or an exact version; without any, all
 * that are worth it. Ends the program where one is unknown.
 */
export function chosenVersions(words) {
  return (words.length === 0 ? ORDINARY : words).map((word) => {
    if (word === 'current') return process.versions.node;
    const version = PINNED[word] ?? word;
    if (/^\d+\.\d+\.\d+$/.test(version)) return version;
    return giveUp(
      `${word} is no version: name current, ${Object.keys(PINNED).join(', ')} or one such as 22.12.0.`,
    );
  });
}

/** Absolute path of the program; installs it once. Ends this program where that fails. */
export function binaryOf(version) {
  if (version === process.versions.node) return process.execPath;
  const own = join(folder, version);
  const binary = join(own, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!runs(binary, version)) install(own, version);
  if (!runs(binary, version)) giveUp(`${binary} does not run. Delete ${own} and try again.`);
  return binary;
}

/** Variables with which `node` means this binary for what is started by its name, such as npm's own lines. */
export function environmentOf(binary) {
  return { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH ?? ''}` };
}

function runs(binary, version) {
  if (!existsSync(binary)) return false;
  return spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout?.trim() === `v${version}`;
}

function install(own, version) {
  console.error(`Installing Node ${version} (once) …`);
  mkdirSync(own, { recursive: true });
  // A manifest of its own: npm would otherwise install into the repository around it.
  writeFileSync(join(own, 'package.json'), '{ "name": "node-to-test-with", "private": true }\n');
  // The package fetches the binary for this machine in its install script.
  const flags = ['--no-audit', '--no-fund', '--no-save', '--ignore-scripts=false', '--loglevel=error'];
  const run = spawnSync('npm', ['install', ...flags, `node@${version}`], {
    cwd: own,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    timeout: INSTALL_MS,
  });
  if (run.status === 0) return;
  giveUp(
    `Node ${version} could not be installed from npm; see the lines above. It needs the network once, then ${folder} keeps it.`,
  );
}

function giveUp(message) {
  console.error(message);
  process.exit(1);
}
