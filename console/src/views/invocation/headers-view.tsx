import { NameValues } from '../../parts/name-values';
import type { Headers } from '../../text/header-lines';

export function HeadersView({ headers, label }: { readonly headers: Headers; readonly label: string }) {
  return (
    <details class="headers">
      <summary>
        {label} <span class="note">{headers.length}</span>
      </summary>
      <NameValues label={label} pairs={headers} />
    </details>
  );
}
