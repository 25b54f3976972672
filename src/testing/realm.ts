/**
 * Jest loads modules into a realm of its own, in which errors of Node are no `Error` and arrays of Node no `Array`. There
 * the library is loaded once more, in the realm of Node: it works as everywhere, and once for all files of a process.
 */
import type NodeModule from 'node:module';
import { runInThisContext } from 'node:vm';

/** What `require(file)` gives, of our own realm or of that of Node. */
export function requireInNode(file: string): unknown {
  if (runInThisContext('Error') === Error) return require(file);
  // The cast: it is the real one, not what the runner shows. Before Node 20.16 its main module lends what it has.
  const { getBuiltinModule, mainModule } = runInThisContext('process') as NodeProcess;
  const lent = getBuiltinModule?.('node:module') ?? mainModule?.require('node:module');
  return (lent === undefined ? require : lent.createRequire(__filename))(file);
}

interface NodeProcess {
  getBuiltinModule?(name: 'node:module'): typeof NodeModule;
  readonly mainModule?: { require(name: 'node:module'): typeof NodeModule };
}
