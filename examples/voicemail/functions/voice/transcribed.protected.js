// Protected: Twilio alone can call it. Texts the owner what was said.
exports.handler = async (context, event, callback) => {
  const what = event.TranscriptionStatus === 'completed' ? event.TranscriptionText : '(not understood)';

  await context.getTwilioClient().messages.create({
    to: context.OWNER_NUMBER,
    from: event.To,
    body: `Message from ${event.From}: ${what}`,
  });

  return callback();
};
