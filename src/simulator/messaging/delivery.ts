/** How a message fares on its way. twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks */
import type { DeliveryStatus } from './event';

/** What you choose; `failed`: it never leaves, `undelivered`: the carrier does not deliver it. */
export type DeliveryOutcome = 'delivered' | 'undelivered' | 'failed';

interface Delivery {
  readonly states: readonly DeliveryStatus[];
  readonly errorCode: number | null;
}

export function deliveryOf(outcome: DeliveryOutcome | 'blocked'): Delivery {
  switch (outcome) {
    case 'delivered':
      return { states: ['queued', 'sent', 'delivered'], errorCode: null };
    case 'undelivered': // "Unreachable destination handset"
      return { states: ['queued', 'sent', 'undelivered'], errorCode: 30003 };
    case 'failed': // "Unknown error"
      return { states: ['queued', 'failed'], errorCode: 30008 };
    case 'blocked':
      return { states: ['failed'], errorCode: 21610 };
  }
}
