/** What `hookswitch check` finds in a project that is written inline: `functions/a.js:3 callback-never-called`. */
import { readProject } from '../../src/build/read';
import { checkProject } from '../../src/check/check';
import type { Finding } from '../../src/check/finding';
import { writeProject } from './project';

export async function findingsIn(
  files: Readonly<Record<string, string | Buffer>>,
): Promise<readonly Finding[]> {
  const project = await writeProject(files);
  try {
    return findingsOf(project.path);
  } finally {
    await project.remove();
  }
}

/** Of a folder that exists. */
export function findingsOf(root: string): readonly Finding[] {
  const options = {
    root,
    functionsFolder: null,
    assetsFolder: null,
    envFile: null,
    loadLocalEnv: false,
    legacyMode: false,
  };
  return checkProject(readProject(options, {}));
}

export function shortly({ file, line, rule }: Finding): string {
  return line === 0 ? `${file} ${rule}` : `${file}:${line} ${rule}`;
}
