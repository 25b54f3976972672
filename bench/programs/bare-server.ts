/**
 * What everything is compared with: the handlers of a project called inside of a `node:http` server that does only
 * what every webhook server must, as fast as it can be written by hand. No isolation, no limits, no log, no reload,
 * no timeout: one handler that loops or crashes takes all others with it.
 *
 * Arguments: folder of the project, port, number of processes.
 */
import cluster from 'node:cluster';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { parse } from 'node:querystring';
import twilio from 'twilio';

type Callback = (error: unknown, value?: unknown) => void;
type Handler = (context: object, event: object, callback: Callback) => unknown;

interface Route {
  readonly path: string;
  readonly handler: Handler;
  readonly isProtected: boolean;
}

const [, , root = '.', port = '0', workers = '1'] = process.argv;
if (Number(workers) > 1 && cluster.isPrimary) {
  for (let started = 0; started < Number(workers); started++) cluster.fork();
} else {
  serve();
}

function serve(): void {
  Object.assign(globalThis, { Twilio: twilio });
  const variables = readVariables();
  const routes = readRoutes();
  const server = createServer((req, res) => {
    const url = req.url ?? '';
    const mark = url.indexOf('?');
    const route = routes.get(mark === -1 ? url : url.slice(0, mark));
    if (route === undefined) sendText(res, 404, 'Not Found');
    else if (req.method === 'POST') readForm(req, (form) => answer(req, res, { route, variables, form }));
    else answer(req, res, { route, variables, form: {} });
  });
  server.listen(Number(port), '127.0.0.1');
}

interface Call {
  readonly route: Route;
  readonly variables: Readonly<Record<string, string>>;
  readonly form: NodeJS.Dict<string | string[]>;
}

function readForm(req: IncomingMessage, done: (form: Call['form']) => void): void {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const [first] = chunks;
    const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
    done(parse(body.toString('latin1')));
  });
}

function answer(req: IncomingMessage, res: ServerResponse, { route, variables, form }: Call): void {
  if (route.isProtected && !isSigned(req, form, variables.AUTH_TOKEN ?? '')) {
    return sendText(res, 400, 'Unauthorized');
  }
  const context = { DOMAIN_NAME: req.headers.host, PATH: route.path, ...variables };
  const event: Record<string, unknown> = { request: { headers: req.headers, cookies: {} } };
  for (const name in form) event[name] = form[name];
  try {
    const returned = route.handler(context, event, (error, value) => sendResult(res, error, value));
    if (returned instanceof Promise) returned.catch((error) => sendResult(res, error, null));
  } catch (error) {
    sendResult(res, error, null);
  }
}

function isSigned(req: IncomingMessage, form: Call['form'], token: string): boolean {
  let data = `http://${req.headers.host}${req.url}`;
  for (const name of Object.keys(form).sort()) data += name + String(form[name]);
  const expected = createHmac('sha1', token).update(data).digest();
  const given = Buffer.from(String(req.headers['x-twilio-signature'] ?? ''), 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function sendResult(res: ServerResponse, error: unknown, value: unknown): void {
  if (error) sendText(res, 500, String(error));
  else if (typeof value === 'string') sendText(res, 200, value);
  else if (value instanceof twilio.twiml.MessagingResponse) send(res, 200, 'text/xml', value.toString());
  else send(res, 200, 'application/json', JSON.stringify(value));
}

function sendText(res: ServerResponse, status: number, text: string): void {
  send(res, status, 'text/plain; charset=utf8', text);
}

function send(res: ServerResponse, status: number, type: string, body: string): void {
  res.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  res.end(body);
}

function readRoutes(): ReadonlyMap<string, Route> {
  const folder = join(root, 'functions');
  const routes = readdirSync(folder).map((name): [string, Route] => {
    const path = `/${name.replace('.protected', '').replace(/\.js$/, '')}`;
    // What a Function's file exports is known by its documentation only.
    const { handler } = require(join(folder, name)) as { handler: Handler };
    return [path, { path, handler, isProtected: name.includes('.protected.') }];
  });
  return new Map(routes);
}

function readVariables(): Record<string, string> {
  const lines = readFileSync(join(root, '.env'), 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split('=', 2)));
}
