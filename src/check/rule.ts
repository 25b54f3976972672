import type { AssetResource, Build, FunctionResource } from '../model/build';
import type { Severity, Spot } from './finding';
import type { Handler } from './handler';
import type { Source } from './source';

/** One thing that `hookswitch check` finds; docs/check.md is made from the table of them. */
export interface Rule {
  /** Kebab-case; what `hookswitch-ignore` names. */
  readonly id: string;
  readonly severity: Severity;
  /** What it finds, for the docs: a sentence. */
  readonly finds: string;
  /** What happens otherwise, for the docs: a sentence. */
  readonly otherwise: string;
  readonly fix: string;
  /** Of one Function that could be parsed. Says only what is certain. */
  readonly ofFunction?: (checked: CheckedFunction, build: Build) => readonly Spot[];
  /** Of one Asset that is text and not private. */
  readonly ofAsset?: (checked: CheckedAsset, build: Build) => readonly Spot[];
  /** Of a file by its name and the build alone. */
  readonly ofFile?: (resource: FunctionResource | AssetResource, build: Build) => readonly Spot[];
}

export interface CheckedFunction {
  readonly resource: FunctionResource;
  readonly source: Source;
  /** What it exports as its handler. */
  readonly handler: Handler;
}

export interface CheckedAsset {
  readonly resource: AssetResource;
  readonly text: string;
}
