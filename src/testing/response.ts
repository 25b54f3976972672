/** What a request to the project was answered. */
import type { InvocationRecord } from '../model/record';
import type { Incoming } from './client';
import { readTwiml, type Twiml } from './twiml';

export type ParseJson = (text: string) => unknown;

export class TestResponse {
  readonly #parseJson: ParseJson;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** What is known of it beside the answer: the Function, the error and its cause, what it wrote. */
  readonly record: InvocationRecord;

  constructor({ status, rawHeaders, body }: Incoming, record: InvocationRecord, parseJson: ParseJson) {
    this.#parseJson = parseJson;
    this.status = status;
    this.headers = new Headers();
    for (let at = 0; at < rawHeaders.length; at += 2) {
      this.headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
    }
    this.body = body;
    this.record = record;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  text(): string {
    return this.body.toString('utf8');
  }

  /** Throws where it is none. */
  json(): unknown {
    return this.#parseJson(this.text());
  }

  /** The `Response` of its TwiML. Throws where it is none. */
  get twiml(): Twiml {
    return readTwiml(this.text(), this.record.target);
  }
}
