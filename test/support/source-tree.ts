/** Sources as the house rules see them: files, and which imports which. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export interface Import {
  /** Paths relative to the tree, with `/`. */
  readonly from: string;
  readonly to: string;
}

export class SourceTree {
  readonly files: readonly string[];
  readonly imports: readonly Import[];

  constructor(private readonly root: string) {
    this.files = sourceFiles(root);
    this.imports = this.files.flatMap((file) => this.#valueImports(file));
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  lineCount(file: string): number {
    return this.read(file).split('\n').length;
  }

  withoutComments(file: string): string {
    return this.read(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  }

  /** `a -> b -> a`, or `null`. */
  findCycle(): string | null {
    const edges = new Map<string, string[]>();
    for (const { from, to } of this.imports) edges.set(from, [...(edges.get(from) ?? []), to]);
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): string | null => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(' -> ');
      if (done.has(file)) return null;
      for (const next of edges.get(file) ?? []) {
        const cycle = visit(next, [...path, file]);
        if (cycle !== null) return cycle;
      }
      done.add(file);
      return null;
    };
    for (const file of this.files) {
      const cycle = visit(file, []);
      if (cycle !== null) return cycle;
    }
    return null;
  }

  /** Imports that exist at run time: `import type` and imports of types only are gone then. */
  #valueImports(file: string): Import[] {
    const statements = this.read(file).matchAll(
      /(?:^|\n)(?:import|export) (?!type\b)([^;'"]*?)from '(\.[^']+)';|(?:require|import)\('(\.[^']+)'\)/g,
    );
    const found: Import[] = [];
    for (const [, names = '', fromPath, callPath] of statements) {
      if (fromPath !== undefined && isTypesOnly(names)) continue;
      const to = withSlashes(
        relative(this.root, resolve(this.root, dirname(file), fromPath ?? callPath ?? '')),
      );
      found.push({ from: file, to: this.files.find((known) => known === `${to}.tsx`) ?? `${to}.ts` });
    }
    return found;
  }
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map(withSlashes)
    .sort();
}

function withSlashes(path: string): string {
  return path.split('\\').join('/');
}

function isTypesOnly(names: string): boolean {
  const inner = /^\{([^}]*)\}\s*$/.exec(names.trim())?.[1];
  if (inner === undefined) return false;
  const items = inner
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return items.length > 0 && items.every((item) => item.startsWith('type '));
}
