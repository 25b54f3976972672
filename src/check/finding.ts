export type Severity = 'error' | 'warning';

/** Something that will break, or does not do what it looks like. */
export interface Finding {
  /** `callback-never-called`; docs/check.md has a section for each. */
  readonly rule: string;
  readonly severity: Severity;
  /** Relative to the project: `functions/sms/reply.js`. */
  readonly file: string;
  /** 1-based, in the file as its author wrote it; 0 where it is about the whole file. */
  readonly line: number;
  readonly column: number;
  /** One sentence: what is wrong here. */
  readonly reason: string;
  /** One sentence: what to do. */
  readonly fix: string;
}

/** What a rule says; the check turns the offset into a line and knows the file. */
export interface Spot {
  /** Offset in the text that was looked at; `null`: the whole file. */
  readonly at: number | null;
  readonly reason: string;
  /** Where the fix of the rule is not the one. */
  readonly fix?: string;
  readonly severity?: Severity;
}
