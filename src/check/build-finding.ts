import type { BuildProblem } from '../model/build';
import type { Finding } from './finding';
import { BUILD } from './rules';

/** `functions/a.js:3: is not UTF-8` -> line 3. */
export function buildFinding({ file, message }: BuildProblem): Finding {
  const prefix = /^:(\d+)(?::(\d+))?: /.exec(message.startsWith(file) ? message.slice(file.length) : '');
  const reason = prefix === null ? message : message.slice(file.length + prefix[0].length);
  const place = { line: Number(prefix?.[1] ?? 0), column: Number(prefix?.[2] ?? 0) };
  return { rule: BUILD.id, severity: BUILD.severity, file, ...place, reason, fix: BUILD.fix };
}
