/** What the admin server is about: the records, and the gateway that they come from. */
import type { Build } from '../model/build';
import type { Expected } from '../records/expected';
import type { Records } from '../records/records';
import type { Redactor } from '../records/redact';
import type { SettingsInfo } from './api';

export interface AdminParts {
  readonly records: Records;
  readonly redactor: Redactor;
  readonly expected: Expected;
  readonly gateway: ServedGateway;
  readonly version: string;
  readonly settings: () => SettingsInfo;
  /** Files of the console. */
  readonly consoleFolder: string;
}

/** As it is at the moment. */
export interface ServedGateway {
  readonly build: Build;
  readonly host: string;
  readonly port: number;
  /** As people type it: `http://localhost:3000`. */
  readonly url: string;
  readonly publicUrl: URL | null;
  readonly trustProxy: readonly string[];
  readonly checkSignatures: boolean;
}
