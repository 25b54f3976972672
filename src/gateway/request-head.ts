/** What the gateway itself needs of a request's head, picked out of the raw header lines in one pass. */
import type { IncomingMessage } from 'node:http';
import { lowerCaseName } from './header-names';

/** Characters that HTTP sends beside the name and value of a line: `: ` and the line end. */
const LINE_OVERHEAD = 4;
/** ` HTTP/1.1` and the spaces and line ends of the request line and of the end of the head. */
const REQUEST_LINE_OVERHEAD = 14;

/** Hot: one for each request, always the same shape. */
export class RequestHead {
  readonly method: string;
  /** As sent, without scheme and host; begins with `/` except for `*`, an authority (CONNECT) or what nobody should send. */
  readonly target: string;
  readonly path: string;
  /** After the `?`, as sent; `''` without one. */
  readonly query: string;
  readonly rawHeaders: readonly string[];
  /** Names and values. */
  headerBytes = 0;
  headerLines = 0;
  host: string | undefined = undefined;
  hostLines = 0;
  contentType: string | undefined = undefined;
  /** `null`: none was sent. */
  contentLength: number | null = null;
  transferEncoding: string | undefined = undefined;
  contentEncoding: string | undefined = undefined;
  signature: string | undefined = undefined;
  accept: string | undefined = undefined;
  origin: string | undefined = undefined;
  forwardedHost: string | undefined = undefined;
  forwardedProto: string | undefined = undefined;
  offersUpgrade = false;

  constructor(req: IncomingMessage) {
    this.method = req.method ?? '';
    this.target = req.url ?? '';
    if (!this.target.startsWith('/')) {
      const absolute = readAbsolute(this.target);
      this.target = absolute.target;
      this.host = absolute.host;
    }
    const mark = this.target.indexOf('?');
    this.path = mark === -1 ? this.target : this.target.slice(0, mark);
    this.query = mark === -1 ? '' : this.target.slice(mark + 1);
    this.rawHeaders = req.rawHeaders;
    for (let i = 0; i < req.rawHeaders.length; i += 2) {
      this.#take(req.rawHeaders[i] ?? '', req.rawHeaders[i + 1] ?? '');
    }
  }

  get hasBody(): boolean {
    return this.transferEncoding !== undefined || (this.contentLength ?? 0) > 0;
  }

  /** Request line and headers as sent, give or take optional spaces. */
  get bytes(): number {
    return (
      this.method.length +
      this.target.length +
      REQUEST_LINE_OVERHEAD +
      this.headerBytes +
      LINE_OVERHEAD * this.headerLines
    );
  }

  #take(name: string, value: string): void {
    this.headerLines += 1;
    this.headerBytes += name.length + value.length;
    switch (lowerCaseName(name)) {
      case 'host':
        this.hostLines += 1;
        this.host ??= value;
        return;
      case 'content-type':
        this.contentType ??= value;
        return;
      case 'content-length':
        this.contentLength ??= Number(value);
        return;
      case 'transfer-encoding':
        this.transferEncoding =
          this.transferEncoding === undefined ? value : `${this.transferEncoding},${value}`;
        return;
      case 'content-encoding':
        this.contentEncoding =
          this.contentEncoding === undefined ? value : `${this.contentEncoding},${value}`;
        return;
      case 'x-twilio-signature':
        this.signature ??= value;
        return;
      case 'accept':
        this.accept ??= value;
        return;
      case 'origin':
        this.origin ??= value;
        return;
      case 'upgrade':
        this.offersUpgrade = true;
        return;
      case 'x-forwarded-host':
        this.forwardedHost = value;
        return;
      case 'x-forwarded-proto':
        this.forwardedProto = value;
        return;
    }
  }
}

/**
 * Servers must accept `GET http://host/path` too, and take the host from there (RFC 9112, 3.2.2). Else a proxy that
 * looked at the target and we would see different hosts. The scheme says nothing: TLS ended before us.
 */
function readAbsolute(url: string): { readonly target: string; readonly host: string | undefined } {
  const absolute = /^https?:\/\/([^/?#]*)/i.exec(url);
  if (absolute === null) return { target: url, host: undefined };
  const rest = url.slice(absolute[0].length);
  return { target: rest.startsWith('/') ? rest : `/${rest}`, host: absolute[1] };
}
