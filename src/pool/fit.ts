import { CodedError } from '../errors';
import type { Build } from '../model/build';

/** Private ones are modules for the others. */
export function uncallableOf({ functions }: Build): ReadonlySet<number> {
  return new Set(functions.flatMap(({ visibility }, index) => (visibility === 'private' ? [index] : [])));
}

/** Throws `CodedError` (HS_USAGE) where the instances that should always be there do not fit. */
export function checkFit(minInstances: number, functions: number, maxInstances: number): void {
  const needed = minInstances * functions;
  if (needed <= maxInstances) return;
  throw new CodedError(
    'HS_USAGE',
    `--min-instances ${minInstances} for ${functions} Functions needs ${needed} processes; --max-instances allows ${maxInstances}`,
  );
}
