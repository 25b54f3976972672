/** HAProxy and nginx as child processes on loopback, with the configurations of docs/operations.md. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports';
import { eventually } from './serve';

export interface RunningProxy {
  readonly name: 'haproxy' | 'nginx';
  readonly port: number;
  readonly process: ChildProcess;
  readonly folder: string;
  /** What it wrote about itself. */
  output(): string;
  /** Ends it and waits for that. */
  stop(): Promise<void>;
}

export interface ProxyOptions {
  /** Ports of the gateways. */
  readonly backends: readonly number[];
}

/** Requests for this path are answered by the proxy, with 403: who sees one behind it was reached by another way. */
export const BARRED = '/hidden';

export async function startProxy(name: RunningProxy['name'], options: ProxyOptions): Promise<RunningProxy> {
  const folder = await mkdtemp(join(tmpdir(), `hookswitch-${name}-`));
  const port = await freePort();
  const write = name === 'haproxy' ? writeHaproxy : writeNginx;
  const argv = await write(folder, port, options);
  const child = spawn(findProgram(name), argv, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(late);
    await rm(folder, { recursive: true, force: true });
  };
  const proxy: RunningProxy = { name, port, process: child, folder, output: () => output, stop };
  await eventually(() => accepts(port, proxy), 10_000);
  return proxy;
}

/** Writes another configuration for the running nginx and lets it take it over. */
export async function reloadNginx(proxy: RunningProxy, options: ProxyOptions): Promise<void> {
  await writeNginx(proxy.folder, proxy.port, options);
  proxy.process.kill('SIGHUP');
}

/** Over its socket for operators. Resolves with the answer. */
export function commandHaproxy({ folder }: RunningProxy, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(join(folder, 'admin.sock'));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
    socket.write(`${command}\n`);
  });
}

async function writeHaproxy(folder: string, port: number, { backends }: ProxyOptions): Promise<string[]> {
  const documented = exampleOf('haproxy')
    .replace('bind :443 ssl crt /etc/ssl/hooks.example.com.both.pem', `bind 127.0.0.1:${port}`)
    .replace('default_backend', `http-request deny if { path ${BARRED} }\n    default_backend`)
    .replace(/^ +server [\s\S]*$/m, '');
  const servers = backends.map((backend, index) => `    server ${'ab'[index]} 127.0.0.1:${backend}\n`);
  const global = `global\n    maxconn 2000\n    stats socket ${join(folder, 'admin.sock')} level admin\n\n`;
  const file = join(folder, 'haproxy.cfg');
  await writeFile(file, global + documented + servers.join(''));
  return ['-db', '-f', file];
}

async function writeNginx(folder: string, port: number, { backends }: ProxyOptions): Promise<string[]> {
  const documented = exampleOf('nginx')
    .replace('server 127.0.0.1:3000;', backends.map((backend) => `server 127.0.0.1:${backend};`).join(' '))
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replace(/^ +ssl_.*$/gm, '')
    .replace('location / {', `location = ${BARRED} { return 403; }\n    location / {`);
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const temporary = folders.map((name) => `    ${name}_temp_path ${join(folder, name)};\n`).join('');
  const user = process.getuid?.() === 0 ? 'user root;\n' : '';
  const file = join(folder, 'nginx.conf');
  await writeFile(
    file,
    `${user}daemon off;\nworker_processes 2;\npid ${join(folder, 'nginx.pid')};\nerror_log stderr;\n` +
      `events { worker_connections 1024; }\nhttp {\n    access_log off;\n${temporary}${documented}}\n`,
  );
  return ['-p', folder, '-e', 'stderr', '-c', file];
}

/** The block of docs/operations.md in this language. */
function exampleOf(language: string): string {
  const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'operations.md'), 'utf8');
  const [, text] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/operations.md has no example for ${language}`);
  return text;
}

function findProgram(name: string): string {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  const folder = folders.find((one) => existsSync(join(one, name)));
  if (folder === undefined)
    throw new Error(`${name} is not installed: \`node scripts/proxies.mjs\` does or says how`);
  return join(folder, name);
}

function accepts(port: number, proxy: RunningProxy): Promise<true | undefined> {
  if (proxy.process.exitCode !== null) throw new Error(`${proxy.name} ended: ${proxy.output()}`);
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(undefined));
  });
}
