/** Every element of TwiML for messages. Pages: twilio.com/docs/messaging/twiml and below. */
import { complete, type ElementTable, element, partial } from './schema';

const MESSAGE = {
  to: complete('text', { code: 14101 }),
  from: complete('text', { code: 14102 }),
  action: complete('url'),
  method: complete('method', { code: 14104 }),
  statusCallback: complete('url', { code: 14105 }),
};

export const MESSAGING_SCHEMA: ElementTable = {
  Response: element({
    page: 'messaging/twiml',
    children: ['Message', 'Sms', 'Redirect'],
    childCode: 14110,
  }),
  Message: element({
    page: 'messaging/twiml/message',
    attributes: MESSAGE,
    children: ['Body', 'Media'],
  }),
  Sms: element({
    page: 'messaging/twiml/sms',
    attributes: MESSAGE,
    note: 'The old name of Message; text only.',
  }),
  Body: element({ page: 'messaging/twiml/message#body' }),
  Media: element({
    page: 'messaging/twiml/message#media',
    support: 'partial',
    note: 'The file is not fetched: its kind is told from its name.',
  }),
  Redirect: element({
    page: 'messaging/twiml/redirect',
    attributes: { method: partial('method', 'A value that is not allowed counts as POST.', 14104) },
  }),
};
