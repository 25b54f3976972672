import { chmod, mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A project in a temporary folder, for tests that run the real thing. Names use `/` on every system. */
export interface TestProject {
  /** Absolute, with symbolic links resolved. */
  readonly path: string;
  /** Absolute path of a file of the project. */
  file(name: string): string;
  /** Creates or overwrites a file, and the folders above it. */
  write(name: string, content: string | Buffer): Promise<void>;
  /** Saves as most editors do: into a new file that then takes the name. */
  replace(name: string, content: string | Buffer): Promise<void>;
  /** Deletes a file, or a folder with all in it; neither has to exist. */
  delete(name: string): Promise<void>;
  /** Deletes the project. May be called again. */
  remove(): Promise<void>;
}

/**
 * Makes a project of `{ 'functions/hello.js': 'exports.handler = …' }`. Whoever calls it removes it:
 *
 *     const project = await writeProject({ … });
 *     t.after(() => project.remove());
 */
export async function writeProject(files: Readonly<Record<string, string | Buffer>>): Promise<TestProject> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'hookswitch-test-')));
  const project = projectAt(path);
  for (const [name, content] of Object.entries(files)) await project.write(name, content);
  return project;
}

function projectAt(path: string): TestProject {
  const file = (name: string): string => join(path, name);
  const write = async (name: string, content: string | Buffer): Promise<void> => {
    await mkdir(dirname(file(name)), { recursive: true });
    await writeFile(file(name), content);
  };
  return {
    path,
    file,
    write,
    replace: async (name, content) => {
      await write(`${name}.saving~`, content);
      await rename(file(`${name}.saving~`), file(name));
    },
    delete: (name) => rm(file(name), { recursive: true, force: true }),
    remove: async () => {
      await chmod(path, 0o700).catch(() => {});
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
