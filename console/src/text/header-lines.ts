/** Headers as text that can be edited, one on each line. */
export type Headers = readonly (readonly [name: string, value: string])[];

export function formatHeaderLines(headers: Headers): string {
  return headers.map(([name, value]) => `${name}: ${value}`).join('\n');
}

export function parseHeaderLines(text: string): Headers {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.indexOf(':');
      return at === -1
        ? ([line, ''] as const)
        : ([line.slice(0, at).trim(), line.slice(at + 1).trim()] as const);
    });
}

export function headerOf(headers: Headers, name: string): string | null {
  return headers.find(([given]) => given.toLowerCase() === name)?.[1] ?? null;
}
