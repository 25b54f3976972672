import { ERRORS } from '../errors';
import type { AssetResource, Build, BuildProblem, FunctionResource } from '../model/build';
import type { ConsoleLine, LateLine, RequestRecord } from '../model/invocation';
import type { Reload } from '../model/reload';
import { firstTry } from './first-try';
import { IsoClock } from './iso-clock';
import { LEVEL, levelOfRequest, vendorCodeOf } from './level';
import type { Listening, Log, NoticeLevel } from './log';
import type { Sink } from './sink';
import { jsonText } from './untrusted';

/** A checkout of another branch may change thousands of files. */
const MOST_CHANGED = 20;

/**
 * One JSON object per line, for tools. Lines are put together by hand: one request costs 0.3 us, 0.7 us
 * with its part of the batch that is written. The fields stand in `fields.ts`.
 */
export class JsonLog implements Log {
  readonly #sink: Sink;
  readonly #level: number;
  readonly #clock = new IsoClock();

  constructor(sink: Sink, level: number) {
    this.#sink = sink;
    this.#level = level;
  }

  listening({ build, url, publicUrl, checkSignatures, console }: Listening): void {
    const first = firstTry(build, url, checkSignatures);
    const curl = first.kind === 'curl' ? jsonText(first.command) : 'null';
    // Without the ticket: logs are kept, and read by others. `hookswitch console` prints a link.
    const consoleUrl = console === null ? null : new URL(console).origin;
    const members = `"url":${jsonText(url)},"publicUrl":${textOrNull(publicUrl)},"consoleUrl":${textOrNull(consoleUrl)},${buildMembers(build, publicUrl ?? url)},"try":${curl}`;
    this.#say('info', 'listening', members);
    this.#problems(build.problems);
    // Whoever waits for this line is waiting now.
    this.#sink.flush();
  }

  /** Hot: once for each request. */
  request(record: RequestRecord): void {
    const level = levelOfRequest(record);
    // When the response had been sent: no clock is asked once more.
    const time = this.#clock.text(record.startedAt + record.durationMs);
    if (LEVEL[level] >= this.#level) this.#sink.write(requestLine(record, level, time));
    if (record.console.length > 0) this.#console(record, time);
  }

  #console(record: RequestRecord, time: string): void {
    const id = `"requestId":"${record.id}","resource":${textOrNull(record.resource)}`;
    for (const line of record.console) {
      if (LEVEL[line.level] >= this.#level) this.#sink.write(consoleLine(time, line, id));
    }
  }

  late({ requestId, resource, level, text }: LateLine): void {
    const members = `"requestId":${textOrNull(requestId)},"resource":${jsonText(resource)},"console":true,"late":true`;
    if (LEVEL[level] >= this.#level) this.#sink.write(line(now(), level, text, members));
  }

  reloaded(build: Build, problem: string | null, reload: Reload): void {
    if (problem === null) {
      this.#say('info', 'reloaded', `"build":${jsonText(build.id)},${reloadMembers(reload)}`);
      this.#problems(build.problems);
    } else {
      this.#say('error', 'not reloaded', `"detail":${jsonText(problem)}`);
    }
  }

  notice(level: NoticeLevel, message: string): void {
    this.#say(level, message, '');
  }

  close(): Promise<void> {
    return this.#sink.close();
  }

  #problems(problems: readonly BuildProblem[]): void {
    for (const { file, message } of problems) {
      this.#say('warn', 'problem', `"file":${jsonText(file)},"detail":${jsonText(message)}`);
    }
  }

  #say(level: NoticeLevel, message: string, members: string): void {
    if (LEVEL[level] >= this.#level) this.#sink.write(line(now(), level, message, members));
  }
}

/** Hot. */
function requestLine(record: RequestRecord, level: NoticeLevel, time: string): string {
  const { id, method, target, status, contentType, resource } = record;
  const duration = Math.round(record.durationMs * 100) / 100;
  return `{"time":"${time}","level":"${level}","msg":"request","requestId":"${id}","method":${jsonText(method)},${targetMembers(target)},"status":${status},"contentType":${textOrNull(contentType)},"durationMs":${duration},"resource":${textOrNull(resource)}${failureMembers(record)}}\n`;
}

function targetMembers(target: string): string {
  const question = target.indexOf('?');
  if (question === -1) return `"path":${jsonText(target)}`;
  return `"path":${jsonText(target.slice(0, question))},"query":${jsonText(target.slice(question + 1))}`;
}

function failureMembers(record: RequestRecord): string {
  const dropped = record.consoleDropped === 0 ? '' : `,"consoleDroppedBytes":${record.consoleDropped}`;
  if (record.error === null) return dropped;
  const { text, fix } = ERRORS[record.error];
  return `${dropped},"error":"${record.error}","vendorCode":${vendorCodeOf(record)},"reason":${jsonText(text)},"detail":${textOrNull(record.detail)},"fix":${jsonText(fix)}`;
}

function consoleLine(time: string, { level, text }: ConsoleLine, id: string): string {
  return line(time, level, text, `${id},"console":true`);
}

function reloadMembers({ durationMs, changed, reached }: Reload): string {
  const names = changed.slice(0, MOST_CHANGED).map(jsonText).join(',');
  return `"durationMs":${Math.round(durationMs * 100) / 100},"changed":[${names}],"changedFiles":${changed.length},"reached":${reached}`;
}

function buildMembers(build: Build, base: string): string {
  const functions = build.functions.map((resource) => resourceObject(resource, base)).join(',');
  const assets = build.assets.map((resource) => resourceObject(resource, base)).join(',');
  return `"build":${jsonText(build.id)},"functions":[${functions}],"assets":[${assets}]`;
}

function resourceObject({ path, visibility, name }: FunctionResource | AssetResource, base: string): string {
  const url = visibility === 'private' ? null : base + path;
  return `{"path":${jsonText(path)},"visibility":"${visibility}","file":${jsonText(name)},"url":${textOrNull(url)}}`;
}

function line(time: string, level: string, message: string, members: string): string {
  const more = members === '' ? '' : `,${members}`;
  return `{"time":"${time}","level":"${level}","msg":${jsonText(message)}${more}}\n`;
}

function textOrNull(text: string | null): string {
  return text === null ? 'null' : jsonText(text);
}

function now(): string {
  return new Date().toISOString();
}
