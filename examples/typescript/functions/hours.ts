import { settings } from '@lib/settings';
import type { Callback, Context, Event } from 'hookswitch/types';

/** The default export may be the handler, too. */
export default function hours(_context: Context, _event: Event, callback: Callback): void {
  const response = new Twilio.Response({ headers: { 'Content-Type': 'application/json' } });
  callback(null, response.setBody({ name: settings.name, ...settings.hours }));
}
