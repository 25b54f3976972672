/** Files that a test writes inline become a project in a temporary folder. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { CodedError } from '../errors';
import { folderPrefix } from '../pool/temporary-folder';
import type { InlineFiles } from './options';

/** Of one project; goes with the test process at the latest, and is swept by a later one where that was killed. */
export class TestFolder {
  readonly path = `${join(tmpdir(), folderPrefix())}test`;

  constructor() {
    mkdirSync(this.path, { mode: 0o700 });
  }

  /** Throws `CodedError` (HS_TEST_USAGE). Returns the folder that holds them. */
  write(files: InlineFiles): string {
    const root = join(this.path, 'project');
    mkdirSync(root);
    for (const [name, content] of Object.entries(files)) this.#writeOne(join(root, checked(name)), content);
    return root;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
  }

  removeNow(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #writeOne(file: string, content: string | Uint8Array): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

function checked(name: string): string {
  const path = normalize(name);
  const leaves = isAbsolute(path) || path === '..' || path.startsWith(`..${sep}`);
  if (!leaves && path !== '.' && !name.endsWith('/')) return path;
  const example = 'functions/hello.js';
  throw new CodedError(
    'HS_TEST_USAGE',
    `${JSON.stringify(name)} is no name of a file of a project, such as ${example}`,
  );
}
