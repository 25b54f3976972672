/** The project that the pictures of the console show: a bakery that takes orders by text and by phone. */

export const BAKERY: Readonly<Record<string, string>> = {
  '.env': `ACCOUNT_SID=AC5f0c1d7a93be42688f14c0d2a7e6b951
AUTH_TOKEN=0f4d5b8e7c1a49f2b6d3e8a1c5f7092b
SHOP_NAME=Corner Bakery
OVEN_API_KEY=sk_live_2c8b1f4e9d7a
`,
  'functions/sms/reply.js': `exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.MessagingResponse();
  const wanted = (event.Body || '').toLowerCase();
  console.log('from', event.From, 'wants', wanted);

  if (wanted.includes('menu')) {
    const message = twiml.message('Today: sourdough, rye and cinnamon buns. Reply with what you would like.');
    message.media('https://bakery.example/menu/today.png');
  } else {
    twiml.message(\`Thank you! \${event.Body} will be ready at 10:30.\`);
    twiml.message('Reply STOP to cancel.');
  }
  callback(null, twiml);
};
`,
  'functions/voice/menu.js': `exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();
  const gather = twiml.gather({ input: 'dtmf speech', numDigits: 1, timeout: 5, action: '/voice/choice' });
  gather.say({ voice: 'Polly.Amy', language: 'en-GB' }, \`Welcome to \${context.SHOP_NAME}. To order, press 1. To talk to us, press 2.\`);
  gather.play({ loop: 1 }, 'https://bakery.example/sounds/bell.mp3');
  twiml.say('We did not hear anything.');
  twiml.redirect('/voice/menu');
  callback(null, twiml);
};
`,
  'functions/voice/choice.js': `exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();
  if (event.Digits === '2') twiml.dial({ timeout: 20, callerId: event.To }, '+15005550009');
  else twiml.say('Please tell us your order after the tone.');
  callback(null, twiml);
};
`,
  'functions/orders/status.js': `let served = 0;

exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  response.setHeaders({ 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.setBody({
    order: event.order || 'unknown',
    state: served++ % 2 === 0 ? 'in the oven' : 'ready',
    items: [{ name: 'sourdough', count: 2 }, { name: 'cinnamon bun', count: 6 }],
    position: served,
  });
  callback(null, response);
};
`,
  'functions/orders/create.protected.js': `const { priceOf } = require(Runtime.getFunctions()['lib/prices'].path);

exports.handler = async (context, event, callback) => {
  const order = JSON.parse(event.Order || '{}');
  console.info('new order from', event.From);
  console.warn('no customer record, using the defaults');

  const total = order.items
    .map((item) => item.count * priceOf(item.name))
    .reduce((sum, price) => sum + price, 0);

  callback(null, { total });
};
`,
  'functions/lib/prices.private.js': `exports.priceOf = (name) => ({ sourdough: 6.5, rye: 5.5 })[name] ?? 3;
`,
  'functions/slow-oven.js': `exports.handler = (context, event, callback) => {
  setTimeout(() => callback(null, 'baked'), 1200);
};
`,
  'assets/index.html': '<!doctype html><title>Corner Bakery</title>',
  'assets/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"/>',
  'assets/price-list.private.json': '{}',
};
