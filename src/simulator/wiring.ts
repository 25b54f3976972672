import type { Clock } from './clock';
import type { WebhookSettings } from './http/webhook';
import type { NewSid } from './sid';

/** What all conversations of a simulator share. */
export interface Wiring {
  readonly accountSid: string;
  readonly clock: Clock;
  readonly newSid: NewSid;
  readonly webhooks: WebhookSettings;
  readonly onRead?: (element: string, attribute: string) => void;
}
