/** The projects of three whole conversations, which are held in more than one way. */

export const MENU = {
  'functions/voice/menu.protected.js': `exports.handler = (context, event, callback) => {
      const twiml = new Twilio.twiml.VoiceResponse();
      const tries = Number(event.tries || 0);
      if (tries > 2) {
        twiml.say('Goodbye.');
        twiml.hangup();
      } else {
        const gather = twiml.gather({ numDigits: 1, timeout: 4, action: '/voice/choice?tries=' + tries });
        gather.say(tries === 0 ? 'Welcome to the bakery.' : 'Once more.');
        gather.say('Press 1 for bread, 2 for cakes.');
        twiml.redirect('/voice/menu?tries=' + (tries + 1));
      }
      callback(null, twiml);
    };`,
  'functions/voice/choice.protected.js': `exports.handler = (context, event, callback) => {
      const twiml = new Twilio.twiml.VoiceResponse();
      const numbers = { 1: '+14155550111', 2: '+14155550122' };
      if (numbers[event.Digits]) {
        twiml.say('One moment.');
        twiml.dial({ action: 'done', timeout: 15 }, numbers[event.Digits]);
      } else {
        twiml.say(event.Digits + ' is not on the menu.');
        twiml.redirect('menu?tries=' + (Number(event.tries) + 1));
      }
      callback(null, twiml);
    };`,
  'functions/voice/done.protected.js': `exports.handler = (context, event, callback) => {
      const twiml = new Twilio.twiml.VoiceResponse();
      const line = event.DialCallStatus === 'completed' ? 'You talked for ' + event.DialCallDuration + ' seconds.' : 'Nobody is free.';
      twiml.say(line);
      callback(null, twiml);
    };`,
};

/** The dialled party has to accept the call. */
export const SCREENING = {
  'functions/voice/office.protected.js': `exports.handler = (context, event, callback) => {
      const twiml = new Twilio.twiml.VoiceResponse();
      if (event.DialCallStatus) twiml.say(event.DialCallStatus);
      else twiml.dial({ action: 'office' }).number({ url: 'screen' }, '+14155550101');
      callback(null, twiml);
    };`,
  'functions/voice/screen.protected.js': `exports.handler = (context, event, callback) => {
      const twiml = new Twilio.twiml.VoiceResponse();
      if (event.Digits === '1' || event.SpeechResult === 'yes') return callback(null, twiml);
      const gather = twiml.gather({ numDigits: 1, input: 'dtmf speech', timeout: 5 });
      gather.say('Press 1, or say yes, to accept.');
      twiml.hangup();
      callback(null, twiml);
    };`,
};

export const VOICEMAIL = {
  'functions/voicemail.protected.js': `exports.handler = (context, event, callback) => {
      const twiml = new Twilio.twiml.VoiceResponse();
      twiml.say('Nobody is here. Leave a message.');
      twiml.record({ action: '/saved', maxLength: 60, transcribe: true, transcribeCallback: '/transcribed', recordingStatusCallback: '/recorded' });
      twiml.say('There was no message.');
      callback(null, twiml);
    };`,
  'functions/saved.protected.js': `exports.handler = (context, event, callback) => {
      console.log('saved', event.RecordingDuration, event.Digits, event.CallStatus);
      const twiml = new Twilio.twiml.VoiceResponse();
      twiml.say('Thank you.');
      callback(null, twiml);
    };`,
  'functions/recorded.protected.js': `exports.handler = (context, event, callback) => {
      console.log('recorded', event.RecordingStatus, event.RecordingSid.slice(0, 2));
      callback();
    };`,
  'functions/transcribed.protected.js': `exports.handler = (context, event, callback) => {
      console.log('transcribed', event.TranscriptionText);
      callback();
    };`,
};

/** Answers are kept in cookies; STOP, what is written after it, and START are no answers. */
export const SURVEY = {
  'functions/survey.protected.js': `const QUESTIONS = ['How was the bread?', 'How was the cake?', 'Would you come again?'];
      exports.handler = (context, event, callback) => {
        const { asked, answers, stopped } = event.request.cookies;
        const isStart = event.Body === 'START';
        const isStopped = event.Body === 'STOP' || (stopped === 'yes' && !isStart);
        const given = answers ? answers.split('|') : [];
        if (asked === 'yes' && !isStopped && !isStart) given.push(event.Body);
        const response = new Twilio.Response();
        const twiml = new Twilio.twiml.MessagingResponse();
        const text = QUESTIONS[given.length] || 'Thank you! You wrote: ' + given.join(', ');
        twiml.message({ statusCallback: '/delivered' }, text);
        response.setCookie('asked', 'yes');
        response.setCookie('stopped', isStopped ? 'yes' : 'no');
        if (given.length > 0) response.setCookie('answers', given.join('|'));
        response.appendHeader('Content-Type', 'text/xml');
        response.setBody(twiml.toString());
        callback(null, response);
      };`,
  'functions/delivered.protected.js': 'exports.handler = (context, event, callback) => callback();',
};
