/** How long it takes to say something: 150 words in a minute. A picture of time, not a measurement. */

const WORD_MS = 400;
const LEAST_MS = 400;

export function speechMs(text: string): number {
  const words = text.split(/\s+/).filter((word) => word !== '').length;
  return Math.max(LEAST_MS, words * WORD_MS);
}
