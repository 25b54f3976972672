/** All that is known of an invocation, the most telling first. Used wherever an answer is shown. */
import type { InvocationRecord } from '../../../../src/model/record';
import { AnswerSection } from './answer-section';
import { ConsoleSection } from './console-section';
import { ErrorPanel } from './error-panel';
import { FactsSection } from './facts-section';
import { ParametersSection } from './parameters-section';
import { RequestSection } from './request-section';
import { Timeline } from './timeline';

export function RecordView({ record }: { readonly record: InvocationRecord }) {
  return (
    <div class="record">
      {record.error !== null && <ErrorPanel record={record} />}
      <Timeline record={record} />
      <AnswerSection record={record} />
      <ConsoleSection record={record} />
      <ParametersSection record={record} />
      <RequestSection record={record} />
      <FactsSection record={record} />
    </div>
  );
}
