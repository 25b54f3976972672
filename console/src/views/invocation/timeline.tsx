/** Where the time went, as one bar and its figures. */
import type { InvocationRecord } from '../../../../src/model/record';
import { formatDuration } from '../../text/format';

export function Timeline({ record: { timing, durationMs } }: { readonly record: InvocationRecord }) {
  if (timing === null) return null;
  const parts = [
    ['wait', 'Wait', timing.waitMs, 'for an instance'],
    ['start', 'Start', timing.startMs, timing.startMs === 0 ? 'it was warm' : 'process and module'],
    ['run', 'Run', timing.runMs, 'your handler'],
    ['send', 'Send', timing.sendMs, 'the answer'],
  ] as const;
  const whole = Math.max(
    0.001,
    parts.reduce((sum, [, , ms]) => sum + ms, 0),
  );
  return (
    <section class="timeline" aria-label="Timeline">
      <div class="timeline-bar" aria-hidden="true">
        {parts.map(([kind, , ms]) => (
          <span
            key={kind}
            class={`part-${kind}`}
            style={{ flexGrow: Math.max(ms / whole, ms > 0 ? 0.004 : 0) }}
          />
        ))}
      </div>
      <dl class="timeline-figures">
        {parts.map(([kind, name, ms, note]) => (
          <div key={kind}>
            <dt>
              <span class={`dot part-${kind}`} aria-hidden="true" />
              {name}
            </dt>
            <dd>
              {formatDuration(ms)} <span class="note">{note}</span>
            </dd>
          </div>
        ))}
        <div>
          <dt>In all</dt>
          <dd>{formatDuration(durationMs)}</dd>
        </div>
      </dl>
    </section>
  );
}
