import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface SectionProps {
  readonly title: string;
  /** Beside the title: a count, a size. */
  readonly note?: string;
  /** `h3` unless the page has no heading between. */
  readonly level?: 'h2' | 'h3';
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Section({ title, note, level: Heading = 'h3', actions, children }: SectionProps) {
  const id = useId();
  return (
    <section class="section" aria-labelledby={id}>
      <header class="section-head">
        <Heading id={id}>{title}</Heading>
        {note && <span class="note">{note}</span>}
        {actions && <div class="section-actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
