/** The real program with its console, and what opens it: the token that it announces to the user who started it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Gateway, type ProgramOptions, startGateway } from './program';
import { eventually } from './serve';

export interface ConsoleGateway extends Gateway {
  /** `http://127.0.0.1:3001` */
  readonly consoleUrl: string;
  /** A new link that opens the console once. */
  link(): Promise<string>;
  /** Asks the admin API as a command would. */
  api(method: string, path: string, body?: unknown): Promise<unknown>;
}

interface Announcement {
  readonly consoleUrl: string;
  readonly token: string;
}

export async function startConsoleGateway(
  argv: readonly string[],
  options: ProgramOptions = {},
): Promise<ConsoleGateway> {
  // What is announced there is private to this gateway, so that tests beside each other do not meet.
  const folder = mkdtempSync(join(tmpdir(), 'hookswitch-console-'));
  const environment = { ...options.environment, XDG_RUNTIME_DIR: folder };
  const flags = argv.includes('--console-port') ? [] : ['--console-port', '0'];
  const gateway = await startGateway([...flags, ...argv], { ...options, environment });
  const { consoleUrl, token } = await eventually(() => announcedIn(join(folder, 'hookswitch')), 10_000);
  const api = (method: string, path: string, body?: unknown) =>
    ask(consoleUrl + path, token, { method, body });
  return {
    ...gateway,
    consoleUrl,
    api,
    link: async () => ((await api('POST', '/api/tickets')) as { readonly url: string }).url,
    stop: async () => {
      await gateway.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function announcedIn(folder: string): Announcement | undefined {
  try {
    const [name] = readdirSync(folder);
    return name === undefined
      ? undefined
      : (JSON.parse(readFileSync(join(folder, name), 'utf8')) as Announcement);
  } catch {
    return undefined; // not yet, or not whole
  }
}

async function ask(
  url: string,
  token: string,
  { method, body }: { readonly method: string; readonly body: unknown },
): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(url, { method, headers, ...content });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? null : response.json();
}
