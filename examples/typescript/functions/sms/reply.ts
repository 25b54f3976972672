import { isOpen } from '@lib/opening-hours';
import { settings } from '@lib/settings';
import type { Handler } from 'hookswitch/types';

export const handler: Handler = (_context, event, callback) => {
  const twiml = new Twilio.twiml.MessagingResponse();
  const hour = event.Hour === undefined ? new Date().getUTCHours() : Number(event.Hour);
  const answer = isOpen(settings.hours, hour) ? 'somebody will answer soon' : 'we are closed now';
  twiml.message(`Hello ${event.From ?? 'whoever you are'}, ${answer}. ${settings.name}`);
  callback(null, twiml);
};
