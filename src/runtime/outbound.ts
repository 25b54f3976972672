/**
 * In tests only: what a Function connects to is answered by the test, let through or refused. It takes the place of
 * the two functions that all clients end in (`Socket.prototype.connect` and `tls.connect`), before author's code can
 * hold them: `https.request`, every major of the SDK, `fetch` and other packages look the same from here.
 *
 * What is answered goes as plain HTTP to the test. For TLS that means a socket that says of itself that it is secure:
 * no certificate has to be made or trusted, and the author's options for TLS take no part.
 */
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';
import {
  judge,
  type OutboundHook,
  type OutboundLine,
  type OutboundRules,
  type Verdict,
} from '../protocol/outbound';

interface Target {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

type Connect = (this: net.Socket, ...parameters: unknown[]) => net.Socket;

interface NetInternals {
  /** Not in the types, and unchanged since long before Node 20: what `connect` takes, as one object and a callback. */
  _normalizeArgs(parameters: readonly unknown[]): [Record<string, unknown>, (() => void) | null];
}

export function interceptOutbound(hook: OutboundHook): void {
  const interception = new Interception(hook);
  net.Socket.prototype.connect = interception.connect as typeof net.Socket.prototype.connect;
  // The cast: the types call it read-only, the object is not.
  (tls as { connect: unknown }).connect = interception.connectSecurely;
  // For `import { connect } from 'node:tls'`.
  syncBuiltinESMExports();
}

class Interception {
  readonly #connect = net.Socket.prototype.connect as Connect;
  readonly #connectSecurely = tls.connect as (...parameters: unknown[]) => net.Socket;
  /** Taken before author's code runs, which may replace it. */
  readonly #readFile = readFileSync;
  readonly #nextTick = process.nextTick;
  readonly connect: Connect;
  readonly connectSecurely: (...parameters: unknown[]) => net.Socket;

  constructor(private readonly hook: OutboundHook) {
    const self = this;
    this.connect = function (...parameters) {
      const [options, listener] = normalized(parameters);
      const target = targetOf(options, 'http');
      const verdict = target === null ? 'allowed' : self.#judge(target);
      if (target === null || verdict === 'allowed') return self.#connect.apply(this, parameters);
      return self.#divert(this, { target, verdict, listener });
    };
    this.connectSecurely = (...parameters) => {
      const [options, listener] = secureParameters(parameters);
      const target = targetOf(options, 'https');
      const verdict = target === null ? 'allowed' : this.#judge(target);
      if (target === null || verdict === 'allowed') return this.#connectSecurely(...parameters);
      const socket = this.#divert(seemingSecure(new net.Socket()), { target, verdict, listener: null });
      if (listener !== null) socket.once('secureConnect', listener);
      socket.once('connect', () => socket.emit('secureConnect'));
      return socket;
    };
  }

  #judge({ host }: Target): Verdict {
    return judge(JSON.parse(this.#readFile(this.hook.rulesFile, 'utf8')) as OutboundRules, host);
  }

  #divert(
    socket: net.Socket,
    { target, verdict, listener }: { target: Target; verdict: Verdict; listener: (() => void) | null },
  ): net.Socket {
    if (verdict === 'refused') return this.#refuse(socket, target);
    if (listener !== null) socket.once('connect', listener);
    this.#reach(socket);
    socket.write(this.#line(target, 'answered'));
    return socket;
  }

  /** The error comes as that of a connection does: later. The test is told, as the Function may keep it to itself. */
  #refuse(socket: net.Socket, target: Target): net.Socket {
    const error = refusal(target);
    const state: { connecting: boolean } = Object.assign(socket, { connecting: true });
    this.#nextTick(() => {
      state.connecting = false;
      socket.destroy(error);
    });
    const teller = new net.Socket().on('error', () => {});
    this.#reach(teller).end(this.#line(target, 'refused'));
    teller.resume();
    return socket;
  }

  #reach(socket: net.Socket): net.Socket {
    return this.#connect.call(socket, { host: '127.0.0.1', port: this.hook.port });
  }

  #line(target: Target, verdict: OutboundLine['verdict']): string {
    const line: OutboundLine = { project: this.hook.project, verdict, ...target };
    return `${JSON.stringify(line)}\n`;
  }
}

/** `net.connect` normalizes before it calls `connect`, and hands over the pair. */
function normalized(parameters: readonly unknown[]): [Record<string, unknown>, (() => void) | null] {
  const [first] = parameters;
  if (Array.isArray(first)) return first as [Record<string, unknown>, (() => void) | null];
  return (net as unknown as NetInternals)._normalizeArgs(parameters);
}

/** `connect(options)`, `connect(port, host, options)`, with the callback last. */
function secureParameters(parameters: readonly unknown[]): [Record<string, unknown>, (() => void) | null] {
  const [options, listener] = normalized(parameters);
  const more = parameters.slice(1, 3).find((value) => typeof value === 'object' && value !== null);
  return [{ ...options, ...more }, listener];
}

/** `null`: not over the network, or over a socket that was judged already. */
function targetOf(options: Record<string, unknown>, scheme: Target['scheme']): Target | null {
  const { host, port, path, socket } = options;
  if (port === undefined || (typeof path === 'string' && scheme === 'http')) return null;
  if (socket !== undefined && socket !== null) return null;
  const name = typeof host === 'string' && host !== '' ? host : 'localhost';
  return { scheme, host: name.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function refusal({ scheme, host, port }: Target): Error {
  const usual = port === (scheme === 'https' ? 443 : 80);
  const place = usual ? host : `${host}:${port}`;
  const error = new Error(
    `the test lets no Function connect to ${place}: answer it with app.network.on('GET ${scheme}://${place}/…', …), or allow it with app.network.allow('${host}')`,
  );
  return Object.assign(error, { code: 'HS_OUTBOUND_REFUSED', address: host, port });
}

/** What clients ask of a socket of TLS. */
function seemingSecure(socket: net.Socket): net.Socket {
  return Object.assign(socket, {
    encrypted: true,
    authorized: true,
    authorizationError: null,
    alpnProtocol: false,
    servername: false,
    getPeerCertificate: () => ({}),
    getCipher: () => ({
      name: 'TLS_AES_128_GCM_SHA256',
      standardName: 'TLS_AES_128_GCM_SHA256',
      version: 'TLSv1.3',
    }),
    getProtocol: () => 'TLSv1.3',
    getSession: () => undefined,
    isSessionReused: () => false,
    setServername: () => {},
  });
}
