import type { InvocationRecord } from '../../../../src/model/record';
import { Section } from '../../parts/section';
import { headerOf } from '../../text/header-lines';
import { BodyView } from './body-view';
import { HeadersView } from './headers-view';

export function RequestSection({ record: { id, request } }: { readonly record: InvocationRecord }) {
  return (
    <Section title="Request">
      <HeadersView headers={request.headers} label="Request headers" />
      {request.body !== null && request.body.bytes > 0 && (
        <BodyView
          id={id}
          side="request"
          body={request.body}
          contentType={headerOf(request.headers, 'content-type')}
        />
      )}
    </Section>
  );
}
