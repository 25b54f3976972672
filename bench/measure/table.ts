export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The first column is text, the others are numbers and stand at the right. */
export function formatTable({ columns, rows }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const [head = '', ...body] = lines.map((line) => formatLine(line, widths));
  return [head, rule, ...body].join('\n');
}

function formatLine(cells: readonly string[], widths: readonly number[]): string {
  const padded = widths.map((width, at) => {
    const cell = cells[at] ?? '';
    return at === 0 ? cell.padEnd(width) : cell.padStart(width);
  });
  return padded.join('  ').trimEnd();
}

/** Three significant digits, without an exponent: `19,200`, `3.14`, `0.0452`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(value < 1 ? 2 : 3)));
}

export function formatRatio(value: number, base: number): string {
  const ratio = value / base;
  if (!Number.isFinite(ratio)) return '-';
  return ratio < 0.01 ? ratio.toFixed(4) : ratio.toFixed(ratio > 100 ? 0 : 2);
}
