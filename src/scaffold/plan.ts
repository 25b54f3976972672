/** Which files a new project gets. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownSpec } from './own-spec';
import type { Language, Template } from './templates';

export interface Wanted {
  /** Absolute path of the new project. */
  readonly folder: string;
  readonly packageName: string;
  readonly template: Template;
  readonly language: Language;
}

/** The package that is running. */
export interface OwnPackage {
  /** Absolute path of its folder. */
  readonly root: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export interface PlannedFile {
  /** Relative to the project, with `/`. */
  readonly name: string;
  readonly content: Buffer | string;
}

/** Sorted by name. */
export function planProject(wanted: Wanted, own: OwnPackage): readonly PlannedFile[] {
  const { template, language } = wanted;
  const folders = ['every', `${template.name}/both`, `${template.name}/${language}`];
  if (language === 'typescript') folders.push('typescript');
  const copied = folders.flatMap((folder) => filesIn(join(own.root, 'templates', ...folder.split('/'))));
  return [
    ...copied,
    { name: 'package.json', content: `${JSON.stringify(manifestOf(wanted, own), null, 2)}\n` },
    { name: 'README.md', content: readmeOf(wanted) },
  ].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** npm packs no files of these names, so they are kept under others. */
const KEPT_AS: Readonly<Record<string, string>> = { gitignore: '.gitignore', env: '.env' };

function filesIn(folder: string): readonly PlannedFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      const name = path.slice(folder.length + 1).replaceAll('\\', '/');
      return { name: KEPT_AS[name] ?? name, content: readFileSync(path) };
    });
}

function manifestOf({ folder, packageName, language }: Wanted, own: OwnPackage): object {
  const isTypeScript = language === 'typescript';
  const { twilio = '*' } = own.dependencies;
  const { typescript = '*', '@types/node': nodeTypes = '*' } = own.devDependencies;
  return {
    name: packageName,
    version: '0.0.0',
    private: true,
    scripts: {
      start: 'hookswitch start',
      test: 'node --test',
      check: 'hookswitch check',
      ...(isTypeScript ? { types: 'tsc' } : {}),
    },
    dependencies: { twilio },
    devDependencies: {
      ...(isTypeScript ? { '@types/node': nodeTypes } : {}),
      hookswitch: ownSpec(own, folder),
      ...(isTypeScript ? { typescript } : {}),
    },
    engines: { node: '>=20' },
  };
}

function readmeOf({ packageName, template, language }: Wanted): string {
  const types = language === 'typescript' ? 'npm run types   # checks the types\n' : '';
  const webhook =
    template.webhook === null
      ? ''
      : `\nIn the console of Twilio, give a phone number the webhook ${template.webhook}.\n`;
  return `# ${packageName}

${template.summary} Made with Hookswitch.

\`\`\`sh
npm install
npm start       # then: http://localhost:3000${template.tryPath}
npm test
npm run check   # finds what will break
${types}\`\`\`
${webhook}
Variables stand in \`.env\`. A file that is called \`name.protected.${language === 'typescript' ? 'ts' : 'js'}\` answers Twilio alone; it needs AUTH_TOKEN.
`;
}
