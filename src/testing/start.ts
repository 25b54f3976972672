import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { startPlatform } from '../platform';
import type { ProcessSupply } from '../pool/supply';
import { INSTANCE_LIMITS, type InlineFiles, platformOptions, type StartOptions } from './options';
import { Outbound } from './outbound/outbound';
import { TestProject } from './project';
import { TestRecords } from './records';
import type { ParseJson } from './response';
import { type Place, Workshop } from './workshop';

/** The one thing that outlives a project: see there. It closes by itself. */
const WORKSHOP = new Workshop();

/** See `index.ts`. `parseJson`: for bodies of answers. */
export async function startProject(
  source: string | InlineFiles,
  options: StartOptions,
  parseJson: ParseJson,
): Promise<TestProject> {
  const place = WORKSHOP.enter();
  const id = randomBytes(8).toString('hex');
  const end = (): Promise<void> => {
    place.outbound.remove(id);
    return WORKSHOP.leave(place);
  };
  try {
    const root = typeof source === 'string' ? resolve(source) : place.folder.write(source);
    return await serve({ id, root, options, parseJson }, place, end);
  } catch (error) {
    await end();
    throw error;
  }
}

interface Wanted {
  readonly id: string;
  readonly root: string;
  readonly options: StartOptions;
  readonly parseJson: ParseJson;
}

async function serve(
  { id, root, options, parseJson }: Wanted,
  place: Place,
  end: () => Promise<void>,
): Promise<TestProject> {
  const settings = platformOptions(root, options);
  const records = new TestRecords();
  const { network = 'refuse', cassette } = options;
  const outbound = new Outbound({ network, cassette, folder: place.folder.path, redactor: records.redactor });
  const hook = { rulesFile: outbound.rulesFile, project: id, port: await place.outbound.port() };
  place.outbound.add(id, outbound);
  const platform = await startPlatform({ ...settings, ...supplyFor(root, options), outbound: hook }, records);
  const publicUrl = settings.publicUrl?.href.replace(/\/$/, '') ?? null;
  records.redactor.learn(platform.build.variables);
  return new TestProject({
    parseJson,
    platform,
    records,
    outbound,
    options,
    timeoutMs: settings.timeoutMs,
    publicUrl,
    end,
  });
}

/** Processes in reserve have the usual limits. */
function supplyFor(root: string, options: StartOptions): { readonly supply?: ProcessSupply } {
  const names = Object.keys(INSTANCE_LIMITS) as (keyof typeof INSTANCE_LIMITS)[];
  return names.every((name) => options[name] === undefined) ? { supply: WORKSHOP.supplyFor(root) } : {};
}
