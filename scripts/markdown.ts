/** Pieces of the pages that are made from tables. */

/** Has to be the first line, else the formatter does not see it; it would pad every table to its longest cell. */
export const MADE_FROM =
  '<!-- biome-ignore-all format: made by `npm run docs` from the tables in src/, edit those -->';

export function page(blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`;
}

export function tableText(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map(() => '---'), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

export function code(text: string): string {
  return `\`${text}\``;
}
