/** Functions in every language that is served, in every form, as their authors write them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { request } from './support/raw-http';
import { type Served, serve } from './support/serve';

type Files = Readonly<Record<string, string>>;

const ANSWER = '(context, event, callback) => callback(null, answer)';
const TYPED =
  '(context: object, event: object, callback: (error: unknown, value?: unknown) => void): void => callback(null, answer)';

interface Extension {
  readonly extension: string;
  readonly typescript: boolean;
  /** `package.json` of the folder. */
  readonly manifest: string;
  readonly esm: boolean;
  readonly cjs: boolean;
  readonly awaits: boolean;
}

const EXTENSIONS: readonly Extension[] = [
  { extension: 'js', typescript: false, manifest: '{}', esm: false, cjs: true, awaits: false },
  {
    extension: 'js',
    typescript: false,
    manifest: '{ "type": "module" }',
    esm: true,
    cjs: false,
    awaits: true,
  },
  { extension: 'mjs', typescript: false, manifest: '{}', esm: true, cjs: false, awaits: true },
  {
    extension: 'cjs',
    typescript: false,
    manifest: '{ "type": "module" }',
    esm: false,
    cjs: true,
    awaits: false,
  },
  { extension: 'ts', typescript: true, manifest: '{}', esm: true, cjs: true, awaits: true },
  {
    extension: 'ts',
    typescript: true,
    manifest: '{ "type": "commonjs" }',
    esm: true,
    cjs: true,
    awaits: true,
  },
  {
    extension: 'ts',
    typescript: true,
    manifest: '{ "type": "module" }',
    esm: true,
    cjs: false,
    awaits: true,
  },
  { extension: 'mts', typescript: true, manifest: '{}', esm: true, cjs: false, awaits: true },
  {
    extension: 'cts',
    typescript: true,
    manifest: '{ "type": "module" }',
    esm: true,
    cjs: true,
    awaits: false,
  },
];

/** What stands where `answer` is made, for each way of getting a value from elsewhere. */
const SOURCES = {
  'no imports': () => "const answer = 'here';",
  'a shared file': ({ typescript }: Extension) =>
    typescript ? "import { answer } from './shared/value';" : "import { answer } from './shared/plain.js';",
  'a builtin module': () => "import { basename } from 'node:path';\nconst answer = basename('/x/y');",
  'a package': () => "import { answer } from 'installed';",
  'a dynamic import': ({ typescript }: Extension) =>
    `const answer = (await import('./shared/${typescript ? 'value' : 'plain.js'}')).answer;`,
} as const;

const EXPORTS = {
  'export const handler': (handler: string) => `export const handler = ${handler};`,
  'export default': (handler: string) => `export default ${handler};`,
  'a default object': (handler: string) => `export default { handler: ${handler} };`,
} as const;

const CJS_EXPORTS = { 'exports.handler': (handler: string) => `exports.handler = ${handler};` } as const;
const CJS_SOURCES = {
  'no imports': () => "const answer = 'here';",
  'a shared file': ({ typescript }: Extension) =>
    `const { answer } = require('./shared/${typescript ? 'value' : 'common.cjs'}');`,
  'a package': () => "const { answer } = require('installed');",
} as const;

interface Form {
  readonly name: string;
  readonly path: string;
  readonly files: Files;
  readonly expected: string;
}

const FORMS = EXTENSIONS.flatMap(formsOf);

function formsOf(kind: Extension, folder: number): readonly Form[] {
  const handler = kind.typescript ? TYPED : ANSWER;
  const forms: Form[] = [];
  const add = (what: string, source: string, text: string) => {
    const path = `k${folder}/f${forms.length}`;
    const expected = { 'a builtin module': 'y', 'no imports': 'here' }[source] ?? 'there';
    forms.push({
      name: `${what}, ${source}, in .${kind.extension} where package.json is ${kind.manifest}`,
      path: `/${path}`,
      files: { [`functions/${path}.${kind.extension}`]: text },
      expected,
    });
  };
  for (const [source, sourceOf] of Object.entries(kind.esm ? SOURCES : {})) {
    if (source === 'a dynamic import' && !kind.awaits) continue;
    for (const [what, exported] of Object.entries(EXPORTS)) {
      add(what, source, `${sourceOf(kind)}\n${exported(handler)}\n`);
    }
  }
  for (const [source, sourceOf] of Object.entries(kind.cjs ? CJS_SOURCES : {})) {
    for (const [what, exported] of Object.entries(CJS_EXPORTS)) {
      add(what, source, `${sourceOf(kind)}\n${exported(handler)}\n`);
    }
  }
  return forms;
}

describe('a Function that is written as', { concurrency: 4 }, () => {
  let served: Served;
  before(async () => {
    const files: Record<string, string> = {
      'package.json': '{}',
      'node_modules/installed/package.json':
        '{ "name": "installed", "exports": { "import": "./index.mjs", "require": "./index.cjs" } }',
      'node_modules/installed/index.mjs': "export const answer = 'there';",
      'node_modules/installed/index.cjs': "exports.answer = 'there';",
    };
    EXTENSIONS.forEach((kind, folder) => {
      const at = `functions/k${folder}`;
      files[`${at}/package.json`] = kind.manifest;
      files[`${at}/shared/value.ts`] = "export const answer: string = 'there';";
      files[`${at}/shared/plain.js`] = kind.esm
        ? "export const answer = 'there';"
        : "exports.answer = 'there';";
      files[`${at}/shared/common.cjs`] = "exports.answer = 'there';";
    });
    for (const form of FORMS) Object.assign(files, form.files);
    served = await serve(files);
  });
  after(() => served.close());
  for (const { name, path, expected } of FORMS) {
    it(name, async () => {
      const response = await request(served.port, { method: 'GET', path });
      assert.equal(`${response.status} ${response.text()}`, `200 ${expected}`);
    });
  }
});
