import type { IncomingMessage, ServerResponse } from 'node:http';

export interface ApiRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly query: URLSearchParams;
  /** The part of the path that a row leaves open; `''` where it leaves none. */
  readonly id: string;
}

export type ApiAnswer =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'file'; readonly bytes: Buffer; readonly name: string }
  /** It is being answered. */
  | { readonly kind: 'stream' };

/** One request that the admin API understands. */
export interface ApiRow {
  readonly method: string;
  readonly path: RegExp;
  readonly run: (request: ApiRequest) => Promise<ApiAnswer>;
}

export function row(method: string, path: RegExp, run: ApiRow['run']): ApiRow {
  return { method, path, run };
}

export function json(value: unknown): ApiAnswer {
  return { kind: 'json', value };
}
