/** Small projects in the manner of the public ones, whole: what arrives, what they answer. No network is needed. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import { type RawResponse, request } from './support/raw-http';
import { eventually, type Served, serve } from './support/serve';

const SID = `AC${'0'.repeat(32)}`;
const TOKEN = '0123456789abcdef0123456789abcdef';
const CREDENTIALS = `ACCOUNT_SID=${SID}\nAUTH_TOKEN=${TOKEN}\n`;
const HOST = 'demo-1234.twil.io';

interface Step {
  readonly title: string;
  /** GET, unless there is a form, JSON or another method. */
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly method?: string;
  readonly headers?: readonly (readonly [string, string])[];
  /** Signed as the vendor would. */
  readonly signed?: boolean;
  readonly status?: number;
  readonly type?: string | null;
  readonly answers?: Readonly<Record<string, string>>;
  readonly text?: string | RegExp;
  readonly value?: unknown;
  /** What the Function wrote to its console. */
  readonly console?: readonly (readonly [level: string, text: string])[];
  verify?(response: RawResponse): void;
}

interface Project {
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly steps: readonly Step[];
}

function twiml(inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${inner}</Response>`;
}

/** Stands for the vendor's API: an HTTP client for the SDK that answers by itself, and logs what it was asked. */
const NETWORK = `
exports.request = async ({ method, uri, data, username }) => {
  const { pathname } = new URL(uri);
  console.log(method.toUpperCase(), pathname, JSON.stringify(data ?? {}));
  const { status, body } = answer(pathname, data ?? {}, username);
  return { statusCode: status, body: JSON.stringify(body) };
};
function answer(path, data, username) {
  if (path.endsWith('/Verifications')) return { status: 201, body: { sid: 'VE1', to: data.To, status: 'pending' } };
  if (path.endsWith('/VerificationCheck')) {
    if (data.Code === '000000') return { status: 404, body: { code: 20404, message: 'not found', status: 404 } };
    return { status: 201, body: { status: data.Code === '123456' ? 'approved' : 'pending' } };
  }
  if (path.endsWith('/Items')) return { status: 201, body: { index: 7, data: JSON.parse(data.Data) } };
  if (path.endsWith('/Messages.json')) return { status: 201, body: { sid: 'SM1', to: data.To, from: data.From, account: username } };
  return { status: 500, body: { message: path } };
}`;

const PROJECTS: Readonly<Record<string, Project>> = {
  'one-time passwords': {
    files: {
      '.env': `${CREDENTIALS}VERIFY_SERVICE_SID=VA${'1'.repeat(32)}\n`,
      'functions/lib/network.private.js': NETWORK,
      'functions/start-verify.js': `
        const network = require(Runtime.getFunctions()['lib/network'].path);
        const { detectMissingParams, VerifyError } = require(Runtime.getAssets()['/missing-params.js'].path);
        exports.handler = async function (context, event, callback) {
          const response = new Twilio.Response();
          response.appendHeader('Content-Type', 'application/json');
          try {
            const missingParams = detectMissingParams(['to'], event);
            if (missingParams.length > 0) throw new VerifyError(400, 'Missing parameter; please provide: ' + missingParams.join(', '));
            const client = context.getTwilioClient({ httpClient: network });
            const verification = await client.verify.v2.services(context.VERIFY_SERVICE_SID).verifications
              .create({ to: event.to, channel: event.channel || 'sms', locale: 'en' });
            response.setStatusCode(200);
            response.setBody({ success: true, message: 'Sent verification to ' + verification.to });
            return callback(null, response);
          } catch (error) {
            console.error(error.message);
            response.setStatusCode(error.status || 400);
            response.setBody({ success: false, error: error.message });
            return callback(null, response);
          }
        };`,
      'functions/check-verify.js': `
        const network = require(Runtime.getFunctions()['lib/network'].path);
        exports.handler = async (context, event, callback) => {
          const response = new Twilio.Response();
          response.setHeaders({ 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' });
          try {
            const check = await context.getTwilioClient({ httpClient: network })
              .verify.v2.services(context.VERIFY_SERVICE_SID).verificationChecks.create({ to: event.to, code: event.code });
            if (check.status !== 'approved') throw new Error('Incorrect token.');
            response.setBody({ success: true });
          } catch (error) {
            response.setStatusCode(error.status || 401);
            response.setBody({ success: false, error: error.message });
          }
          return callback(null, response);
        };`,
      'assets/missing-params.private.js': `
        exports.detectMissingParams = (names, event) => names.filter((name) => !event.hasOwnProperty(name) || event[name].length === 0);
        exports.VerifyError = class VerifyError extends Error {
          constructor(status, message) { super('Error ' + status + ': ' + message); this.status = status; }
        };`,
      'assets/index.html': '<!doctype html><title>Verify</title>',
    },
    steps: [
      {
        title: 'sends a code',
        path: '/start-verify',
        form: { to: '+15550001111', channel: 'call' },
        type: 'application/json',
        value: { success: true, message: 'Sent verification to +15550001111' },
        console: [
          [
            'info',
            `POST /v2/Services/VA${'1'.repeat(32)}/Verifications {"To":"+15550001111","Channel":"call","Locale":"en"}`,
          ],
        ],
      },
      {
        title: 'wants to know where to',
        path: '/start-verify',
        json: { to: '' },
        status: 400,
        value: { success: false, error: 'Error 400: Missing parameter; please provide: to' },
        console: [['error', 'Error 400: Missing parameter; please provide: to']],
      },
      {
        title: 'approves',
        path: '/check-verify',
        json: { to: '+1', code: '123456' },
        value: { success: true },
      },
      {
        title: 'does not approve',
        path: '/check-verify',
        json: { to: '+1', code: '1' },
        status: 401,
        value: { success: false, error: 'Incorrect token.' },
      },
      {
        title: 'passes on the status of an error of the API',
        path: '/check-verify',
        json: { to: '+1', code: '000000' },
        status: 404,
        verify: (response) => assert.match(response.text(), /not found/),
      },
      {
        title: 'shows its page',
        path: '/index.html',
        type: 'text/html; charset=UTF-8',
        text: /<title>Verify/,
      },
      { title: 'has no page at its root', path: '/', status: 404 },
    ],
  },

  'a list in Sync': {
    files: {
      '.env': CREDENTIALS,
      'functions/lib/network.private.js': NETWORK,
      'functions/add.protected.js': `
        const httpClient = require(Runtime.getFunctions()['lib/network'].path);
        exports.handler = (context, event, callback) => {
          const { request, ...data } = event;
          Runtime.getSync({ httpClient }).lists('guests').syncListItems.create({ data })
            .then((item) => callback(null, { index: item.index, data: item.data }))
            .catch((error) => callback(error));
        };`,
    },
    steps: [
      {
        title: 'gets an item from a signed webhook',
        path: '/add',
        form: { From: '+1', Body: 'Ada' },
        signed: true,
        value: { index: 7, data: { From: '+1', Body: 'Ada' } },
        console: [
          [
            'info',
            'POST /v1/Services/default/Lists/guests/Items {"Data":"{\\"From\\":\\"+1\\",\\"Body\\":\\"Ada\\"}"}',
          ],
        ],
      },
      {
        title: 'takes nothing from anybody else',
        path: '/add',
        form: { From: '+1' },
        status: 400,
        console: [],
      },
    ],
  },

  'the backend of a contact centre': {
    files: {
      'package.json': '{ "dependencies": { "token-validator": "1.0.0" } }',
      'node_modules/token-validator/index.js': `
        exports.functionValidator = (handler) => (context, event, callback) => {
          if (event.Token === 'good') return handler(context, { ...event, TokenResult: { worker_sid: 'WK1', roles: ['agent'] } }, callback);
          const response = new Twilio.Response();
          response.appendHeader('Access-Control-Allow-Origin', '*');
          response.appendHeader('Access-Control-Allow-Methods', 'OPTIONS POST GET');
          response.appendHeader('Access-Control-Allow-Headers', 'Content-Type');
          response.setStatusCode(403);
          response.setBody('Unauthorized: Token was not provided');
          callback(null, response);
        };`,
      'functions/plugin/transfer.js': `
        const { functionValidator } = require('token-validator');
        exports.handler = functionValidator(async (context, event, callback) => {
          const response = new Twilio.Response();
          response.setHeaders({
            'Access-Control-Allow-Origin': '*',
            'Access-Control-Allow-Methods': 'OPTIONS, POST, GET',
            'Access-Control-Allow-Headers': 'Content-Type',
            'Content-Type': 'application/json',
          });
          const attributes = typeof event.attributes === 'string' ? JSON.parse(event.attributes) : event.attributes;
          response.setBody({ worker: event.TokenResult.worker_sid, attributes: { ...attributes, transferred: true } });
          callback(null, response);
        });`,
    },
    steps: [
      {
        title: 'answers the preflight of a browser',
        method: 'OPTIONS',
        path: '/plugin/transfer',
        headers: [
          ['Origin', 'https://flex.example.com'],
          ['Access-Control-Request-Method', 'POST'],
        ],
        status: 204,
        answers: { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, POST, OPTIONS' },
      },
      {
        title: 'refuses who has no token',
        path: '/plugin/transfer',
        json: {},
        status: 403,
        type: 'application/octet-stream',
        text: 'Unauthorized: Token was not provided',
      },
      {
        title: 'does its work with nested JSON',
        path: '/plugin/transfer',
        json: { Token: 'good', attributes: { skill: 'en', ids: [1, 2] } },
        type: 'application/json',
        answers: { 'access-control-allow-origin': '*' },
        value: { worker: 'WK1', attributes: { skill: 'en', ids: [1, 2], transferred: true } },
      },
      {
        title: 'and with JSON in a form',
        path: '/plugin/transfer',
        form: { Token: 'good', attributes: '{"skill":"de"}' },
        value: { worker: 'WK1', attributes: { skill: 'de', transferred: true } },
      },
    ],
  },

  'the events of a mailer': {
    files: {
      'functions/events.js': `
        exports.handler = (context, event, callback) => {
          delete event.request;
          const events = Object.values(event);
          for (const { email, event: name } of events) console.info(name, email);
          const bounced = events.filter((one) => one.event === 'bounce').map((one) => one.email);
          callback(null, { count: events.length, bounced });
        };`,
    },
    steps: [
      {
        title: 'come as an array',
        path: '/events',
        json: [
          { email: 'a@example.com', event: 'delivered', timestamp: 1 },
          { email: 'b@example.com', event: 'bounce', timestamp: 2 },
        ],
        value: { count: 2, bounced: ['b@example.com'] },
        console: [
          ['info', 'delivered a@example.com'],
          ['info', 'bounce b@example.com'],
        ],
      },
      { title: 'may be none', path: '/events', json: [], value: { count: 0, bounced: [] } },
    ],
  },

  'a lookup for a flow': {
    files: {
      'assets/customers.private.json': '[{ "phone": "+15550001111", "name": "Ada", "vip": true }]',
      'functions/lookup.protected.js': `
        const customers = JSON.parse(Runtime.getAssets()['/customers.json'].open());
        exports.handler = async (context, event, callback) => {
          const customer = customers.find(({ phone }) => phone === event.phone.replace(/[^+\\d]/g, ''));
          if (!customer) return callback(null, { found: false });
          return callback(null, { found: true, ...customer, greeting: \`Hello \${customer.name}\` });
        };`,
      '.env': CREDENTIALS,
    },
    steps: [
      {
        title: 'finds a customer',
        path: '/lookup',
        form: { phone: '+1 (555) 000-1111' },
        signed: true,
        type: 'application/json',
        value: { found: true, phone: '+15550001111', name: 'Ada', vip: true, greeting: 'Hello Ada' },
      },
      { title: 'finds none', path: '/lookup', form: { phone: '+2' }, signed: true, value: { found: false } },
      {
        title: 'fails where the flow forgot the number, and names the line',
        path: '/lookup',
        form: { number: '1' },
        signed: true,
        status: 500,
        verify: (response) => {
          const { name, stack } = JSON.parse(response.text()) as Record<string, string>;
          assert.equal(name, 'TypeError');
          assert.match(stack ?? '', /functions\/lookup\.protected\.js:4:/);
        },
      },
    ],
  },

  voicemail: {
    files: {
      '.env': `${CREDENTIALS}NOTIFY=+15557654321\nPHONE=+15551234567\n`,
      'functions/lib/network.private.js': NETWORK,
      'functions/voicemail.js': `
        exports.handler = (context, event, callback) => {
          const twiml = new Twilio.twiml.VoiceResponse();
          if (event.RecordingUrl) {
            twiml.say({ voice: 'alice' }, 'Thank you & goodbye');
            twiml.hangup();
            return callback(null, twiml);
          }
          twiml.say('Leave a message.');
          twiml.record({ timeout: 5, transcribe: true, recordingStatusCallback: \`https://\${context.DOMAIN_NAME}/voicemail/recorded\` });
          return callback(null, twiml);
        };`,
      'functions/voicemail/recorded.protected.js': `
        const httpClient = require(Runtime.getFunctions()['lib/network'].path);
        exports.handler = async (context, event, callback) => {
          try {
            await context.getTwilioClient({ httpClient }).messages.create({
              to: context.NOTIFY, from: context.PHONE, body: 'Voicemail: ' + event.RecordingUrl + '.mp3',
            });
            callback(null, '');
          } catch (error) { callback(error); }
        };`,
    },
    steps: [
      {
        title: 'records a caller',
        path: '/voicemail',
        form: { CallSid: 'CA1' },
        type: 'text/xml',
        text: twiml(
          `<Say>Leave a message.</Say><Record timeout="5" transcribe="true" recordingStatusCallback="https://${HOST}/voicemail/recorded"/>`,
        ),
      },
      {
        title: 'says goodbye after the recording',
        path: '/voicemail',
        form: { CallSid: 'CA1', RecordingUrl: 'https://api.example.com/RE1', RecordingDuration: '3' },
        text: twiml('<Say voice="alice">Thank you &amp; goodbye</Say><Hangup/>'),
      },
      {
        title: 'sends a text when the recording is there',
        path: '/voicemail/recorded?source=call',
        form: { RecordingUrl: 'https://api.example.com/RE1', RecordingStatus: 'completed' },
        signed: true,
        type: 'text/plain; charset=utf8',
        text: '',
        console: [
          [
            'info',
            `POST /2010-04-01/Accounts/${SID}/Messages.json {"To":"+15557654321","From":"+15551234567","Body":"Voicemail: https://api.example.com/RE1.mp3"}`,
          ],
        ],
      },
      {
        title: 'does so for nobody else',
        path: '/voicemail/recorded',
        form: { RecordingUrl: 'https://evil.example.com' },
        status: 400,
      },
    ],
  },

  'texts that are forwarded': {
    files: {
      '.env': 'MY_PHONE_NUMBER="+15550009999" # where to\nKEYWORDS=stop,help\n',
      'functions/forward-message.js': `
        exports.handler = function (context, event, callback) {
          const twiml = new Twilio.twiml.MessagingResponse();
          const keywords = process.env.KEYWORDS.split(',');
          if (keywords.includes(event.Body.trim().toLowerCase())) {
            twiml.message('You wrote a keyword.').media('https://' + context.DOMAIN_NAME + '/owl.gif');
          } else {
            twiml.message({ to: context.MY_PHONE_NUMBER }, event.From + ': ' + event.Body);
          }
          callback(null, twiml);
        };`,
      'assets/owl.gif': Buffer.from('R0lGODdhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=', 'base64'),
    },
    steps: [
      {
        title: 'go to the phone of .env',
        path: '/forward-message',
        form: { From: '+15550001111', Body: 'Ahoy <there> ✓' },
        text: twiml('<Message to="+15550009999">+15550001111: Ahoy &lt;there&gt; ✓</Message>'),
      },
      {
        title: 'are answered where they are a keyword',
        path: '/forward-message?Body=ignored&From=%2B1',
        form: { Body: ' STOP ' },
        text: twiml(`<Message>You wrote a keyword.<Media>https://${HOST}/owl.gif</Media></Message>`),
      },
      { title: 'come with a picture', path: '/owl.gif', type: 'image/gif', text: /^GIF87a/ },
    ],
  },

  'a server of tokens': {
    files: {
      '.env': `${CREDENTIALS}API_KEY=SK${'2'.repeat(32)}\nAPI_SECRET=hush\nCHAT_SERVICE_SID=IS1\n`,
      'functions/token.js': `
        exports.handler = function (context, event, callback) {
          const identity = event.identity || 'guest';
          const AccessToken = Twilio.jwt.AccessToken;
          const { ChatGrant, VideoGrant } = AccessToken;
          const token = new AccessToken(context.ACCOUNT_SID, context.API_KEY, context.API_SECRET, { identity, ttl: 600 });
          token.addGrant(new ChatGrant({ serviceSid: context.CHAT_SERVICE_SID }));
          token.addGrant(new VideoGrant({ room: event.room }));
          const response = new Twilio.Response();
          response.appendHeader('Access-Control-Allow-Origin', '*');
          response.appendHeader('Content-Type', 'application/json');
          response.setBody({ identity, token: token.toJwt() });
          callback(null, response);
        };`,
    },
    steps: [
      {
        title: 'signs one with its grants',
        path: '/token?identity=ada&room=1',
        answers: { 'access-control-allow-origin': '*' },
        verify: (response) => {
          const { identity, token } = JSON.parse(response.text()) as Record<string, string>;
          assert.equal(identity, 'ada');
          const payload = verifyJwt(token ?? '', 'hush');
          assert.deepEqual(payload.grants, {
            identity: 'ada',
            chat: { service_sid: 'IS1' },
            video: { room: '1' },
          });
          assert.equal(payload.sub, SID);
          assert.equal(Number(payload.exp) - Number(payload.iat), 600);
        },
      },
    ],
  },

  'files for some': {
    files: {
      'assets/reports/2024.private.pdf': Buffer.from([0x25, 0x50, 0x44, 0x46, 0x00, 0xff, 0xfe]),
      'assets/styles.css': 'p { color: red }',
      'functions/report.js': `
        const fs = require('fs');
        exports.handler = (context, event, callback) => {
          const [scheme, encoded = ''] = (event.request.headers.authorization || '').split(' ');
          const response = new Twilio.Response();
          if (scheme !== 'Basic' || Buffer.from(encoded, 'base64').toString() !== 'ada:secret') {
            response.setBody('Unauthorized').setStatusCode(401)
              .appendHeader('WWW-Authenticate', 'Basic realm="Authentication Required"');
            return callback(null, response);
          }
          const asset = Runtime.getAssets()['/reports/' + event.year + '.pdf'];
          if (!asset) return callback(null, new Twilio.Response({ statusCode: 404, body: 'no such report' }));
          response.appendHeader('Content-Type', 'application/pdf');
          response.appendHeader('Content-Disposition', 'attachment; filename="' + event.year + '.pdf"');
          response.setBody(fs.readFileSync(asset.path));
          return callback(null, response);
        };`,
    },
    steps: [
      {
        title: 'are refused without a password',
        path: '/report?year=2024',
        status: 401,
        text: 'Unauthorized',
        answers: { 'www-authenticate': 'Basic realm="Authentication Required"' },
      },
      {
        title: 'are sent byte by byte with one',
        path: '/report?year=2024',
        headers: [['Authorization', `Basic ${Buffer.from('ada:secret').toString('base64')}`]],
        type: 'application/pdf',
        answers: { 'content-disposition': 'attachment; filename="2024.pdf"', 'content-length': '7' },
        verify: ({ body }) => assert.equal(body.toString('hex'), '2550444600fffe'),
      },
      {
        title: 'may not exist',
        path: '/report?year=../../2024',
        headers: [['Authorization', `Basic ${Buffer.from('ada:secret').toString('base64')}`]],
        status: 404,
        text: 'no such report',
      },
      { title: 'are not reached around it', path: '/reports/2024.pdf', status: 404 },
      {
        title: 'but a style sheet is',
        path: '/styles.css',
        type: 'text/css; charset=UTF-8',
        text: 'p { color: red }',
      },
    ],
  },

  'errors that are handled, more or less': {
    files: {
      'functions/handled.js': `
        exports.handler = async (context, event, callback) => {
          const response = new Twilio.Response();
          try {
            throw Object.assign(new Error('upstream failed'), event.status ? { status: Number(event.status) } : {});
          } catch (error) {
            response.setStatusCode(error.status);
            response.setBody({ error: error.message });
            callback(null, response);
          }
        };`,
      'functions/whole-error.js': `
        exports.handler = (context, event, callback) => {
          const error = new Error('with a request');
          error.request = { error };
          const response = new Twilio.Response();
          response.setBody(error.request);
          Promise.resolve().then(() => callback(null, response));
        };`,
      'functions/ok.js': "exports.handler = (context, event, callback) => callback(null, 'ok');",
    },
    steps: [
      {
        title: 'pass on a status that is there',
        path: '/handled?status=404',
        status: 404,
        value: { error: 'upstream failed' },
      },
      {
        title: 'cannot pass on one that is not',
        path: '/handled',
        status: 500,
        text: 'Internal Server Error',
      },
      { title: 'cannot be sent whole', path: '/whole-error', status: 500, text: 'Internal Server Error' },
      { title: 'end nothing else', path: '/ok', text: 'ok' },
    ],
  },

  'a conversation in cookies': {
    files: {
      'functions/chat.js': `
        exports.handler = (context, event, callback) => {
          const twiml = new Twilio.twiml.MessagingResponse();
          const { step = '0', name } = event.request.cookies;
          const response = new Twilio.Response();
          response.appendHeader('Content-Type', 'text/xml');
          if (step === '0') {
            twiml.message('What is your name?');
            response.setCookie('step', '1', ['Max-Age=3600', 'Path=/']);
          } else if (step === '1') {
            twiml.message(\`Nice to meet you, \${event.Body}. And your age?\`);
            response.setCookie('step', '2').setCookie('name', encodeURIComponent(event.Body));
          } else {
            twiml.message(\`\${name} is \${event.Body}.\`);
            response.removeCookie('step').removeCookie('name');
          }
          response.setBody(twiml.toString());
          callback(null, response);
        };`,
    },
    steps: [
      {
        title: 'begins',
        path: '/chat',
        form: { Body: 'Hi' },
        type: 'text/xml',
        text: twiml('<Message>What is your name?</Message>'),
        verify: (response) =>
          assert.deepEqual(response.headers('set-cookie'), ['step=1;Max-Age=3600;Path=/;HttpOnly;Secure']),
      },
      {
        title: 'goes on',
        path: '/chat',
        form: { Body: 'Jörg' },
        headers: [['Cookie', 'step=1']],
        text: twiml('<Message>Nice to meet you, Jörg. And your age?</Message>'),
        verify: (response) =>
          assert.deepEqual(response.headers('set-cookie'), [
            'step=2;HttpOnly;Secure',
            'name=J%C3%B6rg;HttpOnly;Secure',
          ]),
      },
      {
        title: 'ends',
        path: '/chat',
        form: { Body: '42' },
        headers: [['Cookie', 'step=2; name=J%C3%B6rg']],
        text: twiml('<Message>Jörg is 42.</Message>'),
        verify: (response) =>
          assert.deepEqual(response.headers('set-cookie'), [
            'step=;Max-Age=0;HttpOnly;Secure',
            'name=;Max-Age=0;HttpOnly;Secure',
          ]),
      },
    ],
  },
};

for (const [name, { files, steps }] of Object.entries(PROJECTS)) {
  describe(name, () => {
    let served: Served;
    before(async () => {
      served = await serve(files, { publicUrl: new URL(`https://${HOST}`) });
    });
    after(() => served.close());

    for (const step of steps) {
      it(step.title, async () => {
        const response = await send(served.port, step);
        verify(response, step);
        if (step.console !== undefined) await verifyConsole(served, response, step.console);
      });
    }
  });
}

function send(port: number, step: Step): Promise<RawResponse> {
  const { path, form, json, method, headers = [], signed = false } = step;
  const body = form === undefined ? JSON.stringify(json) : new URLSearchParams(form).toString();
  const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const signature = getExpectedTwilioSignature(TOKEN, `https://${HOST}${path}`, form ?? {});
  const all = signed ? [...headers, ['X-Twilio-Signature', signature] as const] : headers;
  if (body === undefined) return request(port, { method: method ?? 'GET', path, headers: all });
  return request(port, { method: 'POST', path, headers: [...all, ['Content-Type', type]], body });
}

function verify(response: RawResponse, step: Step): void {
  const { status = 200, type, answers = {}, text, value } = step;
  const body = response.text();
  assert.equal(response.status, status, body);
  if (type !== undefined) assert.equal(response.header('content-type') ?? null, type);
  for (const [name, expected] of Object.entries(answers)) assert.equal(response.header(name), expected, name);
  if (typeof text === 'string') assert.equal(body, text);
  if (text instanceof RegExp) assert.match(body, text);
  if (value !== undefined) assert.deepEqual(JSON.parse(body), value);
  step.verify?.(response);
}

async function verifyConsole(
  served: Served,
  response: RawResponse,
  expected: readonly (readonly [level: string, text: string])[],
): Promise<void> {
  const id = response.header('twilio-request-id');
  const record = await eventually(() => served.records.find((one) => one.id === id));
  assert.deepEqual(
    record.console.map(({ level, text }) => [level, text]),
    expected,
  );
}

function verifyJwt(token: string, secret: string): Record<string, unknown> {
  const [head = '', payload = '', signature] = token.split('.');
  assert.equal(createHmac('sha256', secret).update(`${head}.${payload}`).digest('base64url'), signature);
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
}
