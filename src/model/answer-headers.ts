/** The headers of an answer of a Function: made for the response, and again for whoever looks at its record. */

export interface AnswerHead {
  readonly id: string;
  readonly status: number;
  readonly contentType: string | null;
  /** Of the body. */
  readonly bytes: number;
  /** Invocations at that moment. */
  readonly running: number;
}

/** Statuses whose responses have no body. */
export function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}

/** Hot. Name, value, name, value, …; `author`: those of the Function, without its `Content-Type`. */
export function answerHeaders(
  author: readonly string[],
  { id, status, contentType, bytes, running }: AnswerHead,
): string[] {
  const headers: string[] = author.length === 0 ? [] : author.slice();
  if (contentType !== null) headers.push('Content-Type', contentType);
  if (!hasNoBody(status)) headers.push('Content-Length', String(bytes));
  if (status < 300) headers.push('X-Content-Type-Options', 'nosniff', 'X-XSS-Protection', '1; mode=block');
  headers.push('x-twilio-function-concurrency', String(running), 'Twilio-Request-Id', id);
  return headers;
}
