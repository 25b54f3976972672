/** What becomes of TypeScript and ES modules as a whole; nothing of them is run. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Compiler } from '../build/compiler';
import type { Build, BuildProblem } from '../model/build';
import { buildFinding } from './build-finding';
import type { Finding } from './finding';
import { isGivenOrNamed, MISSING_MODULE } from './missing-module';

export async function compileFindings(build: Build): Promise<readonly Finding[]> {
  const compiler = new Compiler(() => mkdtempSync(join(tmpdir(), 'hookswitch-check-')));
  try {
    const { problems } = await compiler.compile(build);
    return problems.slice(build.problems.length).flatMap((problem) => findingOf(problem, build.root));
  } finally {
    await compiler.close();
  }
}

function findingOf(problem: BuildProblem, root: string): readonly Finding[] {
  const finding = buildFinding(problem);
  const name = /^Could not resolve "([^"]+)"/.exec(finding.reason)?.[1];
  if (name === undefined) return [finding];
  // As for `require`: before `npm install` what package.json says is all there is.
  if (isGivenOrNamed(name, dirname(join(root, finding.file)), root)) return [];
  const { id, severity, fix } = MISSING_MODULE;
  return [{ ...finding, rule: id, severity, fix, reason: `nothing is found by the name ${name}` }];
}
