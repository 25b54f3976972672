import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ACCOUNT_SID = `AC${'0123456789abcdef'.repeat(2)}`;
export const AUTH_TOKEN = 'fedcba9876543210'.repeat(2);

/** A Twilio Functions project in a temporary folder. */
export interface Project {
  readonly root: string;
  remove(): void;
}

/**
 * @param functions source texts by file name (`sms.protected.js`)
 * @param parent folder that it lies in: modules are looked up from there
 */
export function createProject(functions: Readonly<Record<string, string>>, parent = tmpdir()): Project {
  const root = mkdtempSync(join(parent, 'hookswitch-bench-'));
  mkdirSync(join(root, 'functions'));
  writeFileSync(join(root, 'package.json'), '{ "name": "bench", "private": true }\n');
  writeFileSync(join(root, '.env'), `ACCOUNT_SID=${ACCOUNT_SID}\nAUTH_TOKEN=${AUTH_TOKEN}\n`);
  for (const [name, source] of Object.entries(functions)) {
    writeFileSync(join(root, 'functions', name), source);
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Removes the project whatever happens. */
export async function withProject<T>(
  functions: Readonly<Record<string, string>>,
  work: (project: Project) => Promise<T>,
): Promise<T> {
  const project = createProject(functions);
  try {
    return await work(project);
  } finally {
    project.remove();
  }
}
