/**
 * Where commands find the consoles that run: a file for each, which only the user who started the gateway can read, in a
 * folder outside of the project. The token stands there, and nowhere else: not in the environment or the arguments of a
 * process, which instances and other users could see.
 */
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { CodedError } from '../errors';

export interface Announcement {
  readonly pid: number;
  /** Of the console: `http://127.0.0.1:3001`. */
  readonly consoleUrl: string;
  /** Of the gateway. */
  readonly url: string;
  /** What the world calls the gateway, where that was said: signatures cover it. */
  readonly publicUrl: string | null;
  /** Absolute path of the project. */
  readonly root: string;
  readonly version: string;
  readonly token: string;
}

const NAME = /^(\d{1,10})-\d{1,5}\.json$/;
const LARGEST_FILE_BYTES = 65_536;

export function announcementFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const { XDG_RUNTIME_DIR: runtime = '' } = environment;
  if (isAbsolute(runtime) && isOwnFolder(statOf(runtime))) return join(runtime, 'hookswitch');
  return join(tmpdir(), `hookswitch-${userInfo().uid}`);
}

/** Returns what takes it back. Throws `CodedError` (HS_CANNOT_LISTEN) where the folder is not ours alone. */
export function announce(folder: string, announcement: Announcement): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!isPrivate(statOf(folder))) {
    const message = `${folder} is not a folder that belongs to this user alone, so commands will not find this console`;
    throw new CodedError('HS_CANNOT_LISTEN', message);
  }
  const file = join(folder, `${announcement.pid}-${new URL(announcement.consoleUrl).port}.json`);
  rmSync(file, { force: true });
  writeFileSync(file, JSON.stringify(announcement), { mode: 0o600, flag: 'wx' });
  return () => rmSync(file, { force: true });
}

/** Those whose process is there. Files of others are removed. */
export function findAnnouncements(folder: string): readonly Announcement[] {
  if (!isPrivate(statOf(folder))) return [];
  return readdirSync(folder).flatMap((name) => {
    const [, pid] = NAME.exec(name) ?? [];
    if (pid === undefined) return [];
    const file = join(folder, name);
    if (isAlive(Number(pid))) return readAnnouncement(file);
    rmSync(file, { force: true });
    return [];
  });
}

function readAnnouncement(file: string): readonly Announcement[] {
  try {
    const stat = lstatSync(file);
    if (!stat.isFile() || !isPrivateMode(stat) || stat.size > LARGEST_FILE_BYTES) return [];
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isAnnouncement(value) ? [{ ...value, publicUrl: value.publicUrl ?? null }] : [];
  } catch {
    // It is being written or removed.
    return [];
  }
}

/** Earlier versions said no public URL. */
type Read = Omit<Announcement, 'publicUrl'> & Partial<Pick<Announcement, 'publicUrl'>>;

function isAnnouncement(value: unknown): value is Read {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, consoleUrl, url, publicUrl = '', root, version, token } = value as Record<string, unknown>;
  const texts = [consoleUrl, url, publicUrl ?? '', root, version, token];
  return typeof pid === 'number' && texts.every((text) => typeof text === 'string');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // Somebody else's now: the number was used again.
    return false;
  }
}

function statOf(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

function isOwnFolder(stat: Stats | null): boolean {
  return stat?.isDirectory() === true && isOwn(stat);
}

/** A folder that another user made first under this name, or a link, could hand the token to them. */
function isPrivate(stat: Stats | null): boolean {
  return stat?.isDirectory() === true && isPrivateMode(stat);
}

function isPrivateMode(stat: Stats): boolean {
  return isOwn(stat) && (process.platform === 'win32' || (stat.mode & 0o077) === 0);
}

function isOwn({ uid }: Stats): boolean {
  const own = process.getuid?.();
  return own === undefined || own === uid;
}
