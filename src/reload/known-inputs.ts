/** What the Functions of one pool are known to be made of, and so whom a save reaches. */
import { extname, join } from 'node:path';
import { liesIn, nameOf } from '../build/folders';
import { envFileOf } from '../build/variables';
import type { Build, FunctionResource } from '../model/build';
import { findNewModules, isToldTheSame } from '../model/build-difference';
import { INPUTS } from '../model/limits';
import type { ProjectOptions } from '../platform';
import type { ChangeSet } from './changes';
import { Contents } from './contents';
import { isUnderstood, type Parts, reaches, type SavedFile, type SavedKind } from './reaches';

const CODE: readonly string[] = ['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts', '.jsx', '.tsx'];
/** Of one Function in all its instances since it was last renewed; one that tells more is not known completely. */
const MOST_FILES = 2 * INPUTS;

interface Told {
  readonly files: Map<string, number>;
  isTooMuch: boolean;
}

export class KnownInputs {
  /** By the index of the Function; 0 where all share their instances. */
  readonly #told = new Map<number, Told>();
  /** Code that was told at some time. */
  readonly #code = new Set<string>();
  readonly #contents = new Contents();

  constructor(
    private readonly root: string,
    private readonly isShared: boolean,
  ) {}

  /** An instance is about to load this file; `''`: it loads more than it may tell. */
  note(functionIndex: number, file: string): void {
    const told = this.#toldOf(functionIndex);
    if (file === '' || told.files.size >= MOST_FILES) {
      told.isTooMuch = true;
      return;
    }
    const name = nameOf(this.root, file);
    told.files.set(name, performance.now());
    if (!liesIn(this.root, file)) return;
    this.#contents.note(file);
    if (CODE.includes(extname(name)) && this.#code.size < MOST_FILES) this.#code.add(name);
  }

  /** What these Functions were made of is forgotten: their next instances tell it again. */
  forget(functionIndexes: readonly number[]): void {
    for (const index of functionIndexes) this.#told.delete(this.isShared ? 0 : index);
  }

  close(): void {
    this.#contents.close();
  }

  /** Indexes of the Functions that a newer build needs new instances of; `null`: everything is to be made anew. */
  findReached(
    { names, since }: ChangeSet,
    [before, after]: readonly [Build, Build],
    project: ProjectOptions,
  ): readonly number[] | null {
    if (!isToldTheSame(before, after)) return null;
    const saved = names.map((name) => this.#savedFile(name, [before, after], project));
    if (!saved.every(isUnderstood)) return null;
    const newModules = findNewModules(before, after);
    const isReached = (resource: FunctionResource): boolean => {
      const parts = this.#partsOf(resource);
      return saved.some((file) => reaches(file, parts, since) || isOwn(file, resource));
    };
    const reached = before.functions.flatMap((resource) =>
      newModules.includes(resource.index) || isReached(resource) ? [resource.index] : [],
    );
    return this.isShared && reached.length > 0 ? before.functions.map(({ index }) => index) : reached;
  }

  #savedFile(name: string, builds: readonly [Build, Build], project: ProjectOptions): SavedFile {
    const kind = this.#kindOf(name, builds, project);
    return { name, kind, sameSince: kind === 'code' ? this.#sameSince(name) : null };
  }

  #kindOf(name: string, [before, after]: readonly [Build, Build], project: ProjectOptions): SavedKind {
    if (this.#isKnownCode(name, before)) return 'code';
    if (this.#isTold(name)) return 'unknown';
    if (nameOf(this.root, envFileOf({ ...project, root: this.root })) === name) return 'variables';
    return isOpenAsset(join(this.root, name), before) && isOpenAsset(join(this.root, name), after)
      ? 'asset'
      : 'unknown';
  }

  /** One that was gone and is there again may be what somebody looked for meanwhile. */
  #isKnownCode(name: string, { functions }: Build): boolean {
    const file = join(this.root, name);
    if (functions.some((resource) => resource.file === file)) return true;
    if (functions.some(({ module }) => module.inputs?.includes(file))) return CODE.includes(extname(name));
    const content = this.#contents.get(file);
    return this.#code.has(name) && (content === null || content.hash !== null);
  }

  #isTold(name: string): boolean {
    for (const { files } of this.#told.values()) if (files.has(name)) return true;
    return false;
  }

  #sameSince(name: string): number | null {
    const { before, now } = this.#contents.look(join(this.root, name));
    return before !== null && before.hash !== null && before.hash === now.hash ? before.readAt : null;
  }

  #partsOf({ index, file, module }: FunctionResource): Parts {
    const told = this.#told.get(this.isShared ? 0 : index);
    const files = new Map(told?.files);
    if (module.inputs === null) return { files, isComplete: told === undefined || this.#isComplete(told) };
    // What was compiled is another file when it changes. What Node loads itself may be loaded at any time.
    const native = module.entry === file ? module.inputs : [];
    for (const input of native) files.set(nameOf(this.root, input), Number.POSITIVE_INFINITY);
    return { files, isComplete: told?.isTooMuch !== true };
  }

  #isComplete({ files, isTooMuch }: Told): boolean {
    if (isTooMuch) return false;
    for (const name of files.keys()) {
      const isCode = CODE.includes(extname(name));
      if (isCode && this.#contents.get(join(this.root, name))?.imports !== false) return false;
    }
    return true;
  }

  #toldOf(functionIndex: number): Told {
    const known = this.#told.get(functionIndex);
    if (known !== undefined) return known;
    const told = { files: new Map<string, number>(), isTooMuch: false };
    this.#told.set(functionIndex, told);
    return told;
  }
}

/** Also where no instance has ever loaded it: the next one will. */
function isOwn({ name, sameSince }: SavedFile, resource: FunctionResource): boolean {
  return sameSince === null && resource.name === name;
}

/** Whether it stands where public and protected Assets do, and nothing else. */
function isOpenAsset(file: string, { root, assetsFolder, assets, functions }: Build): boolean {
  if (assetsFolder === null || assetsFolder === root || !liesIn(assetsFolder, file)) return false;
  if (functions.some((resource) => liesIn(assetsFolder, resource.file))) return false;
  return !assets.some((asset) => asset.visibility === 'private' && liesIn(file, asset.file));
}
