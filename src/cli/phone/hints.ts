import type { Problem } from '../../simulator';

/** What to do about problems that beginners meet, one line each. */
export function hintsFor(problems: readonly Problem[], baseUrl: string): readonly string[] {
  const hints: string[] = [];
  const codes = problems.map(({ code }) => code);
  if (codes.includes(11205)) {
    hints.push(
      `Nothing answers at ${baseUrl}: start the project with hookswitch, or name another port with -p.`,
    );
  }
  if (problems.some(({ message }) => message.includes('Unauthorized - you are not authenticated'))) {
    hints.push('The signature was refused: is the AUTH_TOKEN in .env the one that the running project has?');
  }
  return hints;
}
