/** What a morning at the bakery looks like to its gateway. */
import { createHmac } from 'node:crypto';
import { BAKERY } from './bakery';

type Fields = Readonly<Record<string, string>>;

const TOKEN = /AUTH_TOKEN=(\w+)/.exec(BAKERY['.env'] ?? '')?.[1] ?? '';
const SHOP = '+15005550001';

export async function makeTraffic(url: string): Promise<void> {
  const post = (path: string, fields: Fields, headers: Fields = {}) =>
    fetch(url + path, { method: 'POST', body: new URLSearchParams(fields), headers });
  const text = (from: string, body: string) => post('/sms/reply', messageOf(from, body));

  await fetch(`${url}/index.html`);
  await text('+15005550010', 'Menu please');
  await fetch(`${url}/orders/status?order=1041`);
  await post('/voice/menu', callOf('+15005550023', 'ringing'));
  await post('/voice/choice', { ...callOf('+15005550023', 'in-progress'), Digits: '2' });
  await text('+15005550042', '2 sourdough and a rye');
  await fetch(`${url}/logo.svg`);
  await fetch(`${url}/orders/stauts?order=1042`);
  await fetch(`${url}/slow-oven`);
  await post('/orders/create', messageOf('+15005550077', 'no signature'));
  await text('+15005550064', 'six cinnamon buns 🥐');
  await fetch(`${url}/orders/status?order=1043`);
  const order = messageOf('+15005550077', 'order');
  await post('/orders/create', order, { 'X-Twilio-Signature': signatureOf(`${url}/orders/create`, order) });
  await post('/voice/menu', callOf('+15005550088', 'ringing'));
  await text('+15005550010', 'Menu please');
}

function messageOf(from: string, body: string): Fields {
  const sid = `SM${hash(from + body)}`;
  return {
    MessageSid: sid,
    SmsSid: sid,
    AccountSid: `AC${hash('bakery')}`,
    From: from,
    To: SHOP,
    Body: body,
    NumMedia: '0',
  };
}

function callOf(from: string, status: string): Fields {
  const sid = `CA${hash(from)}`;
  return {
    CallSid: sid,
    AccountSid: `AC${hash('bakery')}`,
    From: from,
    To: SHOP,
    CallStatus: status,
    Direction: 'inbound',
  };
}

function signatureOf(url: string, fields: Fields): string {
  const signed = Object.keys(fields)
    .sort()
    .reduce((text, name) => text + name + fields[name], url);
  return createHmac('sha1', TOKEN).update(signed).digest('base64');
}

function hash(text: string): string {
  return createHmac('md5', 'bakery').update(text).digest('hex');
}
