/** How the network would have carried a call: what webhooks say of SIP. */
import type { Fields } from '../http/exchange';
import type { CallStatus, Party } from './event';

/**
 * twilio.com/docs/voice/api/call-resource, "SipResponseCode": of calls that are over; 404 of a number that cannot be
 * reached, 487 where nobody answers in time. The others: RFC 3261, 21.
 */
const RESPONSE_CODES: Readonly<Partial<Record<CallStatus, string>>> = {
  completed: '200',
  busy: '486',
  failed: '404',
  'no-answer': '487',
  canceled: '487',
};

/** `null`: the call is not over. */
export function sipResponseCodeOf(status: CallStatus): string | null {
  return RESPONSE_CODES[status] ?? null;
}

/** Of the right form: a word, then a host. */
export function sipCallIdOf(callSid: string): string {
  return `${callSid.slice(2)}@0.0.0.0`;
}

/**
 * twilio.com/docs/voice/twiml/sip, "Sip call parameters": of a SIP call that was answered. There is no SIP domain of the
 * account, no address that signals come from, and no header: so not `SipDomainSid`, `SipSourceIp`, `SipHeader_`.
 */
export function sipFields({ kind, address, callSid }: Party): Fields {
  return kind === 'sip' ? { SipCallId: sipCallIdOf(callSid), SipDomain: hostOf(address) } : {};
}

/** `sip:jack@example.com:5060;transport=tcp?x-a=b` -> `example.com` */
function hostOf(address: string): string {
  return /^(?:sips?:)?(?:[^@]*@)?(\[[^\]]*\]|[^:;?]*)/i.exec(address)?.[1] ?? '';
}
