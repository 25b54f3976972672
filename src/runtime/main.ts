/** Entry point of an instance; started by the pool with its channel on descriptor 3 and its claim file on 4. */

import { Channel, ChannelClosed } from './channel';
import { loadLikely } from './compile-cache';
import { Loop } from './loop';

try {
  loadLikely();
  new Loop(new Channel()).run();
} catch (error) {
  if (!(error instanceof ChannelClosed)) throw error;
  process.exit(0);
}
