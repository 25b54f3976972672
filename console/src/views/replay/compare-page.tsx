/** A request and its replay: the two answers side by side. */
import type { InvocationRecord } from '../../../../src/model/record';
import { Empty } from '../../parts/empty';
import { Icon } from '../../parts/icon';
import { SafeText } from '../../parts/safe-text';
import { Status } from '../../parts/status';
import { useKeys } from '../../parts/use-keys';
import { useLoad } from '../../parts/use-load';
import { isFailed } from '../../state/matches';
import { formatRoute } from '../../state/route';
import { useConsole } from '../../state/use-console';
import { formatClock, formatDuration } from '../../text/format';
import { BodyDiff } from './body-diff';
import { HeadersDiff } from './headers-diff';
import { sameAnswer } from './same-answer';
import { useReplay } from './use-replay';

interface CompareProps {
  readonly original: string;
  readonly replay: string;
}

export function ComparePage({ original, replay }: CompareProps) {
  const { api } = useConsole();
  const load = useLoad(
    () => Promise.all([api.invocation(original), api.invocation(replay)]),
    [original, replay],
  );
  if (load.value !== null) return <Compared before={load.value[0]} after={load.value[1]} />;
  if (load.state === 'loading') return <p class="loading">Loading …</p>;
  return (
    <Empty icon="replay" title="One of the two is not kept any more">
      <p>{load.why}</p>
      <p>
        <a href="#/invocations">All invocations</a>
      </p>
    </Empty>
  );
}

interface Pair {
  readonly before: InvocationRecord;
  readonly after: InvocationRecord;
}

function Compared({ before, after }: Pair) {
  const { router, replayWarnings } = useConsole();
  const again = useReplay(before.id);
  const back = { view: 'invocations', id: before.id, filter: {} } as const;
  useKeys({ r: () => void again.send({}), Escape: () => router.go(back) });
  const isSame = sameAnswer(before, after);
  return (
    <article class="compare">
      <header class="detail-head">
        <nav class="steps" aria-label="Replay">
          <a class="button small" href={formatRoute(back)}>
            <Icon name="back" />
            The original
          </a>
        </nav>
        <h1 class="detail-title">
          <span>Replay</span>
          <span class="method">{after.method}</span>
          <SafeText text={after.target} />
        </h1>
        <p class={`verdict ${isSame ? 'good' : 'warn'}`}>
          <Icon name={isSame ? 'check' : 'alert'} />
          {isSame ? 'Both answers are the same.' : 'The answers differ.'}
        </p>
        {replayWarnings.get(after.id)?.map((warning) => (
          <p key={warning} class="note">
            <SafeText text={warning} />
          </p>
        ))}
        <div class="actions">
          <button
            type="button"
            class="button primary"
            disabled={again.isBusy}
            onClick={() => void again.send({})}
          >
            <Icon name="replay" />
            Replay again <kbd>r</kbd>
          </button>
          <a class="button" href={formatRoute({ view: 'invocations', id: after.id, filter: {} })}>
            Open the replay
          </a>
        </div>
      </header>
      <div class="two">
        <Side name="Before" record={before} other={after} />
        <Side name="Now" record={after} other={before} />
      </div>
      <BodyDiff before={before} after={after} />
      <HeadersDiff before={before.response.headers} after={after.response.headers} />
    </article>
  );
}

function Side({
  name,
  record,
  other,
}: {
  readonly name: string;
  readonly record: InvocationRecord;
  readonly other: InvocationRecord;
}) {
  return (
    <section class="side" aria-label={name}>
      <h2>
        {name}{' '}
        <time class="note" dateTime={record.time}>
          {formatClock(record.time)}
        </time>
      </h2>
      <p class={record.status === other.status ? '' : 'differs'}>
        <Status status={record.status} isBad={isFailed(record)} />
        {record.error !== null && <code class="error-code">{record.error}</code>}
        <span class="note">{formatDuration(record.durationMs)}</span>
        {record.build !== null && <span class="note">build {record.build.slice(0, 8)}</span>}
      </p>
    </section>
  );
}
