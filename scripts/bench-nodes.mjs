// Runs `npm run bench` on several versions of Node, one after the other: `npm run bench:nodes -- webhook memory`
// asks the named questions, without names all. `--node 24` (may be given several times) takes that version only.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { binaryOf, chosenVersions, environmentOf } from './node-versions.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const { values, positionals } = parseArgs({
  options: { node: { type: 'string', multiple: true, default: [] } },
  allowPositionals: true,
});
const nodes = chosenVersions(values.node).map((version) => ({ version, binary: binaryOf(version) }));
const failed = nodes.filter((node) => !measure(node)).map(({ version }) => version);
if (failed.length > 0) console.error(`It failed on ${failed.join(', ')}.`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** Contenders run on the version that runs the benchmark. */
function measure({ version, binary }) {
  console.log(`# Node ${version}\n`);
  const { status } = spawnSync(binary, [join(root, '.build', 'bench', 'main.js'), ...positionals], {
    cwd: root,
    env: environmentOf(binary),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return status === 0;
}
