/** Requests as the vendor sends them, to start from when a Function is called by hand. */
export type Field = readonly [name: string, value: string];

export interface Preset {
  readonly name: string;
  fields(makeSid: (prefix: string) => string): readonly Field[];
}

const ACCOUNT: Field = ['AccountSid', 'AC00000000000000000000000000000000'];
/** Numbers that are reserved for examples. */
const CALLER = '+15005550006';
const CALLED = '+15005550001';

export const PRESETS: readonly Preset[] = [
  { name: 'Empty', fields: () => [] },
  {
    name: 'Text message',
    fields: (makeSid) => {
      const sid = makeSid('SM');
      return [
        ['MessageSid', sid],
        ['SmsSid', sid],
        ['SmsMessageSid', sid],
        ACCOUNT,
        ['From', CALLER],
        ['To', CALLED],
        ['Body', 'Hello from the console'],
        ['NumMedia', '0'],
        ['NumSegments', '1'],
        ['SmsStatus', 'received'],
        ['FromCountry', 'US'],
        ['ToCountry', 'US'],
        ['ApiVersion', '2010-04-01'],
      ];
    },
  },
  {
    name: 'Incoming call',
    fields: (makeSid) => [
      ['CallSid', makeSid('CA')],
      ACCOUNT,
      ['From', CALLER],
      ['To', CALLED],
      ['Caller', CALLER],
      ['Called', CALLED],
      ['CallStatus', 'ringing'],
      ['Direction', 'inbound'],
      ['FromCountry', 'US'],
      ['ToCountry', 'US'],
      ['ApiVersion', '2010-04-01'],
    ],
  },
];

/** `SM` and 32 hex digits. */
export function randomSid(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return prefix + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
