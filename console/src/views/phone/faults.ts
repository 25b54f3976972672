/** What can go wrong on purpose, for the whole of a conversation. */
import type { FaultRule } from '../../../../src/admin/phone-api';

export type FaultName = 'none' | 'slow' | 'late' | 'status' | 'dropped' | 'refused' | 'duplicate' | 'lost';

interface FaultChoice {
  readonly name: FaultName;
  readonly text: string;
  readonly rules: readonly FaultRule[];
}

export const FAULTS: readonly FaultChoice[] = [
  { name: 'none', text: 'Nothing', rules: [] },
  { name: 'slow', text: 'Answers come 3 s late', rules: [{ fault: { type: 'slow', ms: 3_000 } }] },
  {
    name: 'late',
    text: 'Answers come after the 15 s that the vendor waits',
    rules: [{ fault: { type: 'slow', ms: 16_000 } }],
  },
  {
    name: 'status',
    text: 'Answers are lost: 500 instead',
    rules: [{ fault: { type: 'status', status: 500 } }],
  },
  { name: 'dropped', text: 'Connections break before the answer', rules: [{ fault: { type: 'dropped' } }] },
  { name: 'refused', text: 'Nobody is there', rules: [{ fault: { type: 'refused' } }] },
  { name: 'duplicate', text: 'Everything arrives twice', rules: [{ fault: { type: 'duplicate' } }] },
  { name: 'lost', text: 'Status callbacks are lost', rules: [{ fault: { type: 'lost' } }] },
];

export function faultRules(wanted: FaultName): readonly FaultRule[] {
  return FAULTS.find(({ name }) => name === wanted)?.rules ?? [];
}

/** Other programs may have begun the conversation, with rules that are not in the list. */
export function faultText(rules: readonly FaultRule[]): string {
  const wanted = kindsOf(rules);
  const known = FAULTS.find((choice) => kindsOf(choice.rules) === wanted);
  return known?.text ?? rules.map(({ fault }) => fault.type).join(', ');
}

/** What goes wrong, and not where. */
function kindsOf(rules: readonly FaultRule[]): string {
  return JSON.stringify(rules.map(({ fault }) => fault));
}
