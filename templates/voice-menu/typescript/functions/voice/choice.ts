import type { Handler } from 'hookswitch/types';

interface Variables {
  readonly OFFICE_NUMBER?: string;
}

// Acts on the digit that the caller pressed in /voice/menu.
export const handler: Handler<Variables> = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();

  switch (event.Digits) {
    case '1':
      twiml.say('We are open from nine to five, Monday to Friday.');
      break;
    case '2':
      twiml.say('One moment please.');
      if (context.OFFICE_NUMBER) twiml.dial(context.OFFICE_NUMBER);
      else twiml.say('Nobody is here right now.');
      break;
    default:
      twiml.say('That is not on the menu.');
      twiml.redirect('/voice/menu');
  }

  return callback(null, twiml);
};
