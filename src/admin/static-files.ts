/** The files of the console: a flat folder that is made with the package. Nothing of a request becomes a part of a path. */
import { readdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.map': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Scripts, styles and connections of its own only; no frame around it, no form out of it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Hookswitch</title>
<h1>The console is not built</h1>
<p>This copy of Hookswitch has no files of the console. <code>npm run build</code> makes them.</p>
<p>The terminal has the same: <code>hookswitch logs</code>, <code>hookswitch show last</code>, <code>hookswitch replay ID</code>.</p>`;

/** For every response of the console port. */
export function setSafeHeaders(res: ServerResponse): void {
  res.setHeader('Content-Security-Policy', POLICY);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('X-Frame-Options', 'DENY');
  res.setHeader('Referrer-Policy', 'no-referrer');
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  res.setHeader('Cache-Control', 'no-store');
}

/** Paths without an extension are pages of the console, which all are `index.html`. */
export async function sendStatic(res: ServerResponse, folder: string, path: string): Promise<void> {
  const isPage = extname(path) === '';
  const wanted = isPage ? 'index.html' : path.slice(1);
  const name = (await namesIn(folder)).find((candidate) => candidate === wanted);
  if (name === undefined) return sendText(res, isPage ? 200 : 404, isPage ? NOT_BUILT : 'Not Found');
  const content = await readFile(join(folder, name));
  res.writeHead(200, { 'Content-Type': TYPES[extname(name)], 'Content-Length': content.length });
  res.end(content);
}

function sendText(res: ServerResponse, status: number, text: string): void {
  const type = TYPES[text.startsWith('<') ? '.html' : '.txt'];
  res.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  res.end(text);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => extname(name) in TYPES && !name.startsWith('.'));
  } catch {
    return [];
  }
}
