/** What a queue or conference plays while one waits: its documents again and again, else music. */
import type { WebhookMethod } from '../http/exchange';
import type { Steps } from './effects';
import type { Leg } from './leg';
import type { Ending } from './next';

export interface WaitMusic {
  readonly url: string;
  readonly method: WebhookMethod;
  readonly base: string;
}

/** What a round takes at least, so that an empty document is not asked for without end. */
const SHORTEST_ROUND_MS = 1_000;

/** Who comes or goes ends it with an `Interruption`. */
export function* runWaiting(leg: Leg, music: WaitMusic | null): Steps<Ending> {
  const url = music === null ? null : leg.resolve(music.url, music.base);
  if (music === null || url === null) {
    leg.emit({ type: 'played', url: 'hold music', times: 0, durationMs: 0 });
    return yield* leg.passForever();
  }
  for (;;) {
    const started = leg.session.now();
    const ending = yield* leg.run({ purpose: 'wait', method: music.method, url, parameters: {} });
    if (ending.type === 'left' || ending.reason !== 'no more verbs') return ending;
    const took = leg.session.now() - started;
    if (took < SHORTEST_ROUND_MS) yield* leg.passTime(SHORTEST_ROUND_MS - took);
  }
}
