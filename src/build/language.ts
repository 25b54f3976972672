import { readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

/** How a Function is written, as far as its name and the nearest `package.json` tell. */
export interface Language {
  readonly typescript: boolean;
  /** What Node would take it for. */
  readonly format: 'esm' | 'cjs';
}

/** Tells what files are written in. Remembers what each folder says: one of these for each build. */
export class Languages {
  readonly #moduleScopes = new Map<string, boolean>();

  of(file: string): Language {
    const extension = extname(file);
    return { typescript: isTypeScript(file), format: this.#isModule(extension, file) ? 'esm' : 'cjs' };
  }

  /** The nearest `package.json` decides, as in Node. */
  isModuleScope(folder: string): boolean {
    const answer = this.#moduleScopes.get(folder) ?? this.#readModuleScope(folder);
    this.#moduleScopes.set(folder, answer);
    return answer;
  }

  #isModule(extension: string, file: string): boolean {
    if (extension === '.mjs' || extension === '.mts') return true;
    if (extension === '.cjs' || extension === '.cts') return false;
    return this.isModuleScope(dirname(file));
  }

  #readModuleScope(folder: string): boolean {
    const parent = dirname(folder);
    try {
      const description: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return (
        typeof description === 'object' &&
        description !== null &&
        'type' in description &&
        description.type === 'module'
      );
    } catch {
      return parent !== folder && this.isModuleScope(parent);
    }
  }
}

export function isTypeScript(file: string): boolean {
  return /\.(?:[cm]?ts|tsx)$/.test(file);
}
