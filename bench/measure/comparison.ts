import type { Answer } from './question';
import type { Figures } from './rounds';
import { formatNumber, formatRatio } from './table';

const COLUMNS = ['contender', 'requests/s', 'x bare', 'CPU ms/1,000', 'x bare', 'p50 ms', 'p99 ms', 'errors'];

/** The table of most questions: each contender beside the first one, which is `bare`. */
export function compareWithFirst(all: readonly Figures[]): Answer {
  const [bare] = all;
  if (bare === undefined) throw new RangeError('there is nothing to compare with');
  const rows = all.map((figures) => [
    figures.name,
    formatNumber(figures.perSecond),
    formatRatio(figures.perSecond, bare.perSecond),
    formatNumber(figures.cpuMsPerThousand),
    formatRatio(figures.cpuMsPerThousand, bare.cpuMsPerThousand),
    formatNumber(figures.p50Ms),
    formatNumber(figures.p99Ms),
    String(figures.errors),
  ]);
  return { table: { columns: COLUMNS, rows }, notes: noteLoudRounds(all) };
}

export function noteLoudRounds(all: readonly Figures[]): string[] {
  return all
    .filter(({ loudRounds }) => loudRounds > 0)
    .map(
      ({ name, loudRounds }) =>
        `${name}: others used the machine during ${loudRounds} of its rounds; repeat it.`,
    );
}
