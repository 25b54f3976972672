/** What the caller got: TwiML as they hear or read it, with its source; else the body. */
import type { InvocationRecord } from '../../../../src/model/record';
import { Section } from '../../parts/section';
import { formatBytes } from '../../text/format';
import { headerOf } from '../../text/header-lines';
import { looksLikeTwiml } from '../../text/twiml';
import { BodyView } from './body-view';
import { HeadersView } from './headers-view';
import { TwimlView } from './twiml-view';

export function AnswerSection({ record }: { readonly record: InvocationRecord }) {
  const { response, contentType } = record;
  const { body } = response;
  const isTwiml = body?.text != null && looksLikeTwiml(contentType, body.text);
  return (
    <Section title="Answer" note={body === null ? '' : formatBytes(body.bytes)}>
      <div class={isTwiml ? 'side-by-side' : ''}>
        {isTwiml && body?.text != null && <TwimlView text={body.text} heard={incomingText(record)} />}
        {body !== null && body.bytes > 0 && (
          <BodyView id={record.id} side="response" body={body} contentType={contentType} />
        )}
      </div>
      {(body === null || body.bytes === 0) && <p class="none">The body is empty.</p>}
      {!isTwiml && headerOf(response.headers, 'location') !== null && (
        <p class="note">It leads to {headerOf(response.headers, 'location')}.</p>
      )}
      <HeadersView headers={response.headers} label="Response headers" />
    </Section>
  );
}

/** The text that is answered, or `null` where it was none. */
function incomingText({ parameters, messageSid }: InvocationRecord): string | null {
  const body = parameters?.['Body'];
  return messageSid !== null && typeof body === 'string' ? body : null;
}
