/** Puts a server under load and reads what was seen. Only ever 127.0.0.1, for a few seconds. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A request as it goes over the wire; all texts are ASCII. */
export interface WireRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Requests {
  readonly port: number;
  /** Sent in turn, each time from the first one on. */
  readonly requests: readonly WireRequest[];
  readonly connections: number;
  readonly seconds: number;
}

/** A closed loop: each connection waits for its answer, with `wrk`. */
export interface Load extends Requests {
  /** Mean of a random (exponential) pause before each request of a connection, ms; 0: as fast as answers come. */
  readonly pauseMs: number;
}

/** An open loop: requests are due at a constant rate, whether answers come or not. */
export interface ConstantRate extends Requests {
  readonly perSecond: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Answers with a status of 400 and above, broken connections, and answers that took over 15 s. */
  readonly errors: number;
  /** Answers with the status 429; part of `errors`. */
  readonly refused: number;
}

export class WrkMissing extends Error {
  constructor() {
    super('wrk is not installed; on Debian and Ubuntu: apt-get install wrk');
  }
}

export async function applyLoad(load: Load): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hookswitch-load-'));
  try {
    const script = join(folder, 'load.lua');
    writeFileSync(script, scriptOf(load));
    return resultOf(await runWrk(load, script));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function applyConstantRate(load: ConstantRate): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hookswitch-load-'));
  try {
    const file = join(folder, 'load.json');
    writeFileSync(file, JSON.stringify(load));
    return JSON.parse(await run(process.execPath, [CONSTANT_RATE, file])) as LoadResult;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CONSTANT_RATE = join(__dirname, '..', 'programs', 'constant-rate.js');

function runWrk({ port, connections, seconds }: Load, script: string): Promise<string> {
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '15s', '-s', script];
  return run('wrk', [...options, `http://127.0.0.1:${port}`]);
}

/** What it printed. */
function run(program: string, argv: readonly string[]): Promise<string> {
  const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new WrkMissing() : error);
    });
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ended with ${code}`));
    });
  });
}

/** The last line is ours; all times in it are microseconds. */
function resultOf(output: string): LoadResult {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const seen = JSON.parse(line) as Record<
    'requests' | 'took' | 'p50' | 'p99' | 'max' | 'errors' | 'refused',
    number
  >;
  return {
    perSecond: seen.requests / (seen.took / 1e6),
    requests: seen.requests,
    p50Ms: seen.p50 / 1000,
    p99Ms: seen.p99 / 1000,
    maxMs: seen.max / 1000,
    errors: seen.errors,
    refused: seen.refused,
  };
}

/**
 * Requests are made once, before the load begins. Refused answers are only counted where they may be expected:
 * looking at each answer costs wrk a third of its speed.
 */
function scriptOf({ requests, pauseMs, connections }: Load): string {
  const lines = requests.map(
    ({ method, target, headers, body }) =>
      `  requests[#requests + 1] = wrk.format(${quote(method)}, ${quote(target)}, ${tableOf(headers)}, ${quote(body)})`,
  );
  return [
    'local requests, at, threads = {}, 0, {}',
    'refused = 0',
    'function setup(thread) threads[#threads + 1] = thread end',
    'function init(args)',
    ...lines,
    'end',
    'function request()',
    '  at = at % #requests + 1',
    '  return requests[at]',
    'end',
    pauseMs > 0
      ? `function delay() return math.floor(-math.log(1 - math.random()) * ${pauseMs} + 0.5) end`
      : '',
    connections > 64 ? 'function response(status) if status == 429 then refused = refused + 1 end end' : '',
    'function done(summary, latency)',
    '  local e = summary.errors',
    '  local errors = e.connect + e.read + e.write + e.status + e.timeout',
    '  local refusedOfAll = 0',
    '  for _, thread in ipairs(threads) do refusedOfAll = refusedOfAll + thread:get("refused") end',
    `  io.write(string.format('\\n{"requests":%d,"took":%d,"p50":%d,"p99":%d,"max":%d,"errors":%d,"refused":%d}\\n',`,
    '    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max, errors,',
    '    refusedOfAll))',
    'end',
  ].join('\n');
}

function tableOf(headers: Readonly<Record<string, string>>): string {
  const members = Object.entries(headers).map(([name, value]) => `[${quote(name)}] = ${quote(value)}`);
  return `{ ${members.join(', ')} }`;
}

/** Of ASCII text without control characters, a JSON string is a Lua string too. */
function quote(text: string): string {
  return JSON.stringify(text);
}
