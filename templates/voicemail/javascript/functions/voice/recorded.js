// Twilio asks this once a message was recorded in /voice/greeting.
exports.handler = async (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();
  twiml.say('Thank you. Goodbye.');
  twiml.hangup();

  try {
    await notify(context, event);
  } catch (error) {
    // The caller is not to blame: they hear the same.
    console.error('The owner could not be told:', error.message);
  }

  return callback(null, twiml);
};

async function notify(context, event) {
  if (!context.OWNER_NUMBER) return;
  await context.getTwilioClient().messages.create({
    to: context.OWNER_NUMBER,
    from: event.To,
    body: `${event.From} left a message of ${event.RecordingDuration} s: ${event.RecordingUrl}`,
  });
}
