import { createHash } from 'node:crypto';
import type { Message } from 'esbuild';
import type { Build, BuildProblem, FunctionModule } from '../model/build';
import { describe, isOfConfiguration } from './compile-failure';

/** The same build with what its Functions were compiled to, by their files. */
export function withModules(
  build: Build,
  modules: ReadonlyMap<string, FunctionModule>,
  warnings: readonly Message[],
): Build {
  const functions = build.functions.map((resource) => {
    return { ...resource, module: modules.get(resource.file) ?? resource.module };
  });
  const id = createHash('sha256').update(build.id);
  for (const { module } of functions)
    id.update(JSON.stringify([module.entry, module.format, module.failure]));
  const told = [
    ...functions.flatMap(({ module }) => module.failure ?? []),
    ...warningsOf(warnings, build.root),
  ];
  return Object.freeze({
    ...build,
    id: id.digest('hex').slice(0, build.id.length),
    functions,
    problems: [...build.problems, ...withoutRepeats(told)],
  });
}

/** Only of what decides how everything is compiled; the rest is for the author's linter. */
function warningsOf(warnings: readonly Message[], root: string): readonly BuildProblem[] {
  return warnings.filter(isOfConfiguration).map((warning) => {
    const message = describe(warning, 'tsconfig.json', root);
    return { file: message.split(':', 1)[0] ?? message, message };
  });
}

function withoutRepeats(problems: readonly BuildProblem[]): readonly BuildProblem[] {
  const byMessage = new Map(problems.map(({ file, message }) => [message, { file, message }]));
  return [...byMessage.values()];
}
