/** A project for tests of the console: an answer of each kind. */
export const CONSOLE_PROJECT: Readonly<Record<string, string>> = {
  '.env':
    'ACCOUNT_SID=AC00000000000000000000000000000000\nAUTH_TOKEN=0123456789abcdef0123456789abcdef\nGREETING=Ahoy\n',
  'functions/sms.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.MessagingResponse();
    console.log('got', event.Body);
    twiml.message('You wrote: ' + event.Body).media('https://media.example/cat.png');
    callback(null, twiml);
  };`,
  'functions/call.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.VoiceResponse();
    twiml.gather({ numDigits: 1, action: '/next' }).say({ voice: 'alice' }, 'Press one.');
    twiml.hangup();
    callback(null, twiml);
  };`,
  'functions/count.js': `let count = 0;
  exports.handler = (context, event, callback) => callback(null, { count: ++count, name: event.name });`,
  'functions/broken.js': `exports.handler = (context, event, callback) => {
  console.warn('about to fail');
  const nothing = undefined;
  callback(null, nothing.name);
};`,
  'functions/echo.js': `exports.handler = (context, event, callback) => {
    const response = new Twilio.Response();
    response.appendHeader('Content-Type', event.type || 'text/plain');
    response.setBody(event.base64 ? Buffer.from(event.base64, 'base64') : event.text);
    callback(null, response);
  };`,
  'functions/large.js': `exports.handler = (context, event, callback) => {
    const row = '<b>row</b> ' + 'x'.repeat(89) + '\\n';
    callback(null, row.repeat(39_000));
  };`,
  'functions/late.js': `exports.handler = (context, event, callback) => {
    callback(null, 'early');
    console.error('too late');
  };`,
  'functions/guarded.protected.js': `exports.handler = (context, event, callback) => callback(null, 'inside');`,
  'assets/hello.txt': 'hello',
};
