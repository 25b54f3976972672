/** An incoming text message: the Function that answers it, and the webhook as the vendor sends it. */
import { createHmac } from 'node:crypto';
import type { WireRequest } from '../measure/load';
import { Client } from '../measure/request';
import { ACCOUNT_SID, AUTH_TOKEN } from './project';

/** Answers with about 120 bytes of TwiML. */
export const SMS_FUNCTION = `
exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.MessagingResponse();
  twiml.message(\`Thanks, we read: \${event.Body}\`);
  callback(null, twiml);
};
`;

/** Different messages, so that no two requests in a row are the same. */
const MESSAGES = 50;

/** Signed webhooks, to all `paths` in turn. */
export function signedMessages(port: number, paths: readonly string[]): WireRequest[] {
  const count = Math.ceil(MESSAGES / paths.length) * paths.length;
  return Array.from({ length: count }, (_, at) => signedMessage(port, paths[at % paths.length] ?? '', at));
}

/** Throws when one of the messages is not answered as it must be, or a wrong signature is accepted. */
export async function checkMessages(
  port: number,
  paths: readonly string[],
  checksSignature = true,
): Promise<void> {
  const client = new Client(port);
  for (const [at, message] of signedMessages(port, paths).entries()) {
    const { status, body, contentType } = await client.send(message);
    if (status !== 200 || body !== answerTo(at) || !contentType.startsWith('text/xml')) {
      throw new Error(`message ${at} was answered ${status} ${contentType}: ${body}`);
    }
  }
  if (checksSignature) await checkRefusal(client, signedMessage(port, paths[0] ?? '', 0));
  client.close();
}

async function checkRefusal(client: Client, message: WireRequest): Promise<void> {
  const changed = { ...message, body: message.body.replace('SmsStatus=received', 'SmsStatus=receivex') };
  const { status } = await client.send(changed);
  if (status !== 400) throw new Error(`a wrong signature was answered ${status}`);
}

function answerTo(at: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response><Message>Thanks, we read: ${textOf(at)}</Message></Response>`;
}

function signedMessage(port: number, target: string, at: number): WireRequest {
  const fields = fieldsOf(at);
  const headers = {
    'User-Agent': 'TwilioProxy/1.1',
    Accept: '*/*',
    'Cache-Control': 'max-age=259200',
    'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'I-Twilio-Idempotency-Token': `${digits('1d', at).slice(0, 8)}-9f0c-4d4e-8a52-3b0f8ed1a7c2`,
    'X-Home-Region': 'us1',
    'X-Twilio-Signature': sign(`http://127.0.0.1:${port}${target}`, fields),
  };
  return { method: 'POST', target, headers, body: new URLSearchParams(fields).toString() };
}

/** The vendor's rule: the URL, then name and value of each field in the order of the names; HMAC-SHA1, base64. */
export function sign(url: string, fields: Readonly<Record<string, string>>): string {
  const names = Object.keys(fields).sort();
  const data = url + names.map((name) => name + fields[name]).join('');
  return createHmac('sha1', AUTH_TOKEN).update(data, 'utf8').digest('base64');
}

/** In the order in which the vendor sends them. */
function fieldsOf(at: number): Record<string, string> {
  const messageSid = digits('SM', at);
  return {
    ToCountry: 'US',
    ToState: 'CA',
    SmsMessageSid: messageSid,
    NumMedia: '0',
    ToCity: 'SAN FRANCISCO',
    FromZip: '94107',
    SmsSid: messageSid,
    FromState: 'CA',
    SmsStatus: 'received',
    FromCity: 'SAN FRANCISCO',
    Body: textOf(at),
    FromCountry: 'US',
    To: '+15017122661',
    ToZip: '94103',
    NumSegments: '1',
    MessageSid: messageSid,
    AccountSid: ACCOUNT_SID,
    From: '+15558675310',
    ApiVersion: '2010-04-01',
  };
}

function textOf(at: number): string {
  return `Is my order no. ${1000 + at} ready?`;
}

function digits(prefix: string, at: number): string {
  return `${prefix}${(at * 2_654_435_761 + 0x9e37_79b9).toString(16).padStart(8, '0').slice(-8).repeat(4)}`;
}
