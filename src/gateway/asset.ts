/**
 * Sends an Asset (functions-behaviour 11). The route decides which file that is; no part of a URL becomes a part of a
 * file name here. Right before sending, the file must still lie in the Assets folder: a link may have been put there.
 */
import { type ReadStream, realpath } from 'node:fs';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { extname, isAbsolute, relative, sep } from 'node:path';
import send from 'send';
import type { ErrorCode } from '../errors';
import type { AssetResource } from '../model/build';
import type { Traffic } from '../model/invocation';

/** Nothing was sent yet and the response is untouched, but for headers of its own that `sendAsset` set and removed. */
export type OnAssetError = (code: ErrorCode, detail: string) => void;

/** Types of the emulator where today's registry has others; the rest comes from the registry. */
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'application/javascript; charset=UTF-8',
  '.mjs': 'application/javascript; charset=UTF-8',
  '.json': 'application/json; charset=UTF-8',
  '.txt': 'text/plain; charset=UTF-8',
  '.css': 'text/css; charset=UTF-8',
  '.htm': 'text/html; charset=UTF-8',
  '.html': 'text/html; charset=UTF-8',
  '.csv': 'text/csv; charset=UTF-8',
};

/** `onError` is called at most once, and then the caller answers; a client that leaves is no error. */
export function sendAsset(
  req: IncomingMessage,
  res: ServerResponse,
  asset: AssetResource,
  assetsFolder: string,
  onError: OnAssetError,
): void {
  realpath.native(assetsFolder, (folderError, folder) => {
    if (folderError !== null) return onError('HS_NOT_FOUND', vanished(asset, folderError));
    realpath.native(asset.file, (fileError, file) => {
      if (fileError !== null) return onError('HS_NOT_FOUND', vanished(asset, fileError));
      const inside = relative(folder, file);
      const problem = problemOf(asset, inside);
      if (problem !== null) return onError('HS_NOT_FOUND', problem);
      if (!res.destroyed) pipeFile({ req, res, asset, folder, file: inside, onError });
    });
  });
}

/** For the record. Its content stands in the project: only how long it is said to be is kept. */
export function sentAsset(res: ServerResponse): Pick<Traffic, 'responseHeaders' | 'responseBody'> {
  // All messages that go out have it; its type is declared for requests only.
  const { getRawHeaderNames } = res as ServerResponse & Pick<ClientRequest, 'getRawHeaderNames'>;
  const names = getRawHeaderNames.call(res);
  const bytes = Number(res.getHeader('Content-Length') ?? 0);
  return {
    responseHeaders: names.flatMap((name) => [name, String(res.getHeader(name))]),
    responseBody: bytes > 0 ? { content: '', bytes } : null,
  };
}

function vanished(asset: AssetResource, error: NodeJS.ErrnoException): string {
  return `${asset.name} cannot be read: ${error.code ?? error.message}.`;
}

function problemOf(asset: AssetResource, inside: string): string | null {
  const parts = inside.split(sep);
  if (inside === '' || parts[0] === '..' || isAbsolute(inside)) {
    return `${asset.name} leads to a file outside of the Assets folder.`;
  }
  // As in the emulator, whichever of the two names has the dot.
  if (asset.path.includes('/.') || parts.some((part) => part.startsWith('.'))) {
    return `${asset.name} is hidden: names that begin with a dot are not served.`;
  }
  return null;
}

interface Sending {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly asset: AssetResource;
  /** Both without links: the folder, and the file relative to it. */
  readonly folder: string;
  readonly file: string;
  readonly onError: OnAssetError;
}

function pipeFile(sending: Sending): void {
  const { req, res, asset, folder, file } = sending;
  setHeaders(req, res, asset);
  const path = file.split(sep).map(encodeURIComponent).join('/');
  const stream = send(conditionsOf(req), path, { root: folder, index: false });
  stream.on('directory', () => fail(sending, 'HS_NOT_FOUND', `${asset.name} is a folder.`));
  stream.on('error', (error: SendError) => answerError(sending, error));
  stream.on('stream', (content: ReadStream) => {
    content.on('end', () => closeWhenShort(content, res));
    closeWithResponse(content, res);
  });
  stream.pipe(res);
}

/** `send` watches the connection, which a response has only once it is its turn; that may never come. */
function closeWithResponse(content: ReadStream, res: ServerResponse): void {
  if (res.destroyed) content.destroy();
  else res.once('close', () => content.destroy());
}

/** A file that shrinks while it is sent has promised more bytes than there are: only the connection's end says so. */
function closeWhenShort(content: ReadStream, res: ServerResponse): void {
  if (content.bytesRead < Number(res.getHeader('Content-Length'))) res.destroy();
}

function setHeaders(req: IncomingMessage, res: ServerResponse, asset: AssetResource): void {
  // By the name that the author gave, not by the one that a link leads to.
  const type = TYPES[extname(asset.file).toLowerCase()];
  if (type !== undefined) res.setHeader('Content-Type', type);
  if (asset.visibility === 'public' && req.method !== 'POST' && req.headers.origin !== undefined) {
    res.setHeader('Access-Control-Allow-Origin', '*');
  }
}

/** Conditions and ranges belong to GET and HEAD: a POST always gets the whole content (TwiML may post to an Asset). */
function conditionsOf(req: IncomingMessage): IncomingMessage {
  if (req.method !== 'POST') return req;
  return Object.create(req, { headers: { value: {} } }) as IncomingMessage;
}

interface SendError extends Error {
  readonly status?: number;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function answerError(sending: Sending, error: SendError): void {
  const { res, asset } = sending;
  if (res.headersSent) {
    res.destroy();
  } else if (error.status === 412 || error.status === 416) {
    answerCondition(res, error.status, error.headers ?? {});
  } else {
    const code = error.status === 404 ? 'HS_NOT_FOUND' : 'HS_INTERNAL';
    fail(sending, code, vanished(asset, error));
  }
}

/** A condition that does not hold is the client's affair, not an error of ours: no body, no log. */
function answerCondition(
  res: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  for (const name of ['Content-Type', 'Content-Length']) res.removeHeader(name);
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.statusCode = status;
  res.setHeader('Content-Length', 0);
  res.end();
}

const OWN_HEADERS = [
  'Accept-Ranges',
  'Access-Control-Allow-Origin',
  'Cache-Control',
  'Content-Length',
  'Content-Range',
  'Content-Type',
  'ETag',
  'Last-Modified',
] as const;

function fail({ res, onError }: Sending, code: ErrorCode, detail: string): void {
  for (const name of OWN_HEADERS) res.removeHeader(name);
  res.statusCode = 200;
  onError(code, detail);
}
