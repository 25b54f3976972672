import type { CallEvent } from '../../../../src/admin/phone-api';
import { Icon } from '../../parts/icon';
import { SafeText } from '../../parts/safe-text';

type Problem = Extract<CallEvent, { readonly type: 'problem' }>['problem'];

export function ProblemStep({
  problem: { code, level, message, line, column },
}: {
  readonly problem: Problem;
}) {
  const place = line === null ? '' : ` (line ${line}${column === null ? '' : `, column ${column}`})`;
  return (
    <li class={`problem-step ${level}`}>
      <Icon name="alert" />
      <span>
        <strong>{code}</strong> <SafeText text={message + place} />
      </span>
    </li>
  );
}
