/** What the webhooks of one call have in common: a call for which everything is configured that can be. */
import type { Exchange, Fields } from '../../src/simulator';
import { ACCOUNT_SID } from './phone';

export const CALLER = '+13125550100';
export const PROJECT = '+14155550199';
export const STARTED = Date.UTC(2026, 0, 1, 9);

/** The part of each webhook that says which call it is. */
export const CALL = {
  AccountSid: ACCOUNT_SID,
  ApiVersion: '2010-04-01',
  CallSid: 'CA…',
  Called: PROJECT,
  CalledCity: 'SAN FRANCISCO',
  CalledCountry: 'US',
  CalledState: 'CA',
  CalledZip: '94108',
  Caller: CALLER,
  CallerCity: 'CHICAGO',
  CallerCountry: 'US',
  CallerName: 'ALICE',
  CallerState: 'IL',
  CallerZip: '60601',
  CallToken: 'a token',
  Direction: 'inbound',
  ForwardedFrom: '+12125550123',
  From: CALLER,
  FromCity: 'CHICAGO',
  FromCountry: 'US',
  FromState: 'IL',
  FromZip: '60601',
  To: PROJECT,
  ToCity: 'SAN FRANCISCO',
  ToCountry: 'US',
  ToState: 'CA',
  ToZip: '94108',
} as const;

export const IN_PROGRESS = { ...CALL, CallStatus: 'in-progress' };

/** Of a leg that a `Dial` made. */
export function dialledLeg(to: string, place: Fields): Fields {
  const { CallToken, CallerName, ForwardedFrom, ...call } = CALL;
  const places = Object.entries(place).flatMap(([name, value]) => [
    [`Called${name}`, value],
    [`To${name}`, value],
  ]);
  return {
    ...call,
    ...Object.fromEntries(places),
    Called: to,
    To: to,
    Direction: 'outbound-dial',
    ParentCallSid: 'CA…',
  };
}

export const NEW_YORK = { City: 'NEW YORK', State: 'NY', Zip: '10010', Country: 'US' };
export const NOWHERE = { City: '', State: '', Zip: '', Country: '' };

/** SIDs are only of the right form, and a token is long. */
export function tidy(parameters: Fields): Fields {
  const entries = Object.entries(parameters).map(([name, value]) => {
    const text = value.replace(/\b(CA|RE|CF|TR)[0-9a-f]{32}\b/g, '$1…');
    return [name, name === 'CallToken' ? tokenText(value) : text];
  });
  return Object.fromEntries(entries);
}

function tokenText(token: string): string {
  return /^%7B%22parentCallInfoToken%22%3A%22(?:[\w-]+\.){2}[\w-]{86}%22/.test(token) ? 'a token' : token;
}

export function sentAs(requests: readonly Exchange[], purpose: Exchange['purpose']): readonly Fields[] {
  return requests.filter((request) => request.purpose === purpose).map(({ parameters }) => tidy(parameters));
}
