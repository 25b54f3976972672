/** The console of a project that the real program serves, in a real browser. */
import assert from 'node:assert/strict';
import { openBrowser, openPage, type WatchedPage } from './browser';
import { type ConsoleGateway, startConsoleGateway } from './console-gateway';
import { type TestProject, writeProject } from './project';

export interface ConsoleBrowser {
  readonly project: TestProject;
  readonly gateway: ConsoleGateway;
  /** A new window, that has been nowhere yet. */
  open(options?: Parameters<typeof openPage>[2]): Promise<WatchedPage>;
  close(): Promise<void>;
}

/** `flags`: for the program, beside the folder of the project. Where it throws, nothing of it is left. */
export async function openConsoleBrowser(
  files: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<ConsoleBrowser> {
  const project = await writeProject(files);
  const closers: (() => Promise<void>)[] = [() => project.remove()];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const gateway = await startConsoleGateway(['--port', '0', ...flags, project.path]);
    closers.push(() => gateway.stop());
    const browser = await openBrowser();
    closers.push(() => browser.close());
    return { project, gateway, open: (options) => openPage(browser, gateway.consoleUrl, options), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Throws where the page did what a page of ours must not do. */
export async function closeClean(watched: WatchedPage): Promise<void> {
  const { errors, foreign } = watched;
  await watched.close();
  assert.deepEqual(foreign, [], 'nothing is loaded from elsewhere');
  assert.deepEqual(errors, [], 'no error, and nothing that the policy refuses');
}
