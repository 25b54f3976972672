import type { Kind } from './kind';
import { FAILING } from './kinds/failing';
import { GOOD } from './kinds/good';
import { GREEDY } from './kinds/greedy';
import { HOSTILE } from './kinds/hostile';
import { RESULTS } from './kinds/results';

/** Every kind of Function of the project, but the victim. */
export const KINDS: readonly Kind[] = [...GOOD, ...FAILING, ...RESULTS, ...GREEDY, ...HOSTILE];
