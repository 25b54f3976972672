/** Two answers line by line: what is the same, what went, what came. */
export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

/** Work is lines times lines: more than this, and what differs is shown as a whole. */
const MOST_LINES = 1_500;

export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const head = commonStart(before, after);
  const tail = commonEnd(before.slice(head), after.slice(head));
  const middle = diffMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  const same = (lines: readonly string[]) => lines.map((text): DiffLine => ({ kind: 'same', text }));
  return [...same(before.slice(0, head)), ...middle, ...same(before.slice(before.length - tail))];
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at;
}

function commonEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a.at(-1 - count) === b.at(-1 - count)) count++;
  return count;
}

function diffMiddle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const gone = (text: string): DiffLine => ({ kind: 'gone', text });
  const fresh = (text: string): DiffLine => ({ kind: 'new', text });
  if (a.length > MOST_LINES || b.length > MOST_LINES) return [...a.map(gone), ...b.map(fresh)];
  const lengths = commonLengths(a, b);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [left = '', right = ''] = [a[i], b[j]];
    if (left === right) {
      lines.push({ kind: 'same', text: left });
      i++;
      j++;
    } else if (lengths.at(i + 1, j) >= lengths.at(i, j + 1)) {
      lines.push(gone(left));
      i++;
    } else {
      lines.push(fresh(right));
      j++;
    }
  }
  return [...lines, ...a.slice(i).map(gone), ...b.slice(j).map(fresh)];
}

/** `at(i, j)`: how many lines the longest common part of `a` from `i` and `b` from `j` has. */
function commonLengths(a: readonly string[], b: readonly string[]) {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  return { at };
}
