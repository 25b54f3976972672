/**
 * Child processes and worker threads go on while an instance is frozen. They are counted here, so that an instance
 * that has any after its answer is ended instead of reused (request-flow, "what a call leaves behind").
 */
import Module from 'node:module';

interface Loader {
  _load(request: string, parent: unknown, isMain: boolean): unknown;
}
interface Ends {
  once(event: 'exit', listener: () => void): unknown;
}
interface ChildProcessModule {
  readonly ChildProcess: { readonly prototype: { spawn(this: Ends, options: unknown): unknown } };
}
interface WorkerModule {
  Worker: new (...parameters: never[]) => Ends;
}

/** Patched when first required, because loading them at start would cost each instance 2 ms and 1 MB. */
export class Unfrozen {
  readonly #alive = new Set<Ends>();

  /** What goes on beside the event loop right now, in words, or `null`. */
  get reason(): string | null {
    return this.#alive.size === 0
      ? null
      : 'a child process or a worker thread was still running after the answer';
  }

  install(): void {
    const loader = Module as unknown as Loader;
    const load = loader._load;
    const patched = new Set<unknown>();
    loader._load = (request, parent, isMain) => {
      const loaded = load.call(loader, request, parent, isMain);
      if (request.endsWith('child_process') || request.endsWith('worker_threads')) {
        if (!patched.has(loaded)) this.#patch(request, loaded);
        patched.add(loaded);
      }
      return loaded;
    };
  }

  #patch(request: string, loaded: unknown): void {
    const name = request.startsWith('node:') ? request.slice(5) : request;
    if (name === 'child_process') this.#patchChildProcess(loaded as ChildProcessModule);
    else if (name === 'worker_threads') this.#patchWorker(loaded as WorkerModule);
  }

  #patchChildProcess({ ChildProcess }: ChildProcessModule): void {
    const { spawn } = ChildProcess.prototype;
    const track = (child: Ends) => this.#track(child);
    ChildProcess.prototype.spawn = function patchedSpawn(options) {
      const result = spawn.call(this, options);
      if (result === 0 || result === undefined) track(this);
      return result;
    };
  }

  #patchWorker(module: WorkerModule): void {
    const track = (worker: Ends) => this.#track(worker);
    module.Worker = new Proxy(module.Worker, {
      construct(target, parameters, newTarget) {
        const worker = Reflect.construct(target, parameters, newTarget) as Ends;
        track(worker);
        return worker;
      },
    });
  }

  #track(something: Ends): void {
    this.#alive.add(something);
    something.once('exit', () => this.#alive.delete(something));
  }
}
