/** What webhooks of messages carry. twilio.com/docs/messaging/guides/webhook-request, /track-outbound-message-status */
import type { Fields } from '../http/exchange';
import { placeFields } from '../place-of-number';
import type { DeliveryStatus, InboundMessage, OutboundMessage } from './event';

const API_VERSION = '2010-04-01';

export interface Sender {
  readonly accountSid: string;
  readonly messagingServiceSid: string | null;
}

export function inboundFields(message: InboundMessage, { accountSid, messagingServiceSid }: Sender): Fields {
  return {
    ...placeFields('To', message.to),
    SmsMessageSid: message.sid,
    NumMedia: String(message.media.length),
    SmsSid: message.sid,
    ...placeFields('From', message.from),
    SmsStatus: 'received',
    Body: message.body,
    To: message.to,
    ...(messagingServiceSid === null ? {} : { MessagingServiceSid: messagingServiceSid }),
    NumSegments: String(message.segments),
    ReferralNumMedia: '0',
    MessageSid: message.sid,
    AccountSid: accountSid,
    From: message.from,
    ApiVersion: API_VERSION,
    ...mediaFields(message),
  };
}

export function statusFields(message: OutboundMessage, status: DeliveryStatus, sender: Sender): Fields {
  const { sid, from, to, errorCode } = message;
  const failed = status === 'failed' || status === 'undelivered';
  return {
    SmsSid: sid,
    SmsStatus: status,
    MessageStatus: status,
    To: to,
    MessageSid: sid,
    AccountSid: sender.accountSid,
    From: from,
    ApiVersion: API_VERSION,
    ...(sender.messagingServiceSid === null ? {} : { MessagingServiceSid: sender.messagingServiceSid }),
    ...(failed && errorCode !== null ? { ErrorCode: String(errorCode) } : {}),
  };
}

function mediaFields({ media }: InboundMessage): Fields {
  return Object.fromEntries(
    media.flatMap(({ url, contentType }, at) => [
      [`MediaContentType${at}`, contentType],
      [`MediaUrl${at}`, url],
    ]),
  );
}
