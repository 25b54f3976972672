/** Sends a request to the gateway over HTTP, as any client would, and waits for its record. */
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { CodedError } from '../errors';
import type { Kept } from '../records/records';
import type { AdminParts } from './parts';

export interface Outgoing {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** The record is made when the response is handed over; of an Asset, when its connection is done. */
const RECORD_MS = 2_000;
const CONNECT_MS = 5_000;

/** Throws `CodedError` (HS_CANNOT_REPLAY). */
export async function sendRequest(
  { gateway, expected }: Pick<AdminParts, 'gateway' | 'expected'>,
  outgoing: Outgoing,
  replayOf: string | null,
): Promise<Kept> {
  const socket = await connected(reachable(gateway.host), gateway.port);
  let forget = () => {};
  try {
    return await new Promise<Kept>((resolve, reject) => {
      const { localAddress = '', localPort = 0 } = socket;
      forget = expected.expect(localAddress, localPort, { replayOf, met: resolve });
      socket.once('close', () => setTimeout(() => reject(refused(NO_RECORD)), RECORD_MS).unref());
      write(socket, outgoing);
    });
  } finally {
    forget();
    // Not at once: a Function that is still being answered has a client that reads.
    setTimeout(() => socket.destroy(), RECORD_MS).unref();
  }
}

const NO_RECORD = 'its connection ended and nothing was recorded of it';

function write(socket: Socket, { method, target, headers, body }: Outgoing): void {
  let req: ReturnType<typeof request>;
  try {
    // As pairs, so that names keep their spelling, their order and their repetitions.
    const lines = headers.map(([name, value]) => [name, value]) as unknown as string[];
    req = request({ method, path: target, headers: lines, createConnection: () => socket });
  } catch (error) {
    socket.destroy();
    throw refused(error instanceof Error ? error.message : String(error));
  }
  req.on('response', (response) => response.resume());
  req.on('error', () => socket.destroy());
  req.end(body);
}

function connected(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const fail = (why: string) => {
      socket.destroy();
      reject(refused(`the gateway at ${host}:${port} cannot be reached: ${why}`));
    };
    socket.once('timeout', () => fail('it does not answer'));
    socket.once('error', (error) => fail(error.message));
    socket.once('connect', () => {
      socket.removeAllListeners().setTimeout(0);
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}

/** Where a gateway that listens on every address is reached. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

export function refused(detail: string): CodedError {
  return new CodedError('HS_CANNOT_REPLAY', detail);
}
