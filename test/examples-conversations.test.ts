/** The examples and their own tests: each is run as whoever copies it would run it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runProgram } from './support/program';
import { writeProject } from './support/project';
import { serve } from './support/serve';

const ROOT = join(__dirname, '..', '..');
const EXAMPLES = join(ROOT, 'examples');
const WITH_TESTS = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'test')));

describe('the examples carry conversation tests', () => {
  for (const name of WITH_TESTS) {
    it(`and say nothing that they should not: ${name}`, async (t) => {
      const served = await serve(join(EXAMPLES, name));
      t.after(() => served.close());
      const { problems, functions } = served.platform.build;
      assert.deepEqual([problems, served.notices], [[], []]);
      const readme = readFileSync(join(EXAMPLES, name, 'README.md'), 'utf8');
      for (const { path, visibility } of functions) {
        assert(visibility === 'private' || readme.includes(`\`${path}`), path);
      }
    });

    it(`and \`check\` finds nothing in them: ${name}`, async () => {
      const { code, stdout } = await runProgram(['check', join(EXAMPLES, name)]);
      assert.equal(code, 0, stdout);
      assert.match(stdout, /^Nothing found/);
    });

    it(`which pass: ${name}`, async (t) => {
      const copy = await writeProject({});
      t.after(() => copy.remove());
      cpSync(join(EXAMPLES, name), copy.path, { recursive: true });
      // As `npm install` links it: "hookswitch": "file:../..".
      mkdirSync(copy.file('node_modules'));
      symlinkSync(ROOT, copy.file('node_modules/hookswitch'), 'dir');
      const { code, output } = await runTests(copy.path);
      assert.equal(code, 0, output);
      assert.match(output, /^# pass [1-9]/m);
    });
  }
});

function runTests(folder: string): Promise<{ readonly code: number | null; readonly output: string }> {
  // A runner that is started by a runner thinks that it is a part of it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap'], { cwd: folder, env });
  let output = '';
  child.stdout.on('data', (part) => (output += part));
  child.stderr.on('data', (part) => (output += part));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}
