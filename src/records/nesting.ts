/** Whether JSON text is nested deeper than so many levels: looked at as text, since what reads or writes values recurses. */
export function isNestedDeeper(json: string, most: number): boolean {
  let depth = 0;
  for (const [mark] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (mark === '[' || mark === '{') depth += 1;
    else if (mark === ']' || mark === '}') depth -= 1;
    if (depth > most) return true;
  }
  return false;
}
