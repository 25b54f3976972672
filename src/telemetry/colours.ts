import { createColors } from 'picocolors';

export type Colours = ReturnType<typeof createColors>;

export function coloursOf(enabled: boolean): Colours {
  return createColors(enabled);
}

/** NO_COLOR goes before FORCE_COLOR, as their authors ask; FORCE_COLOR=0 means none. */
export function wantsColours(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  const { NO_COLOR: no = '', FORCE_COLOR: force = '', TERM: terminal } = environment;
  if (no !== '') return false;
  if (force !== '') return force !== '0' && force !== 'false';
  return isTerminal && terminal !== 'dumb';
}
