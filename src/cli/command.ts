import type { Arguments, Flags } from '../config/arguments';
import type { Environment } from '../config/sources';

/** Where a command runs. Data goes to stdout, everything else to stderr. */
export interface Surroundings {
  readonly environment: Environment;
  readonly currentFolder: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Left and right column of a list in the help. */
export type HelpRow = readonly [left: string, right: string];

/** One command of the program; each has a file of its own in `cli/`, which is loaded only when it is called. */
export interface Command {
  readonly flags: Flags;
  /** For the help: what the command does, one paragraph each. */
  readonly about: readonly string[];
  readonly examples: readonly HelpRow[];
  /** Its exit codes where they are not those of all commands. */
  readonly exitCodes?: readonly HelpRow[];
  /** Resolves with the exit code. Rejects with `CodedError`. */
  run(given: Arguments, surroundings: Surroundings): Promise<number>;
}

/** For commands that take no flag of `twilio-run`. */
export const NONE_ACCEPTED: Flags['accepted'] = {};
