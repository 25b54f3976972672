import type { Handler } from 'hookswitch/types';

// GET or POST /hello?name=Ada
export const handler: Handler = (context, event, callback) => {
  const name = event.name || 'world';

  return callback(null, { message: `Hello ${name}!` });
};
