import { extname, join } from 'node:path';
import type { Metafile } from 'esbuild';

/** What one Function is made of, without installed packages. */
export interface ModuleGraph {
  /** Absolute paths. */
  readonly inputs: readonly string[];
  /** Node can load it as it is. */
  readonly isPlain: boolean;
}

const PLAIN: readonly string[] = ['.js', '.mjs', '.cjs', '.json'];

/** `output`: the name of the compiled file, relative to `root`. `foreign`: files whose imports Node would not find. */
export function graphOf(
  metafile: Metafile,
  output: string,
  { root, foreign }: { readonly root: string; readonly foreign: ReadonlySet<string> },
): ModuleGraph {
  const inputs = new Set<string>();
  const pending = [metafile.outputs[output]?.entryPoint ?? ''];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const input = metafile.inputs[name];
    const file = join(root, name);
    if (input === undefined || inputs.has(file)) continue;
    inputs.add(file);
    for (const { path, external } of input.imports) if (!external) pending.push(path);
  }
  const files = [...inputs].sort();
  const isPlain = files.every((file) => PLAIN.includes(extname(file)) && !foreign.has(file));
  return { inputs: files, isPlain: isPlain && files.length > 0 };
}
