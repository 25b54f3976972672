/** Lines of a file of the project, with the one that matters marked. */
import type { SourceExcerpt } from '../../../../src/admin/api';
import { contained } from '../../text/contained';

export function Source({ excerpt: { file, line, firstLine, lines } }: { readonly excerpt: SourceExcerpt }) {
  return (
    <figure class="source">
      <figcaption>
        <code>
          {contained(file)}:{line}
        </code>
      </figcaption>
      <div class="source-lines" tabIndex={0} role="region" aria-label={`Lines of ${file}`}>
        {lines.map((text, at) => {
          const number = firstLine + at;
          const isIt = number === line;
          return (
            <div key={number} class={isIt ? 'line it' : 'line'}>
              <span class="line-number">{number}</span>
              <code>{contained(text) || ' '}</code>
              {isIt && <span class="hidden"> (this line)</span>}
            </div>
          );
        })}
      </div>
    </figure>
  );
}
