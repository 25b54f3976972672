import type { Handler } from 'hookswitch/types';

// Takes a message. Its address is the webhook for incoming calls of a phone number.
export const handler: Handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();
  twiml.say('Nobody is here right now. Please leave a message after the tone.');
  twiml.record({ maxLength: 60, action: '/voice/recorded' });

  // Reached where the caller says nothing.
  twiml.say('We did not hear you. Goodbye.');

  return callback(null, twiml);
};
