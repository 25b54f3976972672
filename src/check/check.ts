/** Looks at a project without running any of it, and says what will break. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { checkAssetSizes } from '../build/check';
import type { AssetResource, Build, FunctionResource } from '../model/build';
import { buildFinding } from './build-finding';
import { compileFindings } from './compile-findings';
import type { Finding, Spot } from './finding';
import { findHandler } from './handler';
import { isIgnored } from './ignored';
import type { CheckedFunction, Rule } from './rule';
import { RULES, SYNTAX } from './rules';
import { LineStarts, type ParseFailure, type Place, parseFile, type Source } from './source';

/** Sorted by file and line; with what compiling tells, which no single file does: what is imported, and tsconfig.json. */
export async function checkAll(build: Build): Promise<readonly Finding[]> {
  const found = checkProject(build);
  const isTold = ({ file, line }: Finding): boolean =>
    found.some((one) => one.file === file && (line === 0 || one.line === line));
  const compiled = await compileFindings(build);
  return [...found, ...compiled.filter((finding) => !isTold(finding))].sort(byPlace);
}

/** Each file is read once, and each has a limit: the time is bounded. */
export function checkProject(build: Build): readonly Finding[] {
  return [
    ...[...build.problems, ...checkAssetSizes(build)].map(buildFinding),
    ...build.functions.flatMap((resource) => checkFunction(resource, build)),
    ...build.assets.flatMap((resource) => checkAsset(resource, build)),
  ].sort(byPlace);
}

function checkFunction(resource: FunctionResource, build: Build): readonly Finding[] {
  const ofFile = RULES.flatMap((rule) =>
    findingsOf(rule, resource.name, rule.ofFile?.(resource, build), nowhere),
  );
  const parsed = parseFile(resource.file);
  switch (parsed.kind) {
    case 'passed over':
      return ofFile;
    case 'failure':
      return [...ofFile, syntaxFinding(resource.name, parsed.failure)];
    case 'source': {
      const { source } = parsed;
      const checked = checkedFunction(resource, source);
      if (checked === null) return ofFile;
      const found = RULES.flatMap((rule) =>
        findingsOf(
          rule,
          resource.name,
          spotsOf(rule, () => rule.ofFunction?.(checked, build)),
          source.place,
        ),
      );
      return withoutIgnored([...ofFile, ...found], source.text);
    }
  }
}

function checkAsset(resource: AssetResource, build: Build): readonly Finding[] {
  const ofFile = RULES.flatMap((rule) =>
    findingsOf(rule, resource.name, rule.ofFile?.(resource, build), nowhere),
  );
  const text = resource.visibility === 'private' ? null : readText(resource.file);
  if (text === null) return ofFile;
  const lines = new LineStarts(text);
  const found = RULES.flatMap((rule) =>
    findingsOf(rule, resource.name, rule.ofAsset?.({ resource, text }, build), (offset) =>
      lines.place(offset),
    ),
  );
  return withoutIgnored([...ofFile, ...found], text);
}

/** `null`: its tree is too deep to find anything in it. */
function checkedFunction(resource: FunctionResource, source: Source): CheckedFunction | null {
  try {
    return { resource, source, handler: findHandler(source.program, source.isModule) };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** A tree that is too deep for a rule is nothing that the rule could say something about. */
function spotsOf(rule: Rule, check: () => readonly Spot[] | undefined): readonly Spot[] {
  try {
    return check() ?? [];
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw new Error(`the rule ${rule.id} failed`, { cause: error });
  }
}

function findingsOf(
  rule: Rule,
  file: string,
  spots: readonly Spot[] | undefined,
  place: (offset: number) => Place,
): readonly Finding[] {
  return (spots ?? []).map(({ at, reason, fix, severity }) => ({
    rule: rule.id,
    severity: severity ?? rule.severity,
    file,
    ...(at === null ? nowhere() : place(at)),
    reason,
    fix: fix ?? rule.fix,
  }));
}

function nowhere(): Place {
  return { line: 0, column: 0 };
}

function syntaxFinding(file: string, { message, line, column }: ParseFailure): Finding {
  return { rule: SYNTAX.id, severity: SYNTAX.severity, file, line, column, reason: message, fix: SYNTAX.fix };
}

function withoutIgnored(findings: readonly Finding[], text: string): readonly Finding[] {
  if (findings.length === 0 || !text.includes('hookswitch-ignore')) return findings;
  const lines = text.split('\n');
  return findings.filter((finding) => !isIgnored(finding, lines));
}

/** Of an Asset this much is looked at. */
const MOST_ASSET_BYTES = 4_194_304;
const LOOKS_BINARY_WITHIN = 8_192;

/** `null`: no text, or it cannot be read. */
function readText(file: string): string | null {
  try {
    const bytes = readStart(file);
    return bytes.subarray(0, LOOKS_BINARY_WITHIN).includes(0) ? null : bytes.toString('utf8');
  } catch {
    return null;
  }
}

function readStart(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(MOST_ASSET_BYTES, fstatSync(descriptor).size));
    let read = 0;
    for (let got = -1; got !== 0 && read < buffer.length; read += got) {
      got = readSync(descriptor, buffer, read, buffer.length - read, null);
    }
    return buffer.subarray(0, read);
  } finally {
    closeSync(descriptor);
  }
}

function byPlace(one: Finding, other: Finding): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line || one.column - other.column || (one.rule < other.rule ? -1 : 1);
}
