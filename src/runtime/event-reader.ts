/** Loaded only where it is needed: `node:net` takes some ms. */
import { Socket } from 'node:net';
import { FrameReader } from '../protocol/frames';
import { CHANNEL_FD, decodeToInstance, type ToInstance } from '../protocol/messages';
import type { Reader } from './reader';

/** The event loop goes on until the message is there. */
export class EventReader implements Reader {
  readonly #messages: ToInstance[] = [];
  readonly #socket = new Socket({ fd: CHANNEL_FD, readable: true, writable: false });
  #receive: ((message: ToInstance) => void) | null = null;

  /** `rest`: what was already read. `onClosed`: the gateway is gone. */
  constructor(rest: Buffer, onClosed: () => void) {
    const frames = new FrameReader((type, id, payload) =>
      this.#onMessage(decodeToInstance(type, id, payload)),
    );
    frames.push(rest);
    this.#socket.on('data', (chunk: Buffer) => frames.push(chunk));
    this.#socket.on('error', onClosed);
    this.#socket.on('close', onClosed);
  }

  get hasMore(): boolean {
    return this.#messages.length > 0;
  }

  next(receive: (message: ToInstance) => void): void {
    const message = this.#messages.shift();
    if (message !== undefined) return this.#give(receive, message);
    this.#receive = receive;
    this.#socket.ref();
  }

  #onMessage(message: ToInstance): void {
    const receive = this.#receive;
    if (receive === null) {
      this.#messages.push(message);
      return;
    }
    this.#receive = null;
    this.#give(receive, message);
  }

  /** While a call runs only its own work keeps the event loop going: so it is seen when nothing is left of it. */
  #give(receive: (message: ToInstance) => void, message: ToInstance): void {
    this.#socket.unref();
    receive(message);
  }
}
