/** Sends an outbound request to where it was meant to go. */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { OutboundAnswer } from './answer';
import type { OutboundRequest } from './request';

const LIMIT_MS = 30_000;
/** Of one connection, or changed by the reading of the body; what is compressed could not be read by people. */
const LEFT_OUT = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'accept-encoding',
]);

export async function forward(request: OutboundRequest): Promise<OutboundAnswer> {
  const response = await send(request);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined && !LEFT_OUT.has(name)) headers[name] = String(value);
  }
  return new OutboundAnswer(response.statusCode ?? 502, headers, Buffer.concat(chunks));
}

function send({ method, url, headers, body }: OutboundRequest): Promise<IncomingMessage> {
  const kept = Object.entries(headers).filter(([name]) => !LEFT_OUT.has(name));
  const options = {
    method,
    headers: { ...Object.fromEntries(kept), 'content-length': body.length },
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https:') ? requestHttps : requestHttp)(url, options, resolve);
    request.setTimeout(LIMIT_MS, () => request.destroy(new Error(`${url} did not answer within 30 s`)));
    request.on('error', reject);
    request.end(body);
  });
}
