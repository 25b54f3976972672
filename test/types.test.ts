/** `hookswitch/types`: what authors write in TypeScript is checked, against the SDK where it is installed. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runProgram } from './support/program';
import { writeProject } from './support/project';

const ROOT = join(__dirname, '..', '..');

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  esModuleInterop: true,
  skipLibCheck: true,
  noEmit: true,
  target: 'es2022',
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules', '@types')],
};

const PROGRAM = `import twilio from 'twilio';
import type { Callback, Context, Event, Handler } from 'hookswitch/types';

export const handler: Handler<{ MY_KEY: string }> = async (context, event, callback) => {
  const key: string = context.MY_KEY;
  const from: string | undefined = event.From;
  const agent: string | undefined = event.request.headers['user-agent'];
  const twiml = new Twilio.twiml.MessagingResponse();
  twiml.message(\`\${key} \${from} \${agent}\`);
  const response: Twilio.Response = new Twilio.Response({ statusCode: 201 }).setBody({ a: 1 });
  const message = await context.getTwilioClient().messages.create({ to: 'a', from: 'b', body: 'c' });
  const path = Runtime.getFunctions()['lib/x']?.path ?? Functions['lib/x']?.path;
  await Runtime.getSync({ serviceName: 'x' }).maps('x').fetch();
  if (message.sid === path) return callback(null, response.appendHeader('X-A', 1));
  callback(null, Runtime.getAssets()['/x']?.open() === '' ? new twilio.twiml.VoiceResponse() : twiml);
};

export function plain(context: Context, event: Event<{ readonly n: number }>, callback: Callback): void {
  callback(event.n > 1 ? new Error(context.PATH) : null, 'fine');
}
`;

/** Each has one mistake. */
const MISTAKES: readonly [what: string, statement: string][] = [
  ['a Variable that was not named', 'context.OTHER;'],
  ['a class that the SDK does not have', 'new Twilio.twiml.VideoResponse();'],
  ['a method that a Response does not have', 'new Twilio.Response().setStatus(1);'],
  ['a parameter that is no number', 'const n: number = event.From;'],
  ['a callback whose answer is a function', 'callback(null, Symbol());'],
  ['an Asset that may not be there', "Runtime.getAssets()['/x'].open();"],
];

const MODULES: readonly [what: string, options: object, manifest: string][] = [
  ['CommonJS', { module: 'node16' }, '{}'],
  ['ES modules', { module: 'nodenext' }, '{ "type": "module" }'],
  ['a bundler', { module: 'esnext', moduleResolution: 'bundler' }, '{}'],
];

describe('the types for authors', () => {
  for (const [what, options, manifest] of MODULES) {
    it(`fit a strict program of ${what}`, async (t) => {
      assert.equal(await compile(t, { 'a.ts': PROGRAM, 'package.json': manifest }, options), '');
    });
  }

  it('are all that the example needs', async (t) => {
    const example = join(ROOT, 'examples', 'typescript');
    const names = readdirSync(example, { recursive: true, encoding: 'utf8' }).filter(
      (name) => extname(name) !== '',
    );
    const files = names.map((name) => [name, readFileSync(join(example, name), 'utf8')] as const);
    assert.equal(await check(t, Object.fromEntries(files)), '');
  });

  it('find mistakes, each of them', async (t) => {
    const mistaken = MISTAKES.map(([, statement]) => `  // @ts-expect-error\n  ${statement}`).join('\n');
    const text = `import type { Handler } from 'hookswitch/types';
export const handler: Handler = (context, event, callback) => {\n${mistaken}\n};`;
    assert.equal(await compile(t, { 'a.ts': text, 'package.json': '{}' }, { module: 'node16' }), '');
  });

  it('bring the globals by tsconfig alone', async (t) => {
    const text = 'export const twiml = new Twilio.twiml.VoiceResponse().say("hi");\nRuntime.getAssets();';
    const options = { module: 'node16', types: ['hookswitch/types'], typeRoots: undefined };
    assert.equal(await compile(t, { 'a.ts': text, 'package.json': '{}' }, options), '');
  });
});

/** What the compiler says of a project in which this package is installed, and the SDK with it. */
async function compile(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  options: object,
): Promise<string> {
  const compilerOptions = { ...STRICT, ...options };
  return check(t, { ...files, 'tsconfig.json': JSON.stringify({ compilerOptions, files: ['a.ts'] }) });
}

async function check(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const project = await writeProject({ ...files, 'node_modules/.keep': '' });
  t.after(() => project.remove());
  await symlink(ROOT, project.file('node_modules/hookswitch'));
  await symlink(join(ROOT, 'node_modules', 'twilio'), project.file('node_modules/twilio'));
  const main = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  return (await runProgram([], { main, folder: project.path })).stdout;
}
