/** Which project is called, and which of its Functions. */
import { realpathSync } from 'node:fs';
import { type Announcement, announcementFolder, findAnnouncements } from '../../admin/announcement';
import { readProject } from '../../build/read';
import { readVariables } from '../../build/variables';
import type { Arguments } from '../../config/arguments';
import { printPublicUrl } from '../../config/public-url';
import { startOptionsOf } from '../../config/read';
import { CodedError } from '../../errors';
import type { FunctionResource } from '../../model/build';
import { likelyFunction, type PhoneKind } from '../../model/phone-path';
import type { PlatformOptions } from '../../platform';
import type { Surroundings } from '../command';

export interface Target {
  readonly baseUrl: string;
  readonly publicUrl: string | null;
  readonly authToken: string | null;
  readonly accountSid: string | null;
  /** A path or a whole URL. */
  readonly url: string;
  /** What was decided that the user did not say; for people, one line each. */
  readonly notes: readonly string[];
}

/** `url` is what `--url` says. Throws `CodedError` (HS_USAGE, HS_NO_PROJECT, HS_ENV_FILE). */
export function findTarget(
  kind: PhoneKind,
  url: string | null,
  given: Arguments,
  { environment, currentFolder }: Surroundings,
): Target {
  const { platform } = startOptionsOf(given, environment, currentFolder);
  const { accountSid, authToken } = readVariables(platform.project, environment);
  const account = { accountSid, authToken };
  if (url !== null && /^https?:\/\//i.test(url)) {
    return { ...account, baseUrl: new URL(url).origin, publicUrl: null, url, notes: tokenNotes(authToken) };
  }
  const chosen = url === null ? chooseFunction(kind, platform) : { url: pathOf(url), notes: [] };
  const running = findRunning(platform, given.flags.has('port') ? platform.port : null, environment);
  const baseUrl = running?.url ?? localUrl(platform.port);
  const publicUrl = platform.publicUrl === null ? null : printPublicUrl(platform.publicUrl);
  return {
    ...account,
    baseUrl,
    publicUrl: given.flags.has('publicUrl') ? publicUrl : (running?.publicUrl ?? publicUrl),
    url: chosen.url,
    notes: [...chosen.notes, ...tokenNotes(authToken)],
  };
}

function tokenNotes(authToken: string | null): readonly string[] {
  if (authToken !== null) return [];
  return [
    'The project has no AUTH_TOKEN in its .env: nothing is signed, so protected Functions will refuse.',
  ];
}

function pathOf(url: string): string {
  return url.startsWith('/') ? url : `/${url}`;
}

function localUrl(port: number): string {
  return `http://localhost:${port}`;
}

/** A gateway that serves this very folder, the newest one; with `port` the one that listens there. */
function findRunning(
  { project }: PlatformOptions,
  port: number | null,
  environment: Surroundings['environment'],
): Announcement | null {
  const root = realPathOf(project.root);
  const running = findAnnouncements(announcementFolder(environment)).filter(
    (one) => realPathOf(one.root) === root && (port === null || one.url.endsWith(`:${port}`)),
  );
  return running.at(-1) ?? null;
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function chooseFunction(
  kind: PhoneKind,
  { project }: PlatformOptions,
): { readonly url: string; readonly notes: readonly string[] } {
  const functions = readProject(project, {}).functions.filter(({ visibility }) => visibility !== 'private');
  const likely = likelyFunction(kind, functions);
  if (likely === null) throw unclear(functions, project.root);
  return { url: likely.path, notes: [`Using ${likely.name}; --url names another one.`] };
}

const MOST_NAMED = 12;

function unclear(functions: readonly FunctionResource[], root: string): CodedError {
  if (functions.length === 0)
    return new CodedError('HS_USAGE', `there is no Function in ${root}: name one with --url`);
  const paths = functions.map(({ path }) => path);
  const shown = paths.slice(0, MOST_NAMED).join(', ');
  return new CodedError(
    'HS_USAGE',
    `which Function? Name it with --url: ${shown}${paths.length > MOST_NAMED ? ', …' : ''}`,
  );
}
