/** The admin API for commands: finds the gateway that is meant, and asks it. */
import { realpathSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { relative, sep } from 'node:path';
import { CodedError, ERRORS, type ErrorCode } from '../errors';
import { type Announcement, announcementFolder, findAnnouncements } from './announcement';
import type { ApiError, ConsoleEvent } from './api';

/** Which of the gateways that run. */
export interface WhichGateway {
  /** Folder of the project as the user named it; `null`: none was named. Absolute. */
  readonly folder: string | null;
  readonly currentFolder: string;
  /** Of its console, or `null`. */
  readonly consoleUrl: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Throws `CodedError`: HS_NO_GATEWAY, HS_SEVERAL_GATEWAYS. */
export function findGateway(which: WhichGateway): AdminClient {
  const running = findAnnouncements(announcementFolder(which.environment));
  const [meant, other] = chooseGateways(running, which);
  if (meant === undefined) throw new CodedError('HS_NO_GATEWAY', whyNone(which, running));
  if (other !== undefined) {
    const list = [meant, other].map(({ root, consoleUrl }) => `${consoleUrl} (${root})`).join(', ');
    throw new CodedError('HS_SEVERAL_GATEWAYS', `it could be ${list}`);
  }
  return new AdminClient(meant);
}

/** Of the project that was named, else of the one that the current folder lies in, else the only one there is. */
export function chooseGateways(
  running: readonly Announcement[],
  { folder, currentFolder, consoleUrl }: Omit<WhichGateway, 'environment'>,
): readonly Announcement[] {
  if (consoleUrl !== null) {
    const wanted = originOf(consoleUrl);
    return running.filter((one) => originOf(one.consoleUrl) === wanted);
  }
  const place = realPathOf(folder ?? currentFolder);
  const exact = running.filter(({ root }) => realPathOf(root) === place);
  if (exact.length > 0 || folder !== null) return exact;
  const around = running.filter(({ root }) => isInside(place, realPathOf(root)));
  return around.length > 0 ? around : running;
}

function whyNone({ folder, consoleUrl }: WhichGateway, running: readonly Announcement[]): string {
  const others = running.map(({ root, consoleUrl: url }) => `${url} (${root})`).join(', ');
  const wanted = consoleUrl ?? folder;
  if (wanted === null) return 'none runs';
  return others === ''
    ? `none runs, so not ${wanted} either`
    : `${wanted} is none of those that run: ${others}`;
}

const ANSWER_MS = 30_000;
const MOST_ANSWER_BYTES = 64 * 1_048_576;
const MOST_EVENT_CHARACTERS = 4 * 1_048_576;

export class AdminClient {
  constructor(readonly gateway: Announcement) {}

  get<T>(path: string): Promise<T> {
    return this.#ask<T>('GET', path, null, ANSWER_MS);
  }

  /** Takes as long as the Function does. */
  post<T>(path: string, body: unknown): Promise<T> {
    return this.#ask<T>('POST', path, JSON.stringify(body), 0);
  }

  /** `onOpen`: from now on nothing is missed. Resolves when the gateway ends the stream. Throws `CodedError` (HS_GATEWAY_UNREACHABLE). */
  async events(onEvent: (event: ConsoleEvent) => Promise<void>, onOpen: () => Promise<void>): Promise<void> {
    const response = await this.#open('GET', '/api/events', null, 0);
    if (response.statusCode !== 200) throw failureOf(response, await textOf(response));
    await onOpen();
    let rest = '';
    try {
      for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
        const lines = (rest + chunk).split('\n');
        rest = (lines.pop() ?? '').slice(0, MOST_EVENT_CHARACTERS);
        for (const line of lines) {
          if (line.startsWith('data: ')) await onEvent(JSON.parse(line.slice(6)) as ConsoleEvent);
        }
      }
    } catch (error) {
      // The gateway is gone, in the middle of an answer that has no end.
      if (error instanceof CodedError || !isConnectionError(error)) throw error;
    }
  }

  async #ask<T>(method: string, path: string, body: string | null, limitMs: number): Promise<T> {
    const response = await this.#open(method, path, body, limitMs);
    const text = await textOf(response);
    if ((response.statusCode ?? 500) >= 300) throw failureOf(response, text);
    // The gateway is of this version; its types are those of `api.ts`.
    return JSON.parse(text) as T;
  }

  #open(method: string, path: string, body: string | null, limitMs: number): Promise<IncomingMessage> {
    const { consoleUrl, token } = this.gateway;
    const headers = {
      Authorization: `Bearer ${token}`,
      ...(body === null
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
    };
    return new Promise((resolve, reject) => {
      const req = request(new URL(path, consoleUrl), { method, headers, agent: false, timeout: limitMs });
      req.on('response', resolve);
      req.on('timeout', () => req.destroy(new Error('it does not answer')));
      req.on('error', (error) => reject(unreachable(`${consoleUrl}: ${error.message}`)));
      req.end(body ?? undefined);
    });
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_ANSWER_BYTES) throw unreachable('its answer has no end');
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof CodedError ? error : unreachable('it stopped while it answered');
  }
  return Buffer.concat(chunks).toString('utf8');
}

function failureOf({ statusCode = 0 }: IncomingMessage, text: string): CodedError {
  const { code, message } = readApiError(text);
  if (code === 'HS_CONSOLE_DENIED') return unreachable('it does not know the token: it was started again');
  if (Object.hasOwn(ERRORS, code)) return new CodedError(code as ErrorCode, message);
  return unreachable(`it answers ${statusCode}`);
}

function readApiError(text: string): ApiError {
  try {
    const { code, message } = JSON.parse(text) as Partial<ApiError>;
    return { code: String(code), message: String(message) };
  } catch {
    return { code: '', message: '' };
  }
}

function isConnectionError(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}

function unreachable(detail: string): CodedError {
  return new CodedError('HS_GATEWAY_UNREACHABLE', detail);
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin.replace('//127.0.0.1:', '//localhost:') : url;
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === '' || (!way.startsWith(`..${sep}`) && way !== '..' && !way.startsWith(sep));
}
