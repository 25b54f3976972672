/** What `hookswitch new` is to make: from the flags, and on a terminal from questions about what they leave open. */
import { basename, resolve } from 'node:path';
import type { Arguments } from '../config/arguments';
import type { Sources } from '../config/sources';
import { suggest } from '../config/suggest';
import { CodedError } from '../errors';
import { packageNameOf } from '../scaffold/package-name';
import { LANGUAGES, type Language, TEMPLATES, type Template } from '../scaffold/templates';
import { checkFree } from '../scaffold/write';
import type { Surroundings } from './command';
import type { NEW_OPTIONS } from './new';
import { Questions, type Reading } from './question';

export interface NewAnswers {
  /** Absolute. */
  readonly folder: string;
  readonly packageName: string;
  readonly template: Template;
  readonly language: Language;
  readonly install: boolean;
}

export type NewSources = Sources<typeof NEW_OPTIONS>;

/** Throws `CodedError`: HS_USAGE, HS_NEW_PROJECT. Rejects with `Cancelled`. */
export async function findAnswers(
  given: Arguments,
  sources: NewSources,
  surroundings: Surroundings,
): Promise<NewAnswers> {
  const told = toldBy(given, sources, surroundings);
  if (told.folder !== null) checkFree(told.folder);
  const { stdin, stderr } = surroundings;
  const mayAsk = !sources.value('yes') && stdin.isTTY === true && stderr.isTTY === true;
  const answers = mayAsk ? await ask(told, surroundings) : told;
  if (answers.folder === null)
    throw new CodedError('HS_USAGE', 'new needs a folder, as in hookswitch new my-project');
  return {
    folder: answers.folder,
    packageName: sources.value('name') ?? packageNameOf(basename(answers.folder)),
    template: answers.template ?? FIRST_TEMPLATE,
    language: answers.language ?? 'javascript',
    install: answers.install ?? false,
  };
}

/** `null`: not said. */
interface Told {
  readonly folder: string | null;
  readonly template: Template | null;
  readonly language: Language | null;
  readonly install: boolean | null;
}

function toldBy(given: Arguments, sources: NewSources, { currentFolder }: Surroundings): Told {
  const [word, second] = given.words;
  if (second !== undefined)
    throw new CodedError('HS_USAGE', `one folder is enough, "${second}" comes after "${word}"`);
  const name = sources.value('template');
  return {
    folder: word === undefined ? null : resolve(currentFolder, word),
    template: name === null ? null : templateOf(name),
    language: languageOf(sources),
    install: given.flags.has('install') ? sources.value('install') : null,
  };
}

function templateOf(name: string): Template {
  const reading = readTemplate(name);
  if ('value' in reading) return reading.value;
  throw new CodedError('HS_USAGE', `--template: ${reading.problem}`);
}

function languageOf(sources: NewSources): Language | null {
  const typescript = sources.value('typescript');
  const javascript = sources.value('javascript');
  if (typescript && javascript)
    throw new CodedError('HS_USAGE', '--typescript and --javascript exclude each other');
  if (typescript) return 'typescript';
  return javascript ? 'javascript' : null;
}

const FIRST_TEMPLATE: Template = TEMPLATES[0] ?? { name: 'hello', summary: '', tryPath: '/', webhook: null };

async function ask(told: Told, surroundings: Surroundings): Promise<Told> {
  const { currentFolder, stderr } = surroundings;
  const questions = new Questions(surroundings);
  try {
    const folder =
      told.folder ??
      (await questions.ask({
        text: 'Folder',
        initial: 'my-project',
        read: (typed) => readFolder(resolve(currentFolder, typed)),
      }));
    if (told.template === null) stderr.write(templateList());
    const template =
      told.template ??
      (await questions.ask({ text: 'Template', initial: FIRST_TEMPLATE.name, read: readTemplate }));
    const language =
      told.language ??
      (await questions.ask({
        text: 'Language: javascript or typescript',
        initial: 'javascript',
        read: readLanguage,
      }));
    const install =
      told.install ?? (await questions.ask({ text: 'Run npm install?', initial: 'no', read: readYesOrNo }));
    return { folder, template, language, install };
  } finally {
    questions.close();
  }
}

/** `1 hello  A Function …` */
export function templateList(): string {
  const width = Math.max(...TEMPLATES.map(({ name }) => name.length));
  return TEMPLATES.map(
    ({ name, summary }, index) => `  ${index + 1} ${name.padEnd(width)}  ${summary}\n`,
  ).join('');
}

function readFolder(folder: string): Reading<string> {
  try {
    checkFree(folder);
    return { value: folder };
  } catch (error) {
    if (error instanceof CodedError) return { problem: error.message };
    throw error;
  }
}

function readTemplate(typed: string): Reading<Template> {
  const found = TEMPLATES.find(({ name }, index) => name === typed || String(index + 1) === typed);
  if (found !== undefined) return { value: found };
  const names = TEMPLATES.map(({ name }) => name);
  const near = suggest(typed, names);
  return {
    problem: `there is no template "${typed}"${near === null ? `: use ${names.join(', ')}` : `; did you mean ${near}?`}`,
  };
}

function readLanguage(typed: string): Reading<Language> {
  const word = typed.toLowerCase();
  const language = LANGUAGES.find((candidate) => candidate === word || SHORT[candidate] === word);
  return language === undefined ? { problem: 'javascript or typescript' } : { value: language };
}

const SHORT: Readonly<Record<Language, string>> = { javascript: 'js', typescript: 'ts' };

function readYesOrNo(typed: string): Reading<boolean> {
  const word = typed.toLowerCase();
  if (['y', 'yes'].includes(word)) return { value: true };
  return ['n', 'no'].includes(word) ? { value: false } : { problem: 'yes or no' };
}
