/** What a test answers to an outbound request. */

/** Exactly this; see `answer()`. */
export class OutboundAnswer {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: Buffer,
  ) {}
}

export interface AnswerParts {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
}

/** An answer with a status, headers or a body that is not JSON. */
export function answer({ status = 200, headers = {}, json, body = '' }: AnswerParts): OutboundAnswer {
  if (json === undefined) return new OutboundAnswer(status, headers, Buffer.from(body as string));
  const withType = { 'content-type': 'application/json', ...headers };
  return new OutboundAnswer(status, withType, Buffer.from(JSON.stringify(json)));
}

/** As the REST API of the vendor says that something is wrong. */
export function twilioError(status: number, code: number | string, message: string): OutboundAnswer {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return answer({ status, json: { code, message, more_info, status } });
}

/** A value is the JSON of the answer; nothing is an answer without a body. */
export function answerOf(method: string, value: unknown): OutboundAnswer {
  if (value instanceof OutboundAnswer) return value;
  if (value === undefined) return answer({ status: 204 });
  if (typeof value === 'string')
    return answer({ headers: { 'content-type': 'text/plain; charset=utf-8' }, body: value });
  return answer({ status: method === 'POST' ? 201 : 200, json: value });
}
