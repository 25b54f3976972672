import type { Handler } from 'hookswitch/types';

// Asks a caller for a digit, which Twilio then sends to /voice/choice.
// Its address is the webhook for incoming calls of a phone number.
export const handler: Handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();
  const gather = twiml.gather({ numDigits: 1, action: '/voice/choice' });
  gather.say('For opening hours, press 1. To talk to us, press 2.');

  // Reached where the caller presses nothing.
  twiml.say('We did not get your choice. Goodbye.');

  return callback(null, twiml);
};
