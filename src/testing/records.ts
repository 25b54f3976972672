/** What the platform told while a test runs. */
import { setTimeout } from 'node:timers';
import { CodedError } from '../errors';
import type { ConsoleLevel, LateLine, RequestRecord } from '../model/invocation';
import type { PlatformEvents } from '../platform';

export interface LogLine {
  /** File of the Function, or `null` where no Function wrote it. */
  readonly resource: string | null;
  readonly requestId: string | null;
  readonly level: ConsoleLevel;
  readonly text: string;
}

/** A record is made right after its answer was sent. */
const RECORD_MS = 2_000;

export class Records implements PlatformEvents {
  readonly all: RequestRecord[] = [];
  readonly #late: LateLine[] = [];
  readonly notices: string[] = [];
  readonly #waiting = new Map<string, (record: RequestRecord) => void>();

  /** What Functions wrote, in the order of their requests; then what came after the answers. */
  get lines(): readonly LogLine[] {
    const written = this.all.flatMap(({ id, resource, console }) =>
      console.map(({ level, text }) => ({ resource, requestId: id, level, text })),
    );
    return [...written, ...this.#late];
  }

  /** The record of this id, also where it comes in a moment. */
  find(id: string): Promise<RequestRecord> {
    const known = this.all.findLast((record) => record.id === id);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.delete(id);
        reject(new CodedError('HS_INTERNAL', `request ${id} left no record`));
      };
      const timer = setTimeout(giveUp, RECORD_MS);
      this.#waiting.set(id, (record) => {
        clearTimeout(timer);
        resolve(record);
      });
    });
  }

  // --- the platform tells

  request(record: RequestRecord): void {
    this.all.push(record);
    this.#waiting.get(record.id)?.(record);
    this.#waiting.delete(record.id);
  }

  late(line: LateLine): void {
    this.#late.push(line);
  }

  /** A test changes no file of a project while it runs. */
  reloaded(): void {}

  notice(_level: string, message: string): void {
    this.notices.push(message);
  }
}
