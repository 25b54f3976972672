import type { FunctionModule } from '../model/build';
import { type Stamp, stampFiles, stampSurroundings } from './file-stamps';

/**
 * What was compiled before and need not be again: after most saves all Functions but one. Where anything could be out of
 * date it is compiled.
 */
export class CompiledModules {
  #known = new Map<string, Known>();
  /** Of the last build; `null`: it changed meanwhile. */
  #surroundings: string | null = null;

  /** `now`: ms since 1970, before anything is read. */
  begin(root: string, now: number): Session {
    const surroundings = stampSurroundings(this.#inputs(), root, now)?.text ?? null;
    if (surroundings === null || surroundings !== this.#surroundings) this.#known = new Map();
    return { root, since: now, surroundings, known: this.#known };
  }

  /** `null`: it has to be compiled. */
  find(file: string, { since, known }: Session): FunctionModule | null {
    const one = known.get(file);
    if (one === undefined || !one.stamp.isSafe) return null;
    return stampFiles(one.module.inputs ?? [], since).text === one.stamp.text ? one.module : null;
  }

  /** `modules`: of the whole build, by their files. */
  end(modules: ReadonlyMap<string, FunctionModule>, { root, since, surroundings }: Session): void {
    this.#known = new Map();
    for (const [file, module] of modules) {
      if (module.failure !== null || module.inputs === null) continue;
      this.#known.set(file, { module, stamp: stampFiles(module.inputs, since) });
    }
    const after = stampSurroundings(this.#inputs(), root, since);
    const isSafe = after !== null && (after.isSafe || after.text === surroundings);
    this.#surroundings = isSafe ? after.text : null;
  }

  #inputs(): Set<string> {
    return new Set([...this.#known.values()].flatMap(({ module }) => module.inputs ?? []));
  }
}

interface Known {
  readonly module: FunctionModule;
  readonly stamp: Stamp;
}

export interface Session {
  readonly root: string;
  /** When it began, in ms since 1970. */
  readonly since: number;
  readonly surroundings: string | null;
  readonly known: ReadonlyMap<string, Known>;
}
