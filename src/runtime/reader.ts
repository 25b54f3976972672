import type { ToInstance } from '../protocol/messages';
import type { Channel } from './channel';

/** Where the next message comes from; see `Reading`. */
export interface Reader {
  /** A message is already here. */
  readonly hasMore: boolean;
  /** Calls `receive` once, with the next message. Throws `ChannelClosed`. */
  next(receive: (message: ToInstance) => void): void;
}

/** Nothing runs until the message is there. */
export class FrozenReader implements Reader {
  constructor(private readonly channel: Channel) {}

  get hasMore(): boolean {
    return this.channel.hasMore;
  }

  next(receive: (message: ToInstance) => void): void {
    receive(this.channel.read());
  }
}
