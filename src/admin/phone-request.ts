/** What the phone is asked, checked member by member. Everything throws `CodedError` (HS_CONSOLE_BAD_REQUEST). */
import { type FaultRule, PURPOSES, type Purpose } from '../simulator';
import type { CallInput, DeliveryOutcome, LegName, StartCall, StartThread, TextRequest } from './phone-api';
import { bad, objectOf, textOf } from './request-body';

const LONGEST = 2_048;
const LONGEST_TEXT = 16_384;
const MOST_MEDIA = 10;
const MOST_FAULTS = 10;
const MOST_KEYS = 64;

type Members = Readonly<Record<string, unknown>>;

export function readStartThread(value: unknown): StartThread {
  const members = objectOf(value);
  const method = members.method ?? 'POST';
  if (method !== 'GET' && method !== 'POST') throw bad('method has to be GET or POST');
  return {
    from: short(members, 'from'),
    to: short(members, 'to'),
    url: webhookOf(members, 'url'),
    method,
    ...(members.fallbackUrl === undefined ? {} : { fallbackUrl: webhookOf(members, 'fallbackUrl') }),
    ...(members.faults === undefined ? {} : { faults: faultsOf(members.faults) }),
  };
}

export function readStartCall(value: unknown): StartCall {
  const members = objectOf(value);
  const start = readStartThread(value);
  return members.callerName === undefined ? start : { ...start, callerName: short(members, 'callerName') };
}

export function readText(value: unknown): TextRequest {
  const members = objectOf(value);
  const body = textOf(members, 'body');
  if (body.length > LONGEST_TEXT) throw bad(`body has over ${LONGEST_TEXT} characters`);
  return {
    body,
    ...(members.media === undefined ? {} : { media: mediaOf(members.media) }),
    ...(members.delivery === undefined ? {} : { delivery: deliveryOf(members.delivery) }),
  };
}

export function readCallInput(value: unknown): CallInput {
  const members = objectOf(value);
  const leg = legOf(members.leg);
  switch (members.type) {
    case 'press':
      return { type: 'press', keys: keysOf(members), ...leg };
    case 'speak':
      return { type: 'speak', text: short(members, 'text'), ...leg };
    case 'hang up':
      return { type: 'hang up', ...leg };
    case 'answer':
    case 'busy':
    case 'no answer':
    case 'fail':
      return { type: members.type, party: partyOf(members.party) };
    default:
      throw bad('type has to be press, speak, hang up, answer, busy, no answer or fail');
  }
}

function short(members: Members, name: string): string {
  const text = textOf(members, name).trim();
  if (text === '' || text.length > LONGEST) throw bad(`${name} has to have 1 to ${LONGEST} characters`);
  return text;
}

/** A path of the project, or a URL of the web. */
function webhookOf(members: Members, name: string): string {
  const url = short(members, name);
  if (url.startsWith('/') || (/^https?:\/\//i.test(url) && URL.canParse(url))) return url;
  throw bad(`${name} has to be a path such as /sms/reply, or a URL with http or https`);
}

function mediaOf(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length > MOST_MEDIA)
    throw bad(`media has to be a list of at most ${MOST_MEDIA}`);
  return value.map((item: unknown) => {
    if (typeof item === 'string' && /^https?:\/\//i.test(item) && URL.canParse(item)) return item;
    throw bad('each of media has to be a URL with http or https');
  });
}

function deliveryOf(value: unknown): DeliveryOutcome {
  if (value === 'delivered' || value === 'undelivered' || value === 'failed') return value;
  throw bad('delivery has to be delivered, undelivered or failed');
}

function legOf(value: unknown): { readonly leg?: LegName } {
  if (value === undefined) return {};
  if (value === 'caller' || value === 'callee') return { leg: value };
  throw bad('leg has to be caller or callee');
}

function keysOf(members: Members): string {
  const keys = short(members, 'keys');
  if (/^[0-9*#]+$/.test(keys) && keys.length <= MOST_KEYS) return keys;
  throw bad(`keys have to be up to ${MOST_KEYS} of 0 to 9, * and #`);
}

function partyOf(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 100) return value;
  throw bad('party has to be the number of a party, from 0');
}

function faultsOf(value: unknown): readonly FaultRule[] {
  if (!Array.isArray(value) || value.length > MOST_FAULTS)
    throw bad(`faults has to be a list of at most ${MOST_FAULTS}`);
  return value.map(faultOf);
}

function faultOf(value: unknown): FaultRule {
  const { fault, purposes, path, after, times } = objectOf(value);
  const known = objectOf(fault);
  const rule = {
    ...(purposes === undefined ? {} : { purposes: purposesOf(purposes) }),
    ...(typeof path === 'string' ? { path: path.slice(0, LONGEST) } : {}),
    ...(isCount(after) ? { after } : {}),
    ...(isCount(times) ? { times } : {}),
  };
  switch (known.type) {
    case 'slow':
      return { ...rule, fault: { type: 'slow', ms: boundedOf(known.ms, 'ms', 0, 60_000) } };
    case 'status':
      return { ...rule, fault: { type: 'status', status: boundedOf(known.status, 'status', 100, 599) } };
    case 'dropped':
    case 'refused':
    case 'duplicate':
    case 'lost':
      return { ...rule, fault: { type: known.type } };
    default:
      throw bad('a fault has to be slow, status, dropped, refused, duplicate or lost');
  }
}

function purposesOf(value: unknown): readonly Purpose[] {
  if (!Array.isArray(value)) throw bad('purposes has to be a list');
  return value.map((item: unknown) => {
    const known = PURPOSES.find((purpose) => purpose === item);
    if (known === undefined) throw bad(`each of purposes has to be one of ${PURPOSES.join(', ')}`);
    return known;
  });
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function boundedOf(value: unknown, name: string, least: number, most: number): number {
  if (isCount(value) && value >= least && value <= most) return value;
  throw bad(`${name} has to be an integer from ${least} to ${most}`);
}
