/** What is kept of requests while the program runs, and who may look: the records, their file, the console. */
import { join } from 'node:path';
import { type Announcement, announce, announcementFolder } from '../admin/announcement';
import type { SettingsInfo } from '../admin/api';
import type { AdminServer } from '../admin/server';
import { printPublicUrl } from '../config/public-url';
import type { RecordsOptions } from '../config/read';
import type { Environment } from '../config/sources';
import type { Build } from '../model/build';
import type { Platform, PlatformEvents, PlatformOptions } from '../platform';
import { Expected } from '../records/expected';
import { RecordFile } from '../records/record-file';
import { Records } from '../records/records';
import { Redactor } from '../records/redact';
import type { Log } from '../telemetry/log';
import { versionText } from './version';

export interface RecordingOptions {
  readonly records: RecordsOptions;
  readonly platform: PlatformOptions;
  readonly environment: Environment;
  /** Somebody reads the log as it comes. */
  readonly isTerminal: boolean;
  readonly settings: () => SettingsInfo;
}

/** Of a save, for the console. */
const SHOWN_FILES = 3;

/** Whether a console is started: where people develop, or where it was asked for. */
export function wantsConsole({ records, platform, isTerminal }: RecordingOptions): boolean {
  return records.console ?? (isTerminal && platform.live && !platform.production);
}

export class Recording {
  readonly hasConsole: boolean;
  readonly #expected = new Expected();
  readonly #redactor = new Redactor();
  readonly #records: Records;
  readonly #file: RecordFile | null;
  #server: AdminServer | null = null;
  #takeBack: () => void = () => {};

  /** Throws `CodedError` (HS_RECORD_FILE). */
  constructor(
    private readonly options: RecordingOptions,
    private readonly log: Log,
  ) {
    const { records } = options;
    this.hasConsole = wantsConsole(options);
    // What is only written to a file need not be kept any longer.
    const bounds = this.hasConsole ? records : { count: 0, bytes: 0 };
    this.#records = new Records(bounds, this.#expected);
    this.#file = records.file === null ? null : new RecordFile(records.file, this.#records, this.#redactor);
  }

  /** Whether there is anything to keep at all. */
  get isOn(): boolean {
    return this.hasConsole || this.#file !== null;
  }

  /** Those that are written. */
  get files(): readonly string[] {
    const { file } = this.options.records;
    return file === null ? [] : [file, `${file}.1`];
  }

  /** What the platform tells goes into the log, and from there on to the records. */
  get events(): PlatformEvents {
    if (!this.isOn) return this.log;
    return {
      request: (record) => {
        this.log.request(record);
        this.#records.add(record);
      },
      late: (line) => {
        this.log.late(line);
        this.#records.addLate(line);
      },
      reloaded: (build, problem, reload) => {
        this.log.reloaded(build, problem, reload);
        this.#redactor.learn(build.variables);
        this.#server?.tell({
          type: 'reloaded',
          build: build.id,
          problem: problem === null ? null : this.#redactor.text(problem),
          durationMs: reload.durationMs,
          changed: reload.changed.slice(0, SHOWN_FILES),
          changedCount: reload.changed.length,
          reached: reload.reached,
        });
      },
      notice: (level, message) => {
        this.log.notice(level, message);
        this.#server?.tell({ type: 'notice', level, message: this.#redactor.text(message) });
      },
    };
  }

  /** Before the first request is taken: its records must not show what this build keeps secret. */
  learn({ variables }: Build): void {
    this.#redactor.learn(variables);
  }

  /** Resolves with a link that opens the console, or `null` where there is none. Throws `CodedError`. */
  async open(platform: Platform, url: string): Promise<string | null> {
    this.learn(platform.build);
    if (!this.hasConsole) return null;
    const { records, environment, settings } = this.options;
    const { host, port, sparePorts: spare } = records;
    const { publicUrl } = this.options.platform;
    // Where there is no console, none of it is loaded.
    const { startAdminServer } = await import('../admin/server.js');
    this.#server = await startAdminServer(
      { host, port, spare },
      {
        records: this.#records,
        redactor: this.#redactor,
        expected: this.#expected,
        gateway: new GatewayView(platform, this.options.platform, url),
        version: versionText(),
        settings,
        consoleFolder: join(__dirname, '..', 'console'),
      },
    );
    this.#announce(announcementFolder(environment), {
      pid: process.pid,
      consoleUrl: this.#server.url,
      url,
      publicUrl: publicUrl === null ? null : printPublicUrl(publicUrl),
      root: platform.build.root,
      version: versionText(),
      token: this.#server.token,
    });
    return this.#server.issueLink();
  }

  async close(): Promise<void> {
    this.#takeBack();
    this.#takeBack = () => {};
    await Promise.all([this.#server?.close(), this.#file?.close()]);
  }

  /** Without it the console works; only commands do not find it. */
  #announce(folder: string, announcement: Announcement): void {
    try {
      this.#takeBack = announce(folder, announcement);
    } catch (error) {
      this.log.notice('warn', error instanceof Error ? error.message : String(error));
    }
  }
}

/** A gateway with what is kept of its requests: both live as long as the program. */
export class Recorded {
  constructor(
    private readonly platform: Platform,
    private readonly recording: Recording,
  ) {}

  /** The last requests are recorded too. */
  async close(): Promise<void> {
    await this.platform.close();
    await this.recording.close();
  }

  closeNow(): void {
    this.platform.closeNow();
    void this.recording.close();
  }
}

class GatewayView {
  readonly host: string;
  readonly publicUrl: URL | null;
  readonly trustProxy: readonly string[];
  readonly checkSignatures: boolean;

  constructor(
    private readonly platform: Platform,
    { host, publicUrl, trustProxy, checkSignatures }: PlatformOptions,
    readonly url: string,
  ) {
    this.host = host;
    this.publicUrl = publicUrl;
    this.trustProxy = trustProxy;
    this.checkSignatures = checkSignatures;
  }

  get build(): Build {
    return this.platform.build;
  }

  get port(): number {
    return this.platform.port;
  }
}
