/** The request that `hookswitch signature` is given on the command line, in the manner of curl, or in a file. */
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Arguments } from '../config/arguments';
import { readText, valueOption } from '../config/option';
import { CodedError } from '../errors';
import {
  type HeaderLines,
  questionOfUrl,
  readCalledUrl,
  type SignatureQuestion,
} from '../gateway/signature-question';
import type { Surroundings } from './command';
import { parseHeader, parseRawRequest, type RawRequest } from './raw-request';

const FROM_START = { kind: 'string', group: 'Options', initial: null, configurable: false } as const;

export const REQUEST_OPTIONS = {
  url: valueOption<string | null>({
    ...FROM_START,
    placeholder: 'URL',
    initialText: 'none',
    allowed: 'a URL',
    read: readText,
    help: 'The whole URL as it is configured at the sender.',
  }),
  method: valueOption<string | null>({
    ...FROM_START,
    alias: 'X',
    placeholder: 'METHOD',
    initialText: 'POST with a body, else GET',
    allowed: 'a method',
    read: readText,
    help: 'Method of the request.',
  }),
  header: valueOption<string | null>({
    ...FROM_START,
    alias: 'H',
    placeholder: "'NAME: VALUE'",
    initialText: 'none',
    allowed: 'a header, as in X-Twilio-Signature: …',
    read: readText,
    help: 'A header of the request, as it reached Hookswitch; may be given several times.',
  }),
  data: valueOption<string | null>({
    ...FROM_START,
    alias: 'd',
    placeholder: 'TEXT',
    initialText: 'none',
    allowed: 'a text',
    read: (text) => text,
    help: 'Body of the request, a form unless a Content-Type says otherwise. Several are joined by &.',
  }),
  dataFile: valueOption<string | null>({
    ...FROM_START,
    placeholder: 'FILE',
    initialText: 'none',
    allowed: 'a file, or - for stdin',
    read: readText,
    help: 'The body, byte by byte from a file; - is stdin.',
  }),
  request: valueOption<string | null>({
    ...FROM_START,
    placeholder: 'FILE',
    initialText: 'none',
    allowed: 'a file, or - for stdin',
    read: readText,
    help: 'The whole request as text: POST /sms HTTP/1.1, headers, an empty line, the body. What the other flags say goes before it. - is stdin.',
  }),
  from: valueOption<string | null>({
    ...FROM_START,
    placeholder: 'ADDRESS',
    initialText: '127.0.0.1',
    allowed: 'an address',
    read: readText,
    help: 'Where the request came from, for --trust-proxy: the address of the proxy in front.',
  }),
};

/** More than any request that the gateway takes. */
const MOST_BYTES = 4 * 1_048_576;
const FORM = 'application/x-www-form-urlencoded';

/** Throws `CodedError` (HS_USAGE). */
export async function readRequestByHand(
  given: Arguments,
  surroundings: Surroundings,
  publicUrl: URL | null,
): Promise<SignatureQuestion> {
  const url = lastOf(given, 'url');
  const file = lastOf(given, 'request');
  if (url === null && file === null)
    throw new CodedError('HS_USAGE', 'give a request by --url URL or --request FILE');
  if (file === '-' && lastOf(given, 'dataFile') === '-') {
    throw new CodedError('HS_USAGE', 'only one of --request and --data-file can be stdin');
  }
  const raw = file === null ? null : parseRawRequest(await readInput(file, surroundings));
  const body = (await bodyOf(given, surroundings)) ?? raw?.body ?? null;
  const headers = headersOf(given, raw, body);
  const method = (lastOf(given, 'method') ?? raw?.method ?? (body === null ? 'GET' : 'POST')).toUpperCase();
  const request = {
    method,
    headers,
    body: body ?? Buffer.alloc(0),
    remoteAddress: lastOf(given, 'from') ?? '127.0.0.1',
  };
  if (raw === null) return questionOfUrl({ ...request, url: url ?? '' }, publicUrl);
  return questionOfRaw(raw, url === null ? null : readCalledUrl(url), request);
}

type GivenParts = Pick<SignatureQuestion, 'method' | 'headers' | 'body' | 'remoteAddress'>;

/** A proxy in front changed nothing of the path any more: it is what came. */
function questionOfRaw({ target }: RawRequest, called: string | null, parts: GivenParts): SignatureQuestion {
  const isWhole = /^https?:\/\//i.test(target);
  const path = isWhole ? target.replace(/^https?:\/\/[^/?#]*/i, '') : target;
  const came = path.startsWith('/') || path === '*' ? path : `/${path}`;
  const calledUrl = called ?? (isWhole ? readCalledUrl(target) : null);
  return { ...parts, target: came.replace(/#.*$/s, ''), bodyIsCut: false, calledUrl };
}

function headersOf(given: Arguments, raw: RawRequest | null, body: Buffer | null): HeaderLines {
  const own = (given.flags.get('header') ?? []).map(parseHeader);
  const names = new Set(own.map(([name]) => name.toLowerCase()));
  const others = (raw?.headers ?? []).filter(([name]) => !names.has(name.toLowerCase()));
  const hasType = [...own, ...others].some(([name]) => name.toLowerCase() === 'content-type');
  const type = raw === null && body !== null && !hasType ? [['Content-Type', FORM] as const] : [];
  return [...own, ...others, ...type];
}

async function bodyOf(given: Arguments, surroundings: Surroundings): Promise<Buffer | null> {
  const texts = given.flags.get('data');
  const file = lastOf(given, 'dataFile');
  if (texts !== undefined && file !== null) {
    throw new CodedError('HS_USAGE', 'only one of --data and --data-file can be the body');
  }
  if (texts?.some((text) => text.startsWith('@')) === true) {
    throw new CodedError('HS_USAGE', '--data takes a text: use --data-file for a file');
  }
  if (texts !== undefined) return Buffer.from(texts.join('&'));
  return file === null ? null : readInput(file, surroundings);
}

async function readInput(file: string, { stdin, currentFolder }: Surroundings): Promise<Buffer> {
  if (file === '-') return readAll(stdin, 'stdin');
  let handle: FileHandle | null = null;
  try {
    handle = await open(resolve(currentFolder, file));
    return await readAll(handle.createReadStream({ autoClose: false }), file);
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('HS_USAGE', `${file} cannot be read: ${reason}`, { cause });
  } finally {
    await handle?.close();
  }
}

async function readAll(stream: AsyncIterable<Buffer | string>, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new CodedError('HS_USAGE', `${name} has more than ${MOST_BYTES} bytes`);
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}

function lastOf({ flags }: Arguments, key: string): string | null {
  return flags.get(key)?.at(-1) ?? null;
}
