// Runs the whole suite on several versions of Node, one after the other, and shows one table at the end.
// `npm run test:nodes` takes the current one, 22 and 24; `npm run test:nodes -- 24` takes one of them.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaryOf, chosenVersions, environmentOf } from './node-versions.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const built = join(root, '.build', 'test');
const logs = join(root, '.build-nodes');

// All of them first: what cannot be installed should not be noticed minutes later.
const nodes = chosenVersions(process.argv.slice(2)).map((version) => ({
  version,
  binary: binaryOf(version),
}));
const rows = nodes.map(runSuite);
showTable(rows);
process.exitCode = rows.every(({ isGood }) => isGood) ? 0 : 1;

function runSuite({ version, binary }) {
  console.error(`The tests on Node ${version} …`);
  mkdirSync(logs, { recursive: true });
  const log = join(logs, `tests-${version}.log`);
  const output = openSync(log, 'w');
  const startedAt = performance.now();
  const { status } = spawnSync(binary, argumentsOfNode(), {
    cwd: root,
    env: environmentOf(binary),
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const row = { version, ...countsOf(readFileSync(log, 'utf8')), seconds: seconds(startedAt) };
  const isGood = status === 0 && row.failed === 0 && row.tests > 0;
  if (!isGood) showFailures(log);
  return { ...row, isGood };
}

/** As `npm test` runs it; the reporter is named because its default differs between versions. */
function argumentsOfNode() {
  const files = readdirSync(built).filter((name) => name.endsWith('.test.js'));
  const flags = ['--test', '--test-timeout=180000', '--test-concurrency=2', '--test-reporter=spec'];
  return [...flags, ...files.sort().map((name) => join('.build', 'test', name))];
}

/** From the last lines of the reporter. */
function countsOf(text) {
  const count = (name) => Number(new RegExp(`^\\S+ ${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  const failed = count('fail') + count('cancelled');
  return { tests: count('tests'), passed: count('pass'), failed };
}

function showFailures(log) {
  const text = readFileSync(log, 'utf8');
  const at = text.lastIndexOf('failing tests:');
  console.error(at === -1 ? text.slice(-20_000) : text.slice(at));
  console.error(`All of it: ${log}`);
}

function seconds(startedAt) {
  return Math.round((performance.now() - startedAt) / 1000);
}

function showTable(rows) {
  const columns = ['version', 'tests', 'passed', 'failed', 'seconds'];
  const lines = [columns, ...rows.map((row) => columns.map((name) => String(row[name])))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index].length)));
  const draw = (line) => `| ${line.map((cell, index) => cell.padStart(widths[index])).join(' | ')} |`;
  const [head, ...body] = lines.map(draw);
  const rule = `| ${widths.map((width) => `${'-'.repeat(width - 1)}:`).join(' | ')} |`;
  console.log([head, rule, ...body].join('\n'));
}
