/** A plain server that answers webhooks: for what a project would not send, and for many calls in little time. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { createSimulator, type Simulator, type SimulatorOptions, seededRandom } from '../../src/simulator';
import { ACCOUNT_SID, AUTH_TOKEN } from './phone';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Of the query and the form. */
  readonly fields: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

export interface TwimlServer {
  readonly url: string;
  readonly received: readonly Received[];
  readonly simulator: Simulator;
  close(): Promise<void>;
}

/** What stands in `<Response>`, or a function that answers itself. */
export type Answer = string | ((request: Received, response: ServerResponse) => void);

/** Path -> answer; everything else is answered 404. */
export async function serveTwiml(
  answers: Readonly<Record<string, Answer>>,
  options: Partial<SimulatorOptions> = {},
): Promise<TwimlServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const query = new URL(url, 'http://x').searchParams;
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const fields = Object.fromEntries([...query, ...form]);
      const one = { method, url, headers, fields, form: Object.fromEntries(form) };
      received.push(one);
      const answer = answers[new URL(url, 'http://x').pathname];
      if (answer === undefined) response.writeHead(404).end();
      else if (typeof answer === 'string') sendTwiml(response, answer);
      else answer(one, response);
    });
  });
  const url = await listen(server);
  const simulator = createSimulator({ ...DEFAULTS, baseUrl: url, ...options });
  const close = async (): Promise<void> => {
    await simulator.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, received, simulator, close };
}

const DEFAULTS = { authToken: AUTH_TOKEN, accountSid: ACCOUNT_SID, random: seededRandom(1) };

export function sendTwiml(response: ServerResponse, twiml: string): void {
  response.writeHead(200, { 'Content-Type': 'text/xml' }).end(`<Response>${twiml}</Response>`);
}

/** For what is not even HTTP: `answer` has the bare connection. */
export async function serveBytes(
  answer: (socket: Socket) => void,
): Promise<{ readonly url: string; readonly simulator: Simulator; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', () => answer(socket));
  });
  const url = await listen(server);
  const simulator = createSimulator({ ...DEFAULTS, baseUrl: url });
  const close = async (): Promise<void> => {
    await simulator.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, simulator, close };
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
}
