import type { Handler } from 'hookswitch/types';

/** Open it in a browser: the page shows this file, not what it was compiled to. */
export const handler: Handler<unknown, { readonly why?: string }> = (_context, { why }) => {
  throw new Error(why ?? 'on purpose');
};
