/** Lists of invocations: newest first, each once. */
import type { InvocationSummary } from '../../../src/model/record';

type Rows = readonly InvocationSummary[];

/** Those that stand in none of the other lists. */
export function lacking(rows: Rows, ...others: readonly Rows[]): Rows {
  return rows.filter(
    (row, at) => row.number !== rows[at - 1]?.number && !others.some((list) => has(list, row)),
  );
}

/** Both lists as one. */
export function joinRows(some: Rows, others: Rows): Rows {
  if (isAbove(some, others)) return [...some, ...others];
  if (isAbove(others, some)) return [...others, ...some];
  return newestFirst([...some, ...others]);
}

export function newestFirst(rows: Rows): Rows {
  return [...rows].sort((one, other) => other.number - one.number);
}

function isAbove(some: Rows, others: Rows): boolean {
  const [last, first] = [some.at(-1), others[0]];
  return last === undefined || first === undefined || last.number > first.number;
}

function has(rows: Rows, { id, number }: InvocationSummary): boolean {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.number ?? 0) > number) low = middle + 1;
    else high = middle;
  }
  return rows[low]?.id === id;
}
