/**
 * Who the world thinks we are: the scheme and host that a sender used, which signatures cover and `DOMAIN_NAME` shows.
 *
 * The configured public URL always wins. Without one the Host header decides, and `X-Forwarded-*` is believed only
 * when it comes from an address that `--trust-proxy` names: anybody can send these headers.
 */
import { BlockList, isIP } from 'node:net';
import { CodedError } from '../errors';

export interface PublicName {
  /** `scheme://host[:port][/prefix]`, without a trailing slash: what the request target is appended to. */
  readonly base: string;
  /** `context.DOMAIN_NAME`: the host, with its port where it has one (functions-behaviour 5). */
  readonly domainName: string;
}

/** What a request without a usable Host header gets (HTTP/1.0 has none). */
const NO_HOST = 'localhost';
const MAX_HOST_CHARACTERS = 255;

/** Throws `CodedError` (HS_USAGE) on an entry of `trustProxy` that is neither an address, a range nor a name. */
export function createOrigin(publicUrl: URL | null, trustProxy: readonly string[]): Origin {
  return new Origin(publicUrl, trustProxy);
}

export class Origin {
  readonly #fixed: PublicName | null;
  readonly #proxies: TrustedProxies | null;
  /** Nearly all requests name the same host: the last answer is kept. */
  #lastHost = '';
  #lastEncrypted = false;
  #last: PublicName = nameOf('http', NO_HOST);

  constructor(publicUrl: URL | null, trustProxy: readonly string[]) {
    this.#fixed = publicUrl === null ? null : nameOfUrl(publicUrl);
    this.#proxies = trustProxy.length === 0 ? null : new TrustedProxies(trustProxy);
  }

  /** Hot: once for each request. */
  of(
    host: string | undefined,
    remoteAddress: string | undefined,
    encrypted = false,
    xForwardedHost?: string,
    xForwardedProto?: string,
  ): PublicName {
    if (this.#fixed !== null) return this.#fixed;
    if (this.#proxies !== null && (xForwardedHost !== undefined || xForwardedProto !== undefined)) {
      if (this.#proxies.trusts(remoteAddress)) {
        const forwarded = forwardedHost(xForwardedHost) ?? host;
        return this.#direct(forwarded, forwardedEncryption(xForwardedProto) ?? encrypted);
      }
    }
    return this.#direct(host, encrypted);
  }

  #direct(host: string | undefined, encrypted: boolean): PublicName {
    if (host === this.#lastHost && encrypted === this.#lastEncrypted) return this.#last;
    const known = host !== undefined && isValidHost(host) ? host : NO_HOST;
    this.#last = nameOf(encrypted ? 'https' : 'http', known);
    this.#lastHost = host ?? '';
    this.#lastEncrypted = encrypted;
    return this.#last;
  }
}

/** Hot. Letters, digits and `. - _ : [ ]`: nothing that could end the host inside of a URL. */
export function isValidHost(host: string): boolean {
  if (host.length === 0 || host.length > MAX_HOST_CHARACTERS) return false;
  for (let at = 0; at < host.length; at++) {
    if (!isHostCharacter(host.charCodeAt(at))) return false;
  }
  return true;
}

function isHostCharacter(code: number): boolean {
  if (code >= 0x61 && code <= 0x7a) return true; // a-z
  if (code >= 0x2d && code <= 0x3a) return code !== 0x2f; // - . 0-9 : without /
  if (code >= 0x41 && code <= 0x5b) return true; // A-Z [
  return code === 0x5d || code === 0x5f; // ] _
}

/** The user information of a public URL is dropped: the vendor signs without it (functions-behaviour 9.2). */
function nameOfUrl(url: URL): PublicName {
  let prefix = url.pathname;
  while (prefix.endsWith('/')) prefix = prefix.slice(0, -1);
  return { base: `${url.protocol}//${url.host}${prefix}`, domainName: url.host };
}

function nameOf(scheme: 'http' | 'https', host: string): PublicName {
  return { base: `${scheme}://${host}`, domainName: host };
}

function forwardedHost(header: string | undefined): string | null {
  if (header === undefined) return null;
  const host = lastOfList(header);
  return isValidHost(host) ? host : null;
}

function forwardedEncryption(header: string | undefined): boolean | null {
  if (header === undefined) return null;
  const scheme = lastOfList(header).toLowerCase();
  if (scheme === 'https') return true;
  return scheme === 'http' ? false : null;
}

/** The rightmost value is the one that the trusted proxy itself added. */
function lastOfList(header: string): string {
  return header.slice(header.lastIndexOf(',') + 1).trim();
}

/** Names for ranges, as Express knows them. */
const RANGES: ReadonlyMap<string, readonly string[]> = new Map([
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['linklocal', ['169.254.0.0/16', 'fe80::/10']],
  ['uniquelocal', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
]);

class TrustedProxies {
  readonly #list = new BlockList();
  /** A proxy keeps its connections open: the last verdict is kept. */
  #lastAddress = '';
  #lastVerdict = false;

  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      for (const range of RANGES.get(entry) ?? [entry]) addRange(this.#list, range);
    }
  }

  trusts(address: string | undefined): boolean {
    if (address === undefined) return false;
    if (address !== this.#lastAddress) {
      this.#lastVerdict = this.#check(address);
      this.#lastAddress = address;
    }
    return this.#lastVerdict;
  }

  #check(address: string): boolean {
    const zone = address.indexOf('%');
    const plain = zone === -1 ? address : address.slice(0, zone);
    const family = isIP(plain);
    // An IPv4 address inside of IPv6 (::ffff:10.0.0.1) is matched by IPv4 ranges: BlockList does that itself.
    return family !== 0 && this.#list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  }
}

function addRange(list: BlockList, range: string): void {
  const slash = range.indexOf('/');
  const address = slash === -1 ? range : range.slice(0, slash);
  const family = isIP(address);
  const bits = family === 4 ? 32 : 128;
  const prefix = slash === -1 ? bits : Number(range.slice(slash + 1) || Number.NaN);
  if (family === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > bits) {
    throw new CodedError(
      'HS_USAGE',
      `--trust-proxy: "${range}" is not an address, a range such as 10.0.0.0/8, or one of ${[...RANGES.keys()].join(', ')}`,
    );
  }
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
}
