/** A body: laid out, as it came, or as bytes; and as a file. */
import { useMemo } from 'preact/hooks';
import type { RecordedBody } from '../../../../src/model/record';
import { bodyUrl } from '../../api/client';
import { Code } from '../../parts/code';
import { Icon } from '../../parts/icon';
import { type Tab, Tabs } from '../../parts/tabs';
import { bytesOf, hexDump, readBody } from '../../text/body';
import { formatBytes } from '../../text/format';

interface BodyProps {
  readonly id: string;
  readonly side: 'request' | 'response';
  readonly body: RecordedBody;
  readonly contentType: string | null;
}

export function BodyView({ id, side, body, contentType }: BodyProps) {
  const label = side === 'request' ? 'Request body' : 'Response body';
  return (
    <div class="body">
      <div class="body-head">
        <span class="note">
          {contentType ?? 'no type'} · {formatBytes(body.bytes)}
          {body.truncated && ' · the beginning is kept'}
        </span>
        <a class="button small" href={bodyUrl(id, side)} download>
          <Icon name="download" />
          Download
        </a>
      </div>
      <Tabs label={label} tabs={useTabs(body, contentType, label)} />
    </div>
  );
}

function useTabs(body: RecordedBody, contentType: string | null, label: string): Tab[] {
  return useMemo(() => {
    const hex: Tab = {
      name: 'Hex',
      content: () => <Code text={hexDump(bytesOf(body))} language="plain" label={label} />,
    };
    if (body.text === null) return [hex];
    const { language, raw, pretty } = readBody(body.text, contentType);
    const asCame: Tab = { name: 'Raw', content: () => <Code text={raw} language={language} label={label} /> };
    if (pretty === null) return [asCame, hex];
    return [
      { name: 'Pretty', content: () => <Code text={pretty} language={language} label={label} /> },
      asCame,
      hex,
    ];
  }, [body, contentType, label]);
}
