import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { liesIn } from './folders';

/**
 * The clock of file systems stands still for some ms: what was changed this shortly before it was read may change once more
 * without looking different.
 */
const TICK_MS = 50;

/** What tells one state of some files from another, and whether it can be relied on. */
export interface Stamp {
  readonly text: string;
  /** `false`: something may have changed after `since` without being told by `text`. */
  readonly isSafe: boolean;
}

/** Of the contents of files, by what the system knows of them. `since`: when they began to be read, in ms since 1970. */
export function stampFiles(files: readonly string[], since: number): Stamp {
  return stampOf(
    files.map((file) => stateOf(file)),
    since,
  );
}

/**
 * Of all that decides what an import means: the names in the folders of the project, and in those of files that lie
 * elsewhere, and what configures them. `null`: there is too much of it.
 */
export function stampSurroundings(files: Iterable<string>, root: string, since: number): Stamp | null {
  const folders = [...new Set([root, ...foldersOutside(files, root)])];
  const states = configurationsFor(folders).map((one) => stateOf(one));
  const pending = folders.sort();
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const entries = entriesOf(folder);
    states.push(...entries.map((entry) => stateOfEntry(entry, folder)), stateOfFolder(folder));
    if (liesIn(root, folder))
      pending.push(...entries.filter(isEntered).map(({ name }) => join(folder, name)));
    if (states.length > MOST_NAMES) return null;
  }
  return stampOf(states, since);
}

/** With those above, up to where the project begins: a package is configured there. */
function foldersOutside(files: Iterable<string>, root: string): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const file of files) {
    let folder = dirname(file);
    while (!liesIn(root, folder) && !liesIn(folder, root) && !folders.has(folder)) {
      folders.add(folder);
      folder = dirname(folder);
    }
    if (!liesIn(root, folder)) folders.add(dirname(file));
  }
  return folders;
}

interface State {
  readonly text: string;
  readonly changedAt: number;
}

function stampOf(states: readonly State[], since: number): Stamp {
  const isOlder = ({ changedAt }: State) => changedAt < since - TICK_MS;
  return { text: states.map(({ text }) => text).join('\n'), isSafe: states.every(isOlder) };
}

function stateOf(file: string): State {
  const state = statSync(file, { throwIfNoEntry: false });
  if (state === undefined) return { text: `${file} missing`, changedAt: Number.POSITIVE_INFINITY };
  const { ctimeMs, mtimeMs, size, ino } = state;
  return { text: [file, ctimeMs, mtimeMs, size, ino].join(' '), changedAt: ctimeMs };
}

/** Looking at them takes 20 ms. */
const MOST_NAMES = 10_000;
const CONFIGURES =
  /^(?:package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|[jt]sconfig.*\.json|node_modules)$/;
/** Code, and folders. */
const IMPORTED = /^[^.]+$|\.(?:[cm]?[jt]sx?|json|node)$/;

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => IMPORTED.test(name))
      .sort(byName);
  } catch {
    return [];
  }
}

function byName(one: Dirent, other: Dirent): number {
  return one.name < other.name ? -1 : 1;
}

function isEntered(entry: Dirent): boolean {
  return entry.isDirectory() && entry.name !== 'node_modules';
}

/** Of most files the name alone counts. */
function stateOfEntry({ name }: Dirent, folder: string): State {
  const file = join(folder, name);
  if (!CONFIGURES.test(name)) return { text: file, changedAt: 0 };
  const states = extendedConfigurations(file).map((one) => stateOf(one));
  return {
    text: states.map(({ text }) => text).join('\n'),
    changedAt: Math.max(...states.map(({ changedAt }) => changedAt)),
  };
}

/** Names are told by themselves; when they changed last says whether they may be relied on. */
function stateOfFolder(folder: string): State {
  return { text: `${folder}/`, changedAt: statSync(folder, { throwIfNoEntry: false })?.ctimeMs ?? 0 };
}

/** A tsconfig and those that it extends by a path: an installed one changes with a lock file. */
function extendedConfigurations(file: string): readonly string[] {
  const found = new Set([file]);
  for (const one of found) {
    for (const name of extendedBy(one))
      found.add(resolve(dirname(one), name.endsWith('.json') ? name : `${name}.json`));
  }
  return [...found];
}

/** For each of these folders the nearest one, in it or above, as the bundler looks for it; with those that they extend. */
export function configurationsFor(folders: Iterable<string>): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  for (let folder of folders) {
    for (; !seen.has(folder); folder = dirname(folder)) {
      seen.add(folder);
      const file = configurationIn(folder);
      if (file !== null) found.add(file);
      if (file !== null) break;
    }
  }
  return [...found].flatMap(extendedConfigurations);
}

/** Of two in one folder the bundler takes the first. */
function configurationIn(folder: string): string | null {
  const files = ['tsconfig.json', 'jsconfig.json'].map((name) => join(folder, name));
  return files.find((file) => existsSync(file)) ?? null;
}

function extendedBy(file: string): readonly string[] {
  if (!file.endsWith('.json') || /package(?:-lock)?\.json$/.test(file)) return [];
  try {
    const [, value = ''] = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(readFileSync(file, 'utf8')) ?? [];
    return Array.from(value.matchAll(/"(\.[^"]*)"/g), ([, name = '']) => name);
  } catch {
    return [];
  }
}
