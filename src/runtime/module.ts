import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import type { ErrorCode } from '../errors';
import { describeError, isError, show } from './failure';

/** What an author exports; what it returns is ignored, apart from a rejection. */
export type Handler = (context: object, event: object, callback: Callback) => unknown;
export type Callback = (error?: unknown, value?: unknown) => void;

export type Loaded =
  | { readonly handler: Handler }
  | { readonly handler: null; readonly code: ErrorCode; readonly error: unknown };

/** The module of a Function. Paths are absolute; what messages name is relative to `root`. */
export interface AuthorModule {
  /** What its author wrote. */
  readonly file: string;
  /** What is loaded: the same file, or what it was compiled to. */
  readonly entry: string;
  readonly root: string;
}

/**
 * Once; a module that threw is loaded again at the next call. `async`: it is an ES module with a top-level await,
 * or requires one, which only `import` can tell apart.
 */
export function requireHandler(module: AuthorModule): Loaded | 'async' {
  try {
    // Required by the project: `module.parent` is no module of ours, and `require.main` is never the Function.
    const exported: unknown = createRequire(join(module.root, 'package.json'))(module.entry);
    return handlerIn(exported, module);
  } catch (error) {
    if (memberOf(error, 'code') === 'ERR_REQUIRE_ASYNC_MODULE') return 'async';
    return loadFailure(error, module);
  }
}

/** Never rejects. Node keeps a module that threw: it is never loaded again in this process. */
export async function importHandler(module: AuthorModule): Promise<Loaded> {
  try {
    const exported: unknown = await import(pathToFileURL(module.entry).href);
    return handlerIn(exported, module);
  } catch (error) {
    return loadFailure(error, module);
  }
}

export function loadFailure(error: unknown, module: AuthorModule): Loaded {
  return { handler: null, code: 'HS_LOAD_FAILED', error: explained(error, module) };
}

function handlerIn(exported: unknown, { file, entry, root }: AuthorModule): Loaded {
  const handler = memberOf(exported, 'handler');
  if (typeof handler === 'function') return { handler: handler as Handler };
  const usual = acceptsDefault(exported, entry !== file) ? defaultHandler(exported) : null;
  if (usual !== null) return { handler: usual };
  return { handler: null, code: 'HS_NO_HANDLER', error: noHandler(exported, relative(root, file)) };
}

/** CommonJS as its author wrote it is what it is on the hosted platform, which knows `exports.handler` alone. */
function acceptsDefault(exported: unknown, isCompiled: boolean): boolean {
  return isCompiled || types.isModuleNamespaceObject(exported);
}

/** `export default` of a function, or of an object with a method `handler`; of CommonJS that was compiled, `module.exports`. */
function defaultHandler(exported: unknown): Handler | null {
  const usual = memberOf(exported, 'default');
  for (const value of [usual, exported]) if (typeof value === 'function') return value as Handler;
  const method = memberOf(usual, 'handler');
  return typeof method === 'function' ? (method.bind(usual) as Handler) : null;
}

function noHandler(exported: unknown, name: string): Error {
  const error = new Error(`Could not find a "handler" function in file ${name}${hintFor(exported)}`);
  error.stack = `Error: ${error.message}`; // its frames would be ours
  return error;
}

function hintFor(exported: unknown): string {
  if (typeof exported === 'function') return ' (module.exports is a function: write exports.handler = …)';
  if (typeof exported !== 'object' || exported === null) return ` (module.exports is ${show(exported)})`;
  if ('handler' in exported) return ` (exports.handler is ${show(memberOf(exported, 'handler'))})`;
  if ('default' in exported) {
    return ` (its default export is ${show(memberOf(exported, 'default'))}: write export const handler = …)`;
  }
  const names = Object.keys(exported).slice(0, 5);
  return names.length === 0 ? ' (it exports nothing)' : ` (it exports ${names.join(', ')})`;
}

/** The same error, or one in its place whose message says where and what to do. */
function explained(error: unknown, source: AuthorModule): unknown {
  if (!isError(error)) return error;
  const { name, message, stack } = describeError(error);
  const better = betterMessage(memberOf(error, 'code'), { name, message, stack: stack ?? '' }, source);
  if (better === message) return error;
  const replacement = new Error(better);
  replacement.name = name;
  replacement.stack = stack === null ? `${name}: ${better}` : stack.replace(message, () => better);
  return replacement;
}

interface Described {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

const NO_ES_MODULES = [
  'ES modules are not served by this version of Node:',
  'write require(…) and exports.handler = …, and leave "type": "module" out of package.json;',
  'Node 20.19, 22.12 and later load them',
].join(' ');

const NO_ES_MODULES_HERE = [
  'package.json says "type": "commonjs", or the file has both import or export and what CommonJS has:',
  'write require(…) and exports.handler = …, or leave "type" out and write import and export only',
].join(' ');

function betterMessage(code: unknown, error: Described, { file, root }: AuthorModule): string {
  if (code === 'ERR_REQUIRE_ESM') return `${NO_ES_MODULES} (${firstLine(error.message)})`;
  // What it requires; the Function itself is imported.
  if (code === 'ERR_REQUIRE_ASYNC_MODULE') {
    return `an ES module with a top-level await cannot be required: write await import(…) (${firstLine(error.message)})`;
  }
  if (code === 'MODULE_NOT_FOUND') return error.message.replace(`\n- ${join(root, 'package.json')}`, '');
  if (error.name !== 'SyntaxError') return error.message;
  // Of an ES module the stack tells neither file nor line.
  const place = placeOf(error.stack, root) ?? `${relative(root, file)} or what it imports: `;
  const isEsModule = /import statement outside|Unexpected token 'export'|Cannot use 'import\.meta'/.test(
    error.message,
  );
  if (!isEsModule) return place + error.message;
  return `${place}${error.message}. ${loadsEsModules() ? NO_ES_MODULES_HERE : NO_ES_MODULES}`;
}

/** Whether `require` does; by itself since the versions named above. */
function loadsEsModules(): boolean {
  return memberOf(process.features, 'require_module') === true;
}

/** V8 puts `file:line` above the stack of a syntax error, and nowhere else. */
function placeOf(stack: string, root: string): string | null {
  const [, file, line] = /^(\/.+|[A-Za-z]:\\.+):(\d+)$/.exec(firstLine(stack)) ?? [];
  return file === undefined ? null : `${relative(root, file)}:${line}: `;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** `undefined` for what has no members, `null` included. */
function memberOf(holder: unknown, key: string): unknown {
  return Reflect.get(Object(holder) as object, key);
}
