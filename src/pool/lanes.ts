import type { ErrorCode } from '../errors';
import type { Invocation } from './invocation';
import { Lane } from './lane';
import { LaneView, type PoolFigures } from './lane-view';
import { type Callables, leastOf } from './policy/advance';
import { wantsMore } from './policy/choose';
import { firstInTurn } from './policy/turn';
import type { PoolInstance } from './pool-instance';

/** What of the figures of a pool is not known from its lanes. */
export type OtherFigures = Omit<PoolFigures, 'lanes'>;

/** Those of all Functions, or the one that all of them share, and how the policy sees each. */
export class Lanes {
  readonly all: readonly Lane[];
  readonly views: readonly LaneView[];
  readonly figures: PoolFigures;

  constructor(
    private readonly options: Callables,
    figures: OtherFigures,
  ) {
    const count = options.shared ? 1 : Math.max(1, options.functions);
    this.all = Array.from({ length: count }, (_, index) => new Lane(index, leastOf(options, index)));
    // One object for all views: what changes in it changes for all of them.
    this.figures = Object.assign(figures, { lanes: this.all });
    this.views = this.all.map((lane) => new LaneView(lane, this.figures));
  }

  /** Hot. */
  of(functionIndex: number): Lane {
    const lane = this.all[this.options.shared ? 0 : functionIndex];
    if (lane === undefined) throw new RangeError(`no Function ${functionIndex}`);
    return lane;
  }

  /** Hot. */
  viewOf({ index }: Lane): LaneView {
    const view = this.views[index];
    if (view === undefined) throw new RangeError(`no Function ${index}`);
    return view;
  }

  /** Hot: every call that is sent. Where all share one lane, only this tells what each instance is likely to need. */
  noteSent(lane: Lane, { functionIndex }: Invocation): void {
    if (this.options.shared) lane.called.add(functionIndex);
  }

  /** Whom a full pool keeps waiting most; `null`: nobody. */
  findNeedy(): LaneView | null {
    const needy = firstInTurn(
      this.views.filter((view) => view.queued > 0 && view.idle === 0 && !view.braked && wantsMore(view)),
    );
    return needy === null || needy.room ? null : needy;
  }

  failAll(code: ErrorCode, detail: string): void {
    for (const lane of this.all) this.figures.waiting.failAll(lane, code, detail);
  }

  /** What waits ends as superseded, and so does what waits for a module to be loaded. */
  supersede(): void {
    for (const lane of this.all) {
      for (const instance of lane.instances) this.#withdraw(instance, lane);
      this.figures.waiting.supersedeAll(lane);
    }
  }

  /** Indexes of the Functions that have instances, the one that was used last first. */
  used(): readonly number[] {
    const used = this.all.filter(({ instances }) => instances.length > 0);
    if (this.options.shared) return used.flatMap(({ called }) => [...called]);
    return used.sort((one, other) => lastUse(other) - lastUse(one)).map(({ index }) => index);
  }

  #withdraw(instance: PoolInstance, lane: Lane): void {
    if (!instance.pending.every(({ mayRestart }) => mayRestart)) return;
    const taken = instance.withdraw();
    this.figures.running -= taken.length;
    for (const invocation of taken) invocation.end({ type: 'superseded' });
    if (taken.length > 0 && instance.pending.length === 0 && !instance.retiring) lane.idle.push(instance);
  }
}

function lastUse({ instances }: Lane): number {
  return Math.max(...instances.map(({ since }: PoolInstance) => since));
}
