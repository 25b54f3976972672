/** Whether two answers say the same: what differs each time (the date, the id of the request) does not count. */
import type { InvocationRecord, RecordedBody } from '../../../../src/model/record';
import type { Headers } from '../../text/header-lines';

const DIFFERS_EACH_TIME = ['date', 'twilio-request-id', 'x-request-id'];

export function differsEachTime(name: string): boolean {
  return DIFFERS_EACH_TIME.includes(name.toLowerCase());
}

export function sameAnswer(a: InvocationRecord, b: InvocationRecord): boolean {
  return (
    a.status === b.status && sameBody(a.response.body, b.response.body) && headersKey(a) === headersKey(b)
  );
}

function sameBody(a: RecordedBody | null, b: RecordedBody | null): boolean {
  return a?.text === b?.text && a?.base64 === b?.base64 && (a?.bytes ?? 0) === (b?.bytes ?? 0);
}

function headersKey({ response }: InvocationRecord): string {
  return JSON.stringify(telling(response.headers));
}

function telling(headers: Headers): Headers {
  return headers.filter(([name]) => !differsEachTime(name));
}
