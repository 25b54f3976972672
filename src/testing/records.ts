/** What the platform told while a test runs. */
import { setTimeout } from 'node:timers';
import { CodedError } from '../errors';
import type { ConsoleLevel, ConsoleLine, LateLine, RequestRecord } from '../model/invocation';
import type { InvocationRecord } from '../model/record';
import type { PlatformEvents } from '../platform';
import type { Kept } from '../records/records';
import { Redactor } from '../records/redact';
import { recordOf } from '../records/view';

export interface LogLine {
  /** File of the Function, or `null` where no Function wrote it. */
  readonly resource: string | null;
  readonly requestId: string | null;
  readonly level: ConsoleLevel;
  readonly text: string;
}

interface TestKept extends Kept {
  late: ConsoleLine[] | null;
}

/** A record is made right after its answer was sent. */
const RECORD_MS = 2_000;

export class TestRecords implements PlatformEvents {
  readonly redactor = new Redactor();
  readonly notices: string[] = [];
  readonly #kept: TestKept[] = [];
  readonly #late: LateLine[] = [];
  readonly #waiting = new Map<string, (kept: Kept) => void>();

  /** Made when somebody looks: lines that come after an answer belong to it too. */
  get all(): readonly InvocationRecord[] {
    return this.#kept.map((kept) => recordOf(kept, this.redactor));
  }

  /** What Functions wrote, in the order of their requests; then what came after the answers. */
  get lines(): readonly LogLine[] {
    const written = this.#kept.flatMap(({ record: { id, resource, console } }) =>
      console.map(({ level, text }) => ({ resource, requestId: id, level, text })),
    );
    return [...written, ...this.#late];
  }

  /** The record of this id, also where it comes in a moment. */
  async find(id: string): Promise<InvocationRecord> {
    const kept = this.#kept.findLast(({ record }) => record.id === id) ?? (await this.#next(id));
    return recordOf(kept, this.redactor);
  }

  #next(id: string): Promise<Kept> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.delete(id);
        reject(new CodedError('HS_INTERNAL', `request ${id} left no record`));
      };
      const timer = setTimeout(giveUp, RECORD_MS);
      this.#waiting.set(id, (kept) => {
        clearTimeout(timer);
        resolve(kept);
      });
    });
  }

  // --- the platform tells

  request(record: RequestRecord): void {
    const kept: TestKept = { record, number: this.#kept.length + 1, late: null, replayOf: null };
    this.#kept.push(kept);
    this.#waiting.get(record.id)?.(kept);
    this.#waiting.delete(record.id);
  }

  late(line: LateLine): void {
    this.#late.push(line);
    const kept = this.#kept.findLast(({ record }) => record.id === line.requestId);
    if (kept === undefined) return;
    kept.late ??= [];
    kept.late.push({ level: line.level, text: line.text });
  }

  /** A test changes no file of a project while it runs. */
  reloaded(): void {}

  notice(_level: string, message: string): void {
    this.notices.push(message);
  }
}
