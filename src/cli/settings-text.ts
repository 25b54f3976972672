import type { Setting } from '../admin/api';
import type { Colours } from '../telemetry/colours';
import { terminalText } from '../telemetry/untrusted';
import type { ConfigReport } from './config';

/** What `hookswitch config` shows to people: one line for each value. Ends with a line break. */
export function settingsText(report: ConfigReport, colours: Colours): string {
  const { root, configurationFile, options, variables } = report;
  const sections = [
    table(
      [
        ['Project', root, ''],
        ['Configuration file', configurationFile ?? 'none', ''],
      ],
      colours,
    ),
    section('Options', options, colours),
    section('Variables of Functions', variables, colours),
  ];
  return `${sections.join('\n\n')}\n`;
}

type Row = readonly [name: string, value: string, source: string];

function section(heading: string, settings: readonly Setting[], colours: Colours): string {
  const rows = settings.map((setting): Row => [setting.name, setting.value, sourceText(setting)]);
  const body = rows.length === 0 ? '  none' : table(rows, colours, '  ');
  return `${colours.bold(heading)}\n${body}`;
}

/** `--port (over .twilioserverlessrc: port = 3000)` */
function sourceText({ source, over }: Setting): string {
  if (over.length === 0) return source;
  return `${source} (over ${over.map((other) => `${other.source} = ${other.value}`).join(', ')})`;
}

/** A value that is longer than its column pushes what follows to the right. */
const WIDEST_VALUE = 34;

function table(rows: readonly Row[], colours: Colours, indent = ''): string {
  const safe = rows.map((row) => row.map(terminalText));
  const names = Math.max(...safe.map(([name = '']) => name.length));
  const values = Math.min(WIDEST_VALUE, Math.max(...safe.map(([, value = '']) => value.length)));
  return safe
    .map(([name = '', value = '', source = '']) => {
      const isDefault = source === 'default';
      const left = `${indent}${name.padEnd(names)}  `;
      if (source === '') return left + value;
      const right = `${value.padEnd(values)}  ${source}`;
      return left + (isDefault ? colours.dim(right) : right);
    })
    .join('\n');
}
