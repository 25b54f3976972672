/** What went wrong, why, what to do, and the author's own lines. */
import { useState } from 'preact/hooks';
import type { SignatureExplanation } from '../../../../src/admin/api';
import type { InvocationRecord } from '../../../../src/model/record';
import { describeFailure } from '../../api/failure';
import { Icon } from '../../parts/icon';
import { SafeText } from '../../parts/safe-text';
import { useLoad } from '../../parts/use-load';
import { useConsole } from '../../state/use-console';
import { contained } from '../../text/contained';
import { Signature } from './signature';
import { Source } from './source';

export function ErrorPanel({ record }: { readonly record: InvocationRecord }) {
  const { api, project } = useConsole();
  const source = useLoad(
    () => (record.resource === null ? Promise.resolve([]) : api.source(record.id)),
    [record.id],
  );
  return (
    <section class="error-panel" aria-label="Error">
      <h3>
        <Icon name="alert" />
        {record.reason === null ? record.error : <SafeText text={record.reason} />}
      </h3>
      <p class="error-codes">
        <code>{record.error}</code>
        {record.vendorCode !== null && (
          <span class="note"> the vendor’s debugger says {record.vendorCode}</span>
        )}
      </p>
      {record.detail !== null && (
        <pre class="error-detail">{contained(withoutRoot(record.detail, project.value?.root))}</pre>
      )}
      {source.value?.map((excerpt) => (
        <Source key={`${excerpt.file}:${excerpt.line}`} excerpt={excerpt} />
      ))}
      {record.fix !== null && (
        <p class="fix">
          <strong>What to do</strong>
          <SafeText text={record.fix} />
        </p>
      )}
      {/SIGNATURE|SIGNED|UNAUTHORIZED/.test(record.error ?? '') && <ExplainSignature id={record.id} />}
    </section>
  );
}

/** Paths in a stack as the author knows them: relative to the project. */
function withoutRoot(text: string, root: string | undefined): string {
  return root === undefined ? text : text.replaceAll(`${root}/`, '');
}

function ExplainSignature({ id }: { readonly id: string }) {
  const { api, toasts } = useConsole();
  const [explanation, setExplanation] = useState<SignatureExplanation | null>(null);
  const explain = () =>
    api
      .explain({ id })
      .then(setExplanation, (error: unknown) =>
        toasts.show('bad', 'The signature could not be explained', describeFailure(error)),
      );
  if (explanation !== null) return <Signature explanation={explanation} />;
  return (
    <button type="button" class="button" onClick={explain}>
      <Icon name="lock" />
      Explain the signature
    </button>
  );
}
