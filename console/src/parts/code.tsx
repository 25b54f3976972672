/** Source in colours; long ones in steps, so that 4 MB do not stop the page. */
import { useMemo, useState } from 'preact/hooks';
import { contained } from '../text/contained';
import { formatBytes } from '../text/format';
import { type Language, type Token, tokensOf } from '../text/tokens';

const FIRST_CHARACTERS = 32 * 1024;
const STEP_CHARACTERS = 128 * 1024;
/** Colours cost an element each. */
const MOST_COLOURED = 64 * 1024;

export function Code({
  text,
  language,
  label,
}: {
  readonly text: string;
  readonly language: Language;
  readonly label: string;
}) {
  const [shown, setShown] = useState(FIRST_CHARACTERS);
  const part = text.length > shown ? text.slice(0, shown) : text;
  return (
    <>
      <pre class="code" tabIndex={0} role="region" aria-label={label}>
        <Coloured text={part} language={part.length > MOST_COLOURED ? 'plain' : language} />
      </pre>
      {part.length < text.length && (
        <p class="code-more">
          <span>
            {formatBytes(part.length)} of {formatBytes(text.length)} shown
          </span>
          <button type="button" class="button small" onClick={() => setShown(shown + STEP_CHARACTERS)}>
            Show more
          </button>
        </p>
      )}
    </>
  );
}

export function Coloured({ text, language }: { readonly text: string; readonly language: Language }) {
  const tokens = useMemo(() => tokensOf(contained(text), language), [text, language]);
  return <code>{tokens.map(Piece)}</code>;
}

function Piece({ kind, text }: Token, at: number) {
  return kind === 'plain' ? (
    text
  ) : (
    <span key={at} class={`token-${kind}`}>
      {text}
    </span>
  );
}
