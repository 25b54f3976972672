import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface SectionProps {
  readonly title: string;
  /** Beside the title: a count, a size. */
  readonly note?: string;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Section({ title, note, actions, children }: SectionProps) {
  const id = useId();
  return (
    <section class="section" aria-labelledby={id}>
      <header class="section-head">
        <h3 id={id}>{title}</h3>
        {note && <span class="note">{note}</span>}
        {actions && <div class="section-actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
