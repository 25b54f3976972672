import { type FSWatcher, lstatSync, readdirSync, realpathSync, statSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ProjectOptions } from '../platform';
import { isCode, isElsewhere, surroundingsOf, wasChangedSince } from './elsewhere';
import { findFolders, liesIn, nameOf } from './folders';
import { envFileOf } from './variables';

export interface ProjectWatchEvents {
  /**
   * A file was saved, added or removed, so what was read before is out of date. Called in the same turn of the event
   * loop in which the system tells, often several times for one save; must be cheap and must not throw.
   * `name` is relative to the project, for the log.
   */
  dirty(name: string): void;
  /** Watching does not work for a part of the project; called once. */
  problem(message: string): void;
}

export interface ProjectWatch {
  /**
   * The project turned out to be made of these files; those that lie outside of it are watched from now on, with the code
   * around them. What was saved there since `since` (ms since 1970: before they were read) is told at once.
   */
  follow(files: Iterable<string>, since: number): void;
  /**
   * Resolves once every save that was finished before the call has been told as `dirty`. To be awaited before a request
   * is routed: where the request and the event of a save arrive in one turn of the event loop, the system may list the
   * request first (measured: 1 in 500 requests sent right after a save was answered with the old code; 0 in 12,000 since).
   */
  settle(): Promise<void>;
  /** Nothing is told any more. May be called again. */
  close(): Promise<void>;
}

/**
 * Watches all that a project is made of: whatever lies in its root (Functions may require any of it) and, where they
 * lie elsewhere, the folders of Functions and Assets and the file of variables. It watches when it returns: start it
 * before the project is read, and no save is missed in between. Does not keep the process alive.
 *
 * Folders are watched, not files: that needs few descriptors, and a file that is replaced (most editors save so) or a
 * folder that is removed and made again at once (`rm -rf dist && tsc`) is noticed as well, because after every event
 * that makes or removes a name what stands there now is watched anew. Symbolic links are not followed: a build
 * follows only those that lead to another place in the project, which is watched itself.
 */
export function watchProject(project: ProjectOptions, events: ProjectWatchEvents): ProjectWatch {
  const folders = findFolders(project);
  const watching = new FolderWatches(folders.root, new Set(project.ownFiles?.map(realPathOf)), events);
  watching.watchTree(folders.root);
  for (const folder of [folders.functions, folders.assets]) {
    if (folder !== null && !liesIn(folders.root, folder.path)) watching.watchTree(folder.path);
  }
  const envFile = envFileOf({ ...project, root: folders.root });
  if (!liesIn(folders.root, envFile)) watching.watchFile(envFile);
  return watching;
}

/**
 * What never belongs to a running project, by relative name: installed packages (a change of `package.json` or of
 * a lock file is noticed), hidden files at the top except those that configure Hookswitch, logs, and what editors
 * write beside the file that they save.
 */
export function isIgnored(name: string): boolean {
  const parts = name.split('/');
  const [top = ''] = parts;
  if (top.startsWith('.') && top !== '..' && !HIDDEN_BUT_READ.test(top)) return true;
  return parts.some((part) => IGNORED_PARTS.includes(part)) || EDITOR_FILES.test(basename(name));
}

/** For the operator: what a failure to watch means and what to do about it. */
export function explainWatchFailure(folder: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const advice =
    code === 'ENOSPC'
      ? 'raise the limit with: sysctl fs.inotify.max_user_watches=524288'
      : code === 'EMFILE'
        ? 'raise the limit with: sysctl fs.inotify.max_user_instances=512, and ulimit -n'
        : 'start again after saving';
  return `Not everything is watched (${folder}: ${code}), so some saved files will not be noticed; ${advice}.`;
}

/** A project is made of some packages of its workspace, not of a disk. */
const MOST_FOLDERS_ELSEWHERE = 2_000;

/** Instances name them too, and so untrusted code. */
const MOST_FOLLOWED = 20_000;

/** What packages are, what is installed, and how code is read. */
const CONFIGURES = /^(?:package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|[jt]sconfig.*\.json)$/;

/** As the watched folders are called. The file itself may not be there yet. */
function realPathOf(file: string): string {
  try {
    return join(realpathSync(dirname(file)), basename(file));
  } catch {
    return file;
  }
}

const HIDDEN_BUT_READ = /^\.(?:env|twilioserverlessrc)/;
const IGNORED_PARTS: readonly string[] = ['node_modules', '.git', '.DS_Store'];
/** Emacs `.#x`, `#x#`; vim `.x.swp`, `4913`; `x~`; JetBrains `x___jb_tmp___`; logs. */
const EDITOR_FILES = /^\.#|^#.*#$|\.sw[opx]$|^4913$|~$|___jb_(?:tmp|old)___$|\.log$/;

const TOO_MUCH_ELSEWHERE = `Not everything is watched: what the Functions are made of outside of the project has over ${MOST_FOLDERS_ELSEWHERE} folders; start again after saving there.`;

interface Scope {
  /** With the folders in it. */
  readonly isTree: boolean;
  /** Outside of the project, where only code counts. */
  readonly isElsewhere: boolean;
}

const EVERYTHING: Scope = { isTree: true, isElsewhere: false };

class FolderWatches implements ProjectWatch {
  readonly #root: string;
  readonly #events: ProjectWatchEvents;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #followed = new Set<string>();
  /** Where followed code lies: what is made beside it may become a part of the project too. */
  readonly #codeFolders = new Set<string>();
  #foldersElsewhere = 0;
  #problemTold = false;

  constructor(
    root: string,
    private readonly ownFiles: ReadonlySet<string>,
    events: ProjectWatchEvents,
  ) {
    this.#root = root;
    this.#events = events;
  }

  /** First the folder, then what it holds: whatever is added in between is told by its watcher. */
  watchTree(folder: string, scope: Scope = EVERYTHING): void {
    if (!this.#watchFolder(folder, scope) || !scope.isTree) return;
    for (const child of subfolders(folder)) {
      if (!isIgnored(nameOf(this.#root, child))) this.watchTree(child, scope);
    }
  }

  follow(files: Iterable<string>, since: number): void {
    for (const file of files) {
      if (!isElsewhere(this.#root, file) || this.#followed.has(file)) continue;
      if (this.#followed.size === MOST_FOLLOWED) return;
      this.#followed.add(file);
      if (!CONFIGURES.test(basename(file))) this.#codeFolders.add(dirname(file));
      if (this.#watchers.has(dirname(file))) continue;
      const { folder, isTree } = surroundingsOf(this.#root, file);
      this.watchTree(folder, { isTree, isElsewhere: true });
      if (wasChangedSince(file, since)) this.#events.dirty(nameOf(this.#root, file));
    }
  }

  /** By its folder, so that it may be replaced, or not exist yet. */
  watchFile(file: string): void {
    const watcher = this.#watch(dirname(file), (_type, name) => {
      if (name === null || name === basename(file)) this.#events.dirty(nameOf(this.#root, file));
    });
    if (watcher !== null) this.#watchers.set(file, watcher);
  }

  async settle(): Promise<void> {
    // Between one immediate and one that it sets, the loop polls everything once.
    await nextImmediate();
    await nextImmediate();
  }

  async close(): Promise<void> {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watchFolder(folder: string, scope: Scope): boolean {
    if (scope.isElsewhere && !this.#hasRoomElsewhere()) return false;
    const watcher = this.#watch(folder, (type, name) => this.#onEvent(folder, [type, name], scope));
    if (watcher !== null) this.#watchers.set(folder, watcher);
    return watcher !== null;
  }

  #hasRoomElsewhere(): boolean {
    this.#foldersElsewhere += 1;
    if (this.#foldersElsewhere === MOST_FOLDERS_ELSEWHERE + 1) this.#events.problem(TOO_MUCH_ELSEWHERE);
    return this.#foldersElsewhere <= MOST_FOLDERS_ELSEWHERE;
  }

  #watch(folder: string, listen: (type: string, name: string | null) => void): FSWatcher | null {
    try {
      const watcher = watch(folder, { persistent: false }, listen);
      // On Windows a watched folder that is removed is told as an error; its parent tells the rest.
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch (error) {
      this.#tellProblem(folder, error);
      return null;
    }
  }

  #onEvent(folder: string, [type, name]: readonly [string, string | null], scope: Scope): void {
    const path = name === null ? folder : join(folder, name);
    if (isIgnored(nameOf(this.#root, path)) || this.ownFiles.has(path)) return;
    const wasFolder = this.#watchers.has(path);
    if (scope.isTree && (type === 'rename' || name === null)) this.#watchAnew(path, scope);
    if (scope.isElsewhere && !(wasFolder || this.#watchers.has(path) || this.#counts(type, path))) return;
    this.#events.dirty(nameOf(this.#root, path));
  }

  /** Elsewhere: what the project is made of, and what is new or gone and could become a part of it. */
  #counts(type: string, path: string): boolean {
    if (this.#followed.has(path) || CONFIGURES.test(basename(path))) return true;
    // A folder around the project has files for other things.
    if (liesIn(dirname(path), this.#root) && !this.#codeFolders.has(dirname(path))) return false;
    return isCode(path) && (type === 'rename' || path.endsWith('.json'));
  }

  /** `rename`: the name was made or removed. What stands there now may be another folder with even the same inode. */
  #watchAnew(path: string, scope: Scope): void {
    if (this.#watchers.has(path)) this.#forgetTree(path);
    if (isFolder(path)) this.watchTree(path, scope);
  }

  #forgetTree(folder: string): void {
    for (const [path, watcher] of this.#watchers) {
      if (!liesIn(folder, path)) continue;
      watcher.close();
      this.#watchers.delete(path);
      if (isElsewhere(this.#root, path)) this.#foldersElsewhere -= 1;
    }
  }

  #tellProblem(folder: string, error: unknown): void {
    // Gone since its name was read: its parent tells.
    if (this.#problemTold || statSync(folder, { throwIfNoEntry: false }) === undefined) return;
    this.#problemTold = true;
    this.#events.problem(explainWatchFailure(folder, error));
  }
}

function subfolders(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false; // not ours to look at
  }
}

function nextImmediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
