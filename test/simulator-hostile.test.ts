/** Whatever a webhook answers, a conversation comes to its end, and soon: no hang, no crash, bounded memory. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { type Call, createSimulator, seededRandom, type Transport } from '../src/simulator';
import { codesOf, endOf, requestsOf } from './support/call-events';
import { serveBytes, serveTwiml } from './support/twiml-server';

const XML = { 'Content-Type': 'text/xml' };

function bytes(body: string | Buffer, headers: Readonly<Record<string, string | string[]>> = XML) {
  return (_: unknown, response: ServerResponse): void => {
    response.writeHead(200, headers).end(body);
  };
}

const BOMB = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, at) => `<!ENTITY ${'bcdefghij'[at]} "${`&${'abcdefghi'[at]};`.repeat(10)}">`).join('')}]><Response><Say>&j;</Say></Response>`;

const DOCUMENTS: readonly (readonly [what: string, body: string | Buffer, code: number])[] = [
  ['nothing but white space', '  \n ', 12100],
  ['an open element', '<Response><Say>', 12100],
  ['an end without a start', '</Response>', 12100],
  ['another root', '<html><body/></html>', 12102],
  ['two roots', '<Response/><Response/>', 12100],
  ['text behind the root', '<Response/>hello', 12100],
  ['a space before the declaration', ' <?xml version="1.0"?><Response/>', 12100],
  ['an entity bomb', BOMB, 12100],
  [
    'an external entity',
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><Response><Say>&x;</Say></Response>',
    12100,
  ],
  ['an unknown entity', '<Response><Say>&nbsp;</Say></Response>', 12100],
  ['a NUL byte', '<Response><Say>a\0b</Say></Response>', 12100],
  ['a control character by number', '<Response><Say>&#1;</Say></Response>', 12100],
  ['1,000 levels', `<Response>${'<Say>'.repeat(1_000)}${'</Say>'.repeat(1_000)}</Response>`, 12100],
  ['10,000 elements', `<Response>${'<a/>'.repeat(10_000)}</Response>`, 12100],
  ['an attribute of 60 kB', `<Response><Say voice="${'x'.repeat(60_000)}">a</Say></Response>`, 0],
  ['10 MB', `<Response><Say>${'a'.repeat(10_000_000)}</Say></Response>`, 11750],
  ['bytes that are not UTF-8', Buffer.from([0x3c, 0x52, 0xff, 0xfe, 0x3e]), 12100],
  ['an encoding that nobody knows', '<?xml version="1.0" encoding="klingon"?><Response/>', 12100],
  ['compressed bytes that nobody asked for', Buffer.from('1f8b0800000000000003', 'hex'), 12100],
  ['an attribute twice', '<Response><Say voice="a" voice="b">c</Say></Response>', 12100],
  ['no quotes', '<Response><Say voice=a>c</Say></Response>', 12100],
  ['JSON', '{"Response": 1}', 12100],
];

describe('a document of', () => {
  for (const [what, body, code] of DOCUMENTS) {
    it(`${what} ends the call${code === 0 ? '' : ` with ${code}`}`, async (t) => {
      const server = await serveTwiml({ '/': bytes(body) });
      t.after(server.close);
      const call = await server.simulator.call({ url: '/' });
      assert.ok(call.isOver);
      assert.deepEqual(codesOf(call), code === 0 ? [] : [code]);
      assert.ok((requestsOf(call)[0]?.body.length ?? 0) <= 64 * 1024);
    });
  }

  it('UTF-16 and ISO-8859-1 are read as what they are', async (t) => {
    const utf16 = Buffer.from('\ufeff<Response><Say>Grüße</Say></Response>', 'utf16le');
    const latin1 = Buffer.from(
      '<?xml version="1.0" encoding="ISO-8859-1"?><Response><Say>Grüße</Say></Response>',
      'latin1',
    );
    const server = await serveTwiml({ '/utf16': bytes(utf16), '/latin1': bytes(latin1) });
    t.after(server.close);
    for (const url of ['/utf16', '/latin1']) {
      const call = await server.simulator.call({ url });
      assert.ok(call.events.some((event) => event.type === 'said' && event.text === 'Grüße'));
    }
  });
});

describe('a server that', () => {
  it('never stops to send is cut off at 64 kB', async (t) => {
    let isClosed = false;
    const server = await serveTwiml({
      '/': (_, response) => {
        response.writeHead(200, XML);
        const send = (): void => {
          while (!response.destroyed && response.write('<a/>'.repeat(1_000)));
        };
        response.on('drain', send);
        response.on('close', () => {
          isClosed = true;
        });
        send();
      },
    });
    t.after(server.close);
    const call = await server.simulator.call({ url: '/' });
    assert.deepEqual([codesOf(call), endOf(call)], [[11750], 'error']);
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(isClosed || call.isOver);
  });

  it('sends a byte now and then is given up', async (t) => {
    const server = await serveTwiml({
      '/': (_, response) => {
        response.writeHead(200, XML);
        const timer = setInterval(() => response.write(' '), 40);
        response.on('close', () => clearInterval(timer));
      },
    });
    t.after(server.close);
    const call = await server.simulator.call({ url: '/#tt=400&rc=0' });
    assert.deepEqual(codesOf(call), [11200]);
  });

  it('never answers is given up', async (t) => {
    const server = await serveTwiml({ '/': () => {} });
    t.after(server.close);
    const call = await server.simulator.call({ url: '/#rt=200' });
    assert.deepEqual(codesOf(call), [11200]);
  });

  for (const [what, answer] of [
    ['closes the connection at once', (write: (text: string) => void) => write('')],
    ['speaks another language', (write: (text: string) => void) => write('SSH-2.0-OpenSSH_9.9\r\n')],
    [
      'ends in the middle of its head',
      (write: (text: string) => void) => write('HTTP/1.1 200 OK\r\nContent-'),
    ],
    [
      'promises more than it sends',
      (write: (text: string) => void) => write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<Re'),
    ],
    [
      'has chunks that are none',
      (write: (text: string) => void) => write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
    ],
    [
      'has a head of 100 kB',
      (write: (text: string) => void) => write(`HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`),
    ],
    [
      'has 2,000 cookies',
      (write: (text: string) => void) =>
        write(`HTTP/1.1 200 OK\r\n${'Set-Cookie: a=b\r\n'.repeat(2_000)}\r\n`),
    ],
  ] as const) {
    it(`${what} ends the call`, async (t) => {
      const server = await serveBytes((socket) => answer((text) => socket.end(text)));
      t.after(server.close);
      const call = await server.simulator.call({ url: '/' });
      assert.equal(endOf(call), 'error');
      assert.equal(codesOf(call).length, 1);
    });
  }

  it('sets many and strange cookies gets back only what a header may hold', async (t) => {
    const cookies = [
      ...Array.from({ length: 200 }, (_, at) => `c${at}=${'v'.repeat(20)}`),
      `huge=${'x'.repeat(5_000)}`,
      'bad name=1',
      '=nothing',
      'tab=a\tb',
    ];
    const server = await serveTwiml({
      '/': bytes('<Response><Redirect>/next</Redirect></Response>', { ...XML, 'Set-Cookie': cookies }),
      '/next': '<Hangup/>',
    });
    t.after(server.close);
    const call = await server.simulator.call({ url: '/' });
    assert.equal(endOf(call), 'Hangup');
    const sent = server.received[1]?.headers.cookie ?? '';
    assert.ok(sent.split('; ').length <= 50);
    assert.ok(!/huge|bad|nothing|tab/.test(sent));
  });
});

describe('a loop of', () => {
  it('HTTP redirects ends', async (t) => {
    const server = await serveTwiml({
      '/': (_, response) => {
        response.writeHead(302, { Location: '/' }).end();
      },
    });
    t.after(server.close);
    const call = await server.simulator.call({ url: '/' });
    assert.deepEqual(codesOf(call), [11215]);
  });

  for (const [what, twiml] of [
    ['Redirect', '<Redirect>/</Redirect>'],
    ['Redirect to ever other URLs', '<Redirect>/?a=1</Redirect>'],
    ['Say and Redirect', '<Say>again</Say><Redirect>/</Redirect>'],
    ['Gather', '<Gather timeout="1" actionOnEmptyResult="true" action="/"/>'],
    ['a fallback that fails as well', '<Say>'],
    ['Pause', '<Pause length="999999999"/><Redirect>/</Redirect>'],
    ['Say without end', '<Say loop="0">for ever</Say>'],
    ['Enqueue and its own wait document', '<Enqueue waitUrl="/">q</Enqueue>'],
  ] as const) {
    it(`${what} ends`, async (t) => {
      const server = await serveTwiml({ '/': twiml });
      t.after(server.close);
      const call = await server.simulator.call({ url: '/', fallbackUrl: '/' });
      await liveThrough(call, 400);
      assert.ok(call.isOver);
      assert.ok(requestsOf(call).length <= 251);
    });
  }
});

describe('a URL', () => {
  for (const url of [
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/xml,<Response/>',
    'ftp://x/y',
    'http://',
    'http://[',
    `/${'a'.repeat(20_000)}`,
  ]) {
    it(`${url.slice(0, 30)} is refused wherever it stands`, async (t) => {
      const server = await serveTwiml({
        '/': `<Redirect>${url.replace(/</g, '&lt;')}</Redirect><Play>${url.replace(/</g, '&lt;')}</Play>`,
        '/moved': (_, response) => {
          response.writeHead(302, { Location: url.slice(0, 8_000) }).end();
        },
      });
      t.after(server.close);
      const call = await server.simulator.call({ url: '/' });
      assert.deepEqual([codesOf(call), server.received.length], [[11100, 11100], 1]);
      const moved = await server.simulator.call({ url: '/moved' });
      assert.ok(moved.isOver);
      assert.equal(codesOf(moved).length, 1);
      const text = await server.simulator.sms({ body: 'a', url });
      assert.equal(text.replies.length, 0);
    });
  }
});

describe('random TwiML', () => {
  const random = seededRandom(Number(process.env.HOOKSWITCH_TEST_SEED ?? 7));
  it('always comes to an end, in calls', async () => {
    for (let round = 0; round < 300; round++) {
      const simulator = createSimulator({
        baseUrl: 'http://127.0.0.1:1',
        transport: randomTransport(random),
        random,
      });
      const call = await simulator.call({ url: '/', fallbackUrl: '/fallback', statusCallback: '/status' });
      await liveThrough(call, 30);
      await call.hangUp();
      assert.ok(call.isOver);
      assert.ok(call.events.every(({ type }) => type !== 'stand-in' || true));
      assert.ok(
        !JSON.stringify(call.events).includes('HS_INTERNAL'),
        JSON.stringify(call.events).slice(-2_000),
      );
    }
  });

  it('always comes to an end, in texts', async () => {
    for (let round = 0; round < 300; round++) {
      const simulator = createSimulator({
        baseUrl: 'http://127.0.0.1:1',
        transport: randomTransport(random),
        random,
      });
      const { requests } = await simulator.sms({ body: 'go', url: '/' });
      assert.ok(requests.length <= 50 + 30);
    }
  });
});

/** Does what comes to mind until the call is over. */
async function liveThrough(call: Call, most: number): Promise<void> {
  for (let turn = 0; turn < most && !call.isOver; turn++) {
    switch (call.waiting?.for) {
      case 'answer':
      case 'agent':
        await (turn % 2 === 0 ? call.answer() : call.silence());
        break;
      case 'input':
        await (turn % 3 === 0
          ? call.press('12#')
          : turn % 3 === 1
            ? call.silence()
            : call.speak('some words'));
        break;
      case 'recording':
        await (turn % 2 === 0 ? call.speak('a message') : call.silence());
        break;
      default:
        await call.silence();
    }
  }
}

function randomTransport(random: () => number): Transport {
  return async () => ({
    type: 'response',
    status: random() < 0.05 ? 500 : 200,
    contentType: random() < 0.05 ? 'text/plain' : 'text/xml',
    location: null,
    cookies: [],
    recordId: null,
    body: Buffer.from(randomDocument(random)),
    tooLarge: false,
  });
}

const NAMES =
  'Say Play Pause Gather Record Dial Number Client Conference Queue Sip Redirect Hangup Reject Enqueue Leave Refer Pay Connect Stream Message Body Media Sms Nonsense say'.split(
    ' ',
  );
const ATTRIBUTES =
  'action method timeout finishOnKey numDigits input speechTimeout loop length digits maxLength transcribe transcribeCallback recordingStatusCallback record timeLimit hangupOnStar callerId url statusCallback statusCallbackEvent waitUrl reason bargeIn actionOnEmptyResult partialResultCallback startConferenceOnEnter to from nonsense'.split(
    ' ',
  );
const VALUES = [
  '',
  '0',
  '1',
  '-1',
  '99999999999',
  'true',
  'GET',
  'POST',
  '/next',
  'http://[',
  '#',
  '**',
  'dtmf speech',
  'auto',
  'initiated ringing answered completed',
  '🙂',
  '&amp;',
  '+14155550123',
];

function randomDocument(random: () => number): string {
  const document = `<Response>${randomElements(random, 0)}</Response>`;
  if (random() > 0.1) return document;
  const at = Math.floor(random() * document.length);
  return document.slice(0, at) + '<>&"\0x'.charAt(Math.floor(random() * 6)) + document.slice(at + 1);
}

function randomElements(random: () => number, depth: number): string {
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  let text = '';
  for (let count = Math.floor(random() * 4); count > 0; count--) {
    const name = pick(NAMES);
    const names = new Set(Array.from({ length: Math.floor(random() * 4) }, () => pick(ATTRIBUTES)));
    const attributes = [...names].map((attribute) => ` ${attribute}="${pick(VALUES)}"`).join('');
    const inner = random() < 0.5 || depth > 3 ? pick(VALUES) : randomElements(random, depth + 1);
    text += `<${name}${attributes}>${inner}</${name}>`;
  }
  return text;
}
