import type { Table } from './table';

/** One thing to find out: measured on its own, answered by one table. */
export interface Question {
  /** As it is named on the command line. */
  readonly name: string;
  readonly asks: string;
  /** How to read the table. */
  readonly reading: string;
  measure(): Promise<Answer>;
}

export interface Answer {
  readonly table: Table;
  /** What happened on the way that the figures do not show. */
  readonly notes: readonly string[];
}
