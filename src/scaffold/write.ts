/**
 * Writes a new project: all of it, or nothing. The files are written beside their place and then take it by renaming, so
 * whatever stops the program in between leaves no half project. Nothing that exists is ever overwritten.
 */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CodedError } from '../errors';
import type { PlannedFile } from './plan';

/** `folder` is absolute; the folders above it are made. Throws `CodedError` (HS_NEW_PROJECT). */
export function writeProject(folder: string, files: readonly PlannedFile[]): void {
  try {
    const isThere = checkFree(folder);
    if (isThere) fillFolder(folder, files);
    else makeFolder(folder, files);
  } catch (cause) {
    throw cause instanceof CodedError ? cause : failure(folder, cause);
  }
}

/** What may be in a folder that counts as empty. */
const NO_CONTENT = ['.git', '.DS_Store'];

/** Whether the folder exists. Throws `CodedError` (HS_NEW_PROJECT) where something is in the way. */
export function checkFree(folder: string): boolean {
  try {
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return false;
    if (!statSync(folder).isDirectory()) {
      throw new CodedError('HS_NEW_PROJECT', `${folder} is a file, and stays as it is`);
    }
    const [first] = readdirSync(folder).filter((name) => !NO_CONTENT.includes(name));
    if (first === undefined) return true;
    throw new CodedError('HS_NEW_PROJECT', `${folder} is not empty: it holds ${first}, and stays as it is`);
  } catch (cause) {
    throw cause instanceof CodedError ? cause : failure(folder, cause);
  }
}

function makeFolder(folder: string, files: readonly PlannedFile[]): void {
  const made = mkdirSync(dirname(folder), { recursive: true });
  let draft: string | null = null;
  try {
    draft = writeDraft(dirname(folder), basename(folder), files);
    // Fails where somebody made it meanwhile and put something into it.
    renameSync(draft, folder);
  } catch (error) {
    if (draft !== null) rmSync(draft, { recursive: true, force: true });
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    throw error;
  }
}

function fillFolder(folder: string, files: readonly PlannedFile[]): void {
  const draft = writeDraft(folder, '.hookswitch-new', files);
  const moved: string[] = [];
  try {
    for (const name of readdirSync(draft)) {
      if (lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined) {
        throw new CodedError(
          'HS_NEW_PROJECT',
          `${join(folder, name)} was made meanwhile, and stays as it is`,
        );
      }
      renameSync(join(draft, name), join(folder, name));
      moved.push(name);
    }
  } catch (error) {
    for (const name of moved) rmSync(join(folder, name), { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Absolute path of a new folder within `parent` that holds all files. */
function writeDraft(parent: string, name: string, files: readonly PlannedFile[]): string {
  const draft = mkdtempSync(join(parent, `.${name.slice(0, LONGEST_NAME)}-`));
  try {
    for (const file of files) {
      const path = join(draft, ...file.name.split('/'));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, file.content, { mode: file.name === '.env' ? PRIVATE_MODE : SHARED_MODE });
    }
    // `mkdtemp` makes folders that nobody else may enter; this is what `mkdir` would have made.
    chmodSync(draft, 0o777 & ~process.umask());
    return draft;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

const LONGEST_NAME = 100;
const PRIVATE_MODE = 0o600;
const SHARED_MODE = 0o666;

function failure(folder: string, cause: unknown): CodedError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new CodedError('HS_NEW_PROJECT', `${folder} cannot be made: ${REASONS[code] ?? code}`, { cause });
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a file stands where a folder has to be',
  EEXIST: 'a file stands where a folder has to be',
  ENOTEMPTY: 'somebody else made it meanwhile',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links lead in a circle',
};
