import type { Finding } from '../check/finding';
import type { Colours } from '../telemetry/colours';
import { terminalText } from '../telemetry/untrusted';
import type { CheckReport } from './check';

/** What `hookswitch check` shows to people. Ends with a line break. */
export function findingsText(report: CheckReport, colours: Colours): string {
  const blocks = [
    ...report.findings.map((finding) => findingText(finding, colours)),
    summaryText(report, colours),
  ];
  return `${blocks.join('\n')}\n`;
}

/** `functions/a.js:3:5 error …`: terminals and editors make a link of the place. */
function findingText({ file, line, column, severity, reason, fix, rule }: Finding, colours: Colours): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  const word = severity === 'error' ? colours.red('error') : colours.yellow('warning');
  return [
    `${colours.bold(terminalText(place))} ${word} ${terminalText(reason)} ${colours.dim(rule)}`,
    `  ${terminalText(fix)}`,
    '',
  ].join('\n');
}

function summaryText({ checked, errors, warnings }: CheckReport, colours: Colours): string {
  if (errors + warnings === 0) return colours.green(`Nothing found in ${checked}.`);
  return `${count(errors, 'error')} and ${count(warnings, 'warning')} in ${checked}.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
