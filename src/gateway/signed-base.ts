/** Which scheme, host, port and prefix the sender may have called, and what is to blame that another was checked. */
import type { IncomingHttpHeaders } from 'node:http';
import { clip } from './clip';
import { isValidHost } from './origin';
import type { SignatureFailure } from './search-signature';
import { checked, likely, type Variant } from './signature-variant';

const MOST_HOSTS = 8;

export function baseVariants(failure: SignatureFailure): readonly Variant<string>[] {
  const { base } = failure.request;
  const variants = [checked(base)];
  const known = new Set([base]);
  for (const value of basesNamed(failure)) {
    if (!known.has(value)) variants.push(likely(value, hintOfBase(failure, value)));
    known.add(value);
  }
  return variants;
}

/** One line for each part of the URL that differs: which header or port made it so. */
export function blameOfBase(failure: SignatureFailure, signed: string): readonly string[] {
  const ours = new URL(failure.request.base);
  const theirs = new URL(signed);
  const lines = [];
  if (ours.protocol !== theirs.protocol) lines.push(blameOfScheme(failure, ours, theirs));
  if (ours.hostname !== theirs.hostname) lines.push(blameOfHost(failure, ours, theirs));
  else if (ours.port !== theirs.port) lines.push(blameOfPort(failure, ours, theirs));
  if (ours.pathname !== theirs.pathname) lines.push(blameOfPrefix(ours, theirs));
  return lines;
}

export function listOf(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  return String(header)
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

// --- which ones

function basesNamed(failure: SignatureFailure): readonly string[] {
  const { pathname } = new URL(failure.request.base);
  const prefixes = pathname === '/' ? [''] : [pathname, ''];
  const others = hostsNamed(failure).flatMap((host) =>
    [`https://${host}`, `http://${host}`].flatMap((origin) => prefixes.map((end) => origin + end)),
  );
  return [...baseCalled(failure), ...others];
}

/** What stands before the target in the URL that somebody says was called. */
function baseCalled({ calledUrl, request }: SignatureFailure): readonly string[] {
  if (calledUrl === undefined || calledUrl === null) return [];
  if (calledUrl.endsWith(request.target)) return [calledUrl.slice(0, -request.target.length)];
  return [new URL(calledUrl).origin];
}

function hostsNamed({ request, headers }: SignatureFailure): readonly string[] {
  const ours = new URL(request.base).host;
  const forwarded = listOf(headers['x-forwarded-host']);
  const port = listOf(headers['x-forwarded-port']).at(-1);
  const withPort = port === undefined ? [] : [`${forwarded.at(-1) ?? headers.host ?? ours}:${port}`];
  const others = [...listOf(headers['x-original-host']), ...hostsOfForwarded(headers.forwarded), ...withPort];
  const hosts = [ours, headers.host ?? '', ...forwarded, ...others];
  return hosts.filter((host) => isValidHost(host) && URL.canParse(`http://${host}`)).slice(0, MOST_HOSTS);
}

/** RFC 7239: `for=…;host="example.com";proto=https, …` */
function hostsOfForwarded(header: string | undefined): string[] {
  const pairs = (header ?? '').split(/[;,]/).map((pair) => pair.trim());
  return pairs
    .filter((pair) => pair.toLowerCase().startsWith('host='))
    .map((pair) => pair.slice(5).replaceAll('"', ''));
}

// --- what to do

function hintOfBase(failure: SignatureFailure, base: string): string {
  const remedy = failure.publicUrl
    ? `The public URL is ${failure.request.base}, but the sender called ${base}: start with --public-url ${base}, or correct the URL at the sender.`
    : `The sender called ${base}: start with --public-url ${base}`;
  if (failure.publicUrl) return remedy;
  const proxy = trustedName(failure, base);
  return proxy === null
    ? `${remedy}.`
    : `${remedy}, or with --trust-proxy ${proxy} (its X-Forwarded headers say so).`;
}

/** What `--trust-proxy` must name for the forwarded headers to lead to `base`; `null` where they do not. */
function trustedName({ headers, remoteAddress }: SignatureFailure, base: string): string | null {
  const host = listOf(headers['x-forwarded-host']).at(-1);
  const scheme = schemeForwarded(headers);
  if (remoteAddress === undefined || (host === undefined && scheme === undefined)) return null;
  if (base !== `${scheme ?? 'http'}://${host ?? headers.host}`) return null;
  const address = plainAddress(remoteAddress);
  return address.startsWith('127.') || address === '::1' ? 'loopback' : address;
}

function schemeForwarded(headers: IncomingHttpHeaders): string | undefined {
  return listOf(headers['x-forwarded-proto']).at(-1)?.toLowerCase();
}

function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

// --- who is to blame

function blameOfScheme(failure: SignatureFailure, ours: URL, theirs: URL): string {
  const what = `Scheme: ${schemeOf(theirs)} was signed, ${schemeOf(ours)} was checked`;
  if (failure.publicUrl) return `${what}, as --public-url says.`;
  const forwarded = schemeForwarded(failure.headers);
  if (forwarded === undefined) {
    return `${what}: no X-Forwarded-Proto header came, so whatever ends TLS in front does not say that the sender used ${schemeOf(theirs)}.`;
  }
  return forwarded === schemeOf(theirs)
    ? `${what}: X-Forwarded-Proto says ${clip(forwarded, 40)}, but ${whyNotBelieved(failure)}.`
    : `${what}: X-Forwarded-Proto says ${clip(forwarded, 40)}.`;
}

function blameOfHost(failure: SignatureFailure, ours: URL, theirs: URL): string {
  const what = `Host: ${theirs.host} was signed, ${ours.host} was checked`;
  if (failure.publicUrl) return `${what}, as --public-url says.`;
  const { headers } = failure;
  const forwarded = listOf(headers['x-forwarded-host']).at(-1);
  if (forwarded === theirs.host) {
    return `${what}: X-Forwarded-Host says ${clip(forwarded)}, but ${whyNotBelieved(failure)}.`;
  }
  const named = namesHost(headers, theirs.host);
  if (named !== null) return `${what}: the ${named} header says ${theirs.host}, which is never believed.`;
  return forwarded === undefined
    ? `${what}: the Host header that came is ${clip(headers.host ?? 'missing')} and no X-Forwarded-Host says another; a proxy in front should keep the Host header.`
    : `${what}: X-Forwarded-Host says ${clip(forwarded)}.`;
}

function namesHost(headers: IncomingHttpHeaders, host: string): string | null {
  if (listOf(headers['x-original-host']).includes(host)) return 'X-Original-Host';
  return hostsOfForwarded(headers.forwarded).includes(host) ? 'Forwarded' : null;
}

function blameOfPort(failure: SignatureFailure, ours: URL, theirs: URL): string {
  const what = `Port: ${portOf(theirs)} was signed, ${portOf(ours)} was checked`;
  if (failure.publicUrl) return `${what}, as --public-url says.`;
  const forwarded = listOf(failure.headers['x-forwarded-port']).at(-1);
  if (forwarded !== undefined && forwarded === theirs.port) {
    return `${what}: X-Forwarded-Port says ${clip(forwarded, 10)}, which is never believed.`;
  }
  return `${what}: the Host header that came is ${clip(failure.headers.host ?? 'missing')}; a proxy in front should keep it, port included.`;
}

function blameOfPrefix(ours: URL, theirs: URL): string {
  return theirs.pathname === '/'
    ? `Path: the public URL puts ${clip(ours.pathname)} before each path, which the sender did not call.`
    : `Path: ${clip(theirs.pathname)} stands before the path that came: a proxy in front removes it.`;
}

function whyNotBelieved({ remoteAddress }: SignatureFailure): string {
  return remoteAddress === undefined
    ? 'no --trust-proxy names the proxy that sent it'
    : `it comes from ${plainAddress(remoteAddress)}, which no --trust-proxy names`;
}

function schemeOf(url: URL): string {
  return url.protocol.slice(0, -1);
}

function portOf(url: URL): string {
  if (url.port !== '') return url.port;
  return url.protocol === 'https:' ? '443 (of https)' : '80 (of http)';
}
