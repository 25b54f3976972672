import { join } from 'node:path';
import type { ModuleFailure } from '../model/build';
import type { BootFunction } from '../protocol/messages';
import { type AuthorModule, importHandler, type Loaded, loadFailure, requireHandler } from './module';

/** Loads Functions in whichever way each of them has to be. */
export class AuthorModules {
  /** Answers for an import that may never end. */
  #giveUp: (() => void) | null = null;
  /** Why this process cannot load some module any more. */
  #stuck: string | null = null;

  get stuck(): string | null {
    return this.#stuck;
  }

  /**
   * `done` is called once: before this returns for what is required, later for what is imported. Loaded again, a module
   * that threw runs again if it was required; if it was imported, only another process runs it.
   */
  load({ file, module }: BootFunction, root: string, done: (loaded: Loaded) => void): void {
    const author: AuthorModule = { file, entry: module?.entry ?? file, root };
    if (module?.failure != null) {
      return done({ handler: null, code: 'HS_LOAD_FAILED', error: errorOf(module.failure, root) });
    }
    if (author.entry !== file) process.setSourceMapsEnabled(true);
    if (module?.format === 'import') return this.#import(author, done);
    const required = requireHandler(author);
    if (required === 'async') this.#import(author, done);
    else done(required);
  }

  /** The event loop is empty: what a module still awaits never comes. */
  giveUp(): void {
    this.#giveUp?.();
  }

  #import(author: AuthorModule, done: (loaded: Loaded) => void): void {
    let isDone = false;
    const end = (loaded: Loaded): void => {
      if (isDone) return;
      isDone = true;
      if (this.#giveUp === giveUp) this.#giveUp = null;
      if (loaded.handler === null && loaded.code === 'HS_LOAD_FAILED') this.#stuck = STUCK;
      done(loaded);
    };
    const giveUp = (): void => end(loadFailure(neverSettles(), author));
    this.#giveUp = giveUp;
    void importHandler(author).then(end);
  }
}

/** Node keeps what became of a module, and gives it to whoever imports it again. */
const STUCK = 'an ES module that failed is loaded again by another process';

function neverSettles(): Error {
  const error = new Error('its top-level await never settles: nothing is left that could end it');
  error.stack = `Error: ${error.message}`; // its frames would be ours
  return error;
}

/** As if the author's own file had thrown it, so that logs and pages show its line. */
function errorOf({ message, file, line, column }: ModuleFailure, root: string): Error {
  const error = new Error(message);
  error.name = message.includes('Could not resolve') ? 'Error' : 'SyntaxError';
  const frame = line === 0 ? '' : `\n    at ${join(root, file)}:${line}:${column}`;
  error.stack = `${error.name}: ${message}${frame}`;
  return error;
}
