/** The vendor's REST API, as a test answers it. */
import { randomBytes } from 'node:crypto';
import { type OutboundAnswer, twilioError } from './answer';
import type { Outbound } from './outbound';
import type { OutboundRequest } from './request';
import { isTwilio, type OutboundHandler } from './route';

export interface SentMessage {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly media: readonly string[];
}

export interface PlacedCall {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  /** Of its TwiML, or `null`. */
  readonly url: string | null;
  readonly twiml: string | null;
}

export class TwilioApi {
  /** What was sent since `answerMessages`. */
  readonly messages: SentMessage[] = [];
  /** What was placed since `answerCalls`. */
  readonly calls: PlacedCall[] = [];
  readonly #outbound: Outbound;
  #onMessage: (message: SentMessage) => void = () => {};

  constructor(outbound: Outbound) {
    this.#outbound = outbound;
  }

  /** For the phones of the same test. */
  onMessage(listener: (message: SentMessage) => void): void {
    this.#onMessage = listener;
  }

  /** All requests of Functions to the vendor, answered or not. */
  get requests(): readonly OutboundRequest[] {
    return this.#outbound.requests.filter(({ host }) => isTwilio(host));
  }

  /**
   * `on('POST /2010-04-01/Accounts/:sid/Messages.json', (request) => ({ sid: 'SM…' }))`: what the handler returns is the
   * JSON of the answer; see `answer` and `twilioError` for others. The newest handler that fits is asked.
   */
  on(pattern: string, handler: OutboundHandler): this {
    this.#outbound.on(pattern, handler);
    return this;
  }

  /** Requests that nothing answers go to the vendor: real messages, real calls, real money. */
  allow(): this {
    this.#outbound.allowTwilio();
    return this;
  }

  /** Answers as the vendor does when a message is made or asked for, and keeps them in `messages`. */
  answerMessages(): this {
    const resources = new Map<string, object>();
    this.on('POST /2010-04-01/Accounts/:account/Messages.json', (request) => {
      const refusal = refuseMessage(request.form);
      if (refusal !== null) return refusal;
      const message = messageOf(request);
      this.messages.push(message);
      this.#onMessage(message);
      resources.set(message.sid, messageResource(message, request));
      return resources.get(message.sid);
    });
    return this.#answerOne('Messages', resources);
  }

  /** Answers as the vendor does when a call is placed or asked for, and keeps them in `calls`. */
  answerCalls(): this {
    const resources = new Map<string, object>();
    this.on('POST /2010-04-01/Accounts/:account/Calls.json', (request) => {
      const refusal = refuseCall(request.form);
      if (refusal !== null) return refusal;
      const call = callOf(request.form);
      this.calls.push(call);
      resources.set(call.sid, callResource(call, request));
      return resources.get(call.sid);
    });
    return this.#answerOne('Calls', resources);
  }

  #answerOne(kind: string, resources: ReadonlyMap<string, object>): this {
    return this.on(`GET /2010-04-01/Accounts/:account/${kind}/:sid.json`, ({ path, params }) => {
      return (
        resources.get(params.sid ?? '') ??
        twilioError(404, 20404, `The requested resource ${path} was not found`)
      );
    });
  }
}

type Form = Readonly<Record<string, string>>;

function refuseMessage({
  To,
  From,
  MessagingServiceSid,
  Body,
  MediaUrl,
  ContentSid,
}: Form): OutboundAnswer | null {
  if (!To) return twilioError(400, 21604, "A 'To' phone number is required.");
  if (!From && !MessagingServiceSid) return twilioError(400, 21603, "A 'From' phone number is required.");
  if (!Body && !MediaUrl && !ContentSid) return twilioError(400, 21602, 'Message body is required.');
  if (!isAddress(To)) return twilioError(400, 21211, `Invalid 'To' Phone Number: ${To}`);
  if ((Body ?? '').length > 1_600) {
    return twilioError(400, 21617, 'The concatenated message body exceeds the 1600 character limit');
  }
  return null;
}

function refuseCall({ To, From, Url, Twiml, ApplicationSid }: Form): OutboundAnswer | null {
  if (!To) return twilioError(400, 21201, 'No "To" number is specified');
  if (!From) return twilioError(400, 21213, "Caller phone number is required ('From')");
  if (!Url && !Twiml && !ApplicationSid) return twilioError(400, 21205, 'Url parameter is required.');
  return null;
}

/** `+15551234567`, a short code, `whatsapp:+1…`, `messenger:…`. */
function isAddress(text: string): boolean {
  return /^(?:[a-z]+:.+|\+?\d{3,15})$/.test(text);
}

function messageOf({ form, body }: OutboundRequest): SentMessage {
  const media = new URLSearchParams(body.toString('utf8')).getAll('MediaUrl');
  const from = form.From ?? form.MessagingServiceSid ?? '';
  return {
    sid: newSid(media.length > 0 ? 'MM' : 'SM'),
    from,
    to: form.To ?? '',
    body: form.Body ?? '',
    media,
  };
}

function messageResource(message: SentMessage, { form, params }: OutboundRequest): object {
  const account = params.account ?? '';
  const uri = `/2010-04-01/Accounts/${account}/Messages/${message.sid}`;
  const now = new Date().toUTCString().replace('GMT', '+0000');
  return {
    account_sid: account,
    api_version: '2010-04-01',
    body: message.body,
    date_created: now,
    date_sent: null,
    date_updated: now,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: form.From ?? null,
    messaging_service_sid: form.MessagingServiceSid ?? null,
    num_media: String(message.media.length),
    num_segments: form.MessagingServiceSid ? '0' : String(Math.max(1, Math.ceil(message.body.length / 153))),
    price: null,
    price_unit: null,
    sid: message.sid,
    status: form.MessagingServiceSid ? 'accepted' : 'queued',
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}

function callOf({ From, To, Url, Twiml }: Form): PlacedCall {
  return { sid: newSid('CA'), from: From ?? '', to: To ?? '', url: Url ?? null, twiml: Twiml ?? null };
}

function callResource({ sid, from, to }: PlacedCall, { params }: OutboundRequest): object {
  const account = params.account ?? '';
  const uri = `/2010-04-01/Accounts/${account}/Calls/${sid}`;
  return {
    account_sid: account,
    answered_by: null,
    api_version: '2010-04-01',
    caller_name: null,
    date_created: null,
    date_updated: null,
    direction: 'outbound-api',
    duration: null,
    end_time: null,
    forwarded_from: null,
    from,
    from_formatted: from,
    group_sid: null,
    parent_call_sid: null,
    phone_number_sid: null,
    price: null,
    price_unit: 'USD',
    queue_time: '0',
    sid,
    start_time: null,
    status: 'queued',
    subresource_uris: { recordings: `${uri}/Recordings.json`, notifications: `${uri}/Notifications.json` },
    to,
    to_formatted: to,
    trunk_sid: null,
    uri: `${uri}.json`,
  };
}

function newSid(kind: string): string {
  return `${kind}${randomBytes(16).toString('hex')}`;
}
