/** A served project whose requests are recorded, with its admin server, on free ports. */
import { join } from 'node:path';
import type { InvocationPage, ReplayAnswer } from '../../src/admin/api';
import { type AdminServer, startAdminServer } from '../../src/admin/server';
import type { InvocationRecord } from '../../src/model/record';
import { Expected } from '../../src/records/expected';
import { Records } from '../../src/records/records';
import { Redactor } from '../../src/records/redact';
import { recordOf } from '../../src/records/view';
import { type RawResponse, request } from './raw-http';
import { eventually, type Served, type ServeOptions, serve } from './serve';

export interface RecordedOptions extends ServeOptions {
  readonly count?: number;
  readonly bytes?: number;
  readonly consoleFolder?: string;
  readonly consoleHost?: string;
}

export interface RecordedGateway extends Served {
  readonly kept: Records;
  readonly redactor: Redactor;
  readonly admin: AdminServer;
  /** The record of the last request of this path (without query), as people see it, waiting for it. */
  recorded(path: string): Promise<InvocationRecord>;
  /** With the token. Throws where the answer is no 2xx. */
  api<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
  /** Raw, with the token unless other headers are given. */
  ask(method: string, path: string, headers?: Pairs, body?: string): Promise<RawResponse>;
}

export type Pairs = readonly (readonly [string, string])[];
export type { InvocationPage, ReplayAnswer };

export async function serveRecorded(
  files: Readonly<Record<string, string | Buffer>>,
  options: RecordedOptions = {},
): Promise<RecordedGateway> {
  const {
    count = 1_000,
    bytes = 64 * 1_048_576,
    consoleFolder,
    consoleHost = '127.0.0.1',
    ...rest
  } = options;
  const expected = new Expected();
  const kept = new Records({ count, bytes }, expected);
  const redactor = new Redactor();
  const served = await serve(
    files,
    { ...rest, keepsTraffic: true },
    { request: (record) => kept.add(record), late: (line) => kept.addLate(line) },
  );
  redactor.learn(served.platform.build.variables);
  const admin = await startAdminServer(
    { host: consoleHost, port: 0, spare: 0 },
    {
      records: kept,
      redactor,
      expected,
      gateway: {
        get build() {
          return served.platform.build;
        },
        host: '127.0.0.1',
        port: served.port,
        url: `http://localhost:${served.port}`,
        publicUrl: rest.publicUrl ?? null,
        trustProxy: rest.trustProxy ?? [],
        checkSignatures: rest.checkSignatures ?? true,
      },
      version: '0.0.0',
      settings: () => ({ options: [], variables: [] }),
      consoleFolder: consoleFolder ?? join(served.project.path, 'no-console'),
    },
  );
  const ask = (method: string, path: string, headers?: Pairs, body?: string) => {
    const known: Pairs = headers ?? [['Authorization', `Bearer ${admin.token}`]];
    const typed: Pairs = body === undefined ? known : [['Content-Type', 'application/json'], ...known];
    const host: Pairs = known.some(([name]) => name === 'Host') ? [] : [['Host', `localhost:${admin.port}`]];
    return request(admin.port, { method, path, headers: [...host, ...typed], body: body ?? null });
  };
  return {
    ...served,
    kept,
    redactor,
    admin,
    recorded: async (path) => {
      await served.record(path);
      return eventually(() => findLast(kept, path, redactor));
    },
    ask,
    api: async <T>(method: string, path: string, body?: unknown) => {
      const response = await ask(
        method,
        path,
        undefined,
        body === undefined ? undefined : JSON.stringify(body),
      );
      if (response.status >= 300) throw new Error(`${response.status} ${response.text()}`);
      return (response.status === 204 ? null : JSON.parse(response.text())) as T;
    },
    close: async () => {
      await admin.close();
      await served.close();
    },
  };
}

function findLast(kept: Records, path: string, redactor: Redactor): InvocationRecord | undefined {
  for (let number = kept.seen; number > 0; number--) {
    const found = kept.at(number);
    if (found === null) return undefined;
    if (found.record.target.split('?')[0] === path) return recordOf(found, redactor);
  }
  return undefined;
}
