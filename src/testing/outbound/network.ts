/** Everything beside the vendor that Functions ask. */
import type { Outbound } from './outbound';
import type { OutboundRequest } from './request';
import { isTwilio, type OutboundHandler } from './route';

export class Network {
  readonly #outbound: Outbound;

  constructor(outbound: Outbound) {
    this.#outbound = outbound;
  }

  get requests(): readonly OutboundRequest[] {
    return this.#outbound.requests.filter(({ host }) => !isTwilio(host));
  }

  /** `on('GET https://api.example.com/orders/:id', ({ params }) => ({ id: params.id }))` */
  on(pattern: string, handler: OutboundHandler): this {
    this.#outbound.on(pattern, handler);
    return this;
  }

  /** Names of hosts, `*.example.com` for all below one. */
  allow(...hosts: readonly string[]): this {
    this.#outbound.allow(hosts);
    return this;
  }
}
