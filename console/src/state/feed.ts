/**
 * The list of invocations, newest first: pages that the server gave, and what arrives meanwhile. What arrives is held
 * back while the list is paused or scrolled away from its top, so that nothing moves under the reader's eyes.
 */
import { batch, signal } from '@preact/signals';
import type { InvocationFilter, InvocationPage } from '../../../src/admin/api';
import type { InvocationSummary } from '../../../src/model/record';
import { describeFailure } from '../api/failure';
import type { InvocationPages } from '../api/invocation-pages';
import { matches } from './matches';

const FIRST_PAGE = 200;
const NEXT_PAGE = 1_000;
/** Older ones are dropped from the page, not from the gateway. */
const MOST = 20_000;
/** Pause between two questions to the server where only it can tell what matches. */
const REFRESH_MS = 400;
const FRAME_MS = 16;

export type FeedState = 'loading' | 'ready' | 'failed';

export class InvocationFeed {
  readonly items = signal<readonly InvocationSummary[]>([]);
  /** Arrived, but not shown yet. */
  readonly held = signal<readonly InvocationSummary[]>([]);
  readonly state = signal<FeedState>('loading');
  readonly failure = signal<string | null>(null);
  readonly isPaused = signal(false);
  /** How many the gateway has seen since it started. */
  readonly seen = signal(0);

  #filter: InvocationFilter = {};
  #next: string | null = null;
  #isAway = false;
  #isMoreWanted = false;
  /** Newer ones are held of which not all are known. */
  #hasHeldGap = false;
  #showing = 0;
  #loading: AbortController | null = null;
  #arrived: InvocationSummary[] = [];
  #frame: ReturnType<typeof setTimeout> | null = null;
  #refresh: ReturnType<typeof setTimeout> | null = null;
  #known = new Set<string>();

  constructor(private readonly api: InvocationPages) {}

  get hasMore(): boolean {
    return this.#next !== null;
  }

  /** Loads the list anew; what was shown stays until the answer is there. */
  async show(filter: InvocationFilter): Promise<void> {
    this.#filter = filter;
    this.#showing += 1;
    const page = await this.#load(FIRST_PAGE, null);
    this.#showing -= 1;
    if (page === null) return;
    this.#known = new Set(page.invocations.map(({ id }) => id));
    this.#hasHeldGap = false;
    batch(() => {
      this.items.value = page.invocations;
      this.held.value = [];
      this.#noteEnd(page);
    });
    await this.#catchUp();
  }

  /** The reader is near the end. While another page is on its way, the next one follows it: no scrolling may come again. */
  async more(): Promise<void> {
    if (this.#next === null || this.items.value.length >= MOST) return;
    this.#isMoreWanted = true;
    if (this.#loading !== null) return;
    const page = await this.#load(NEXT_PAGE, this.#next);
    if (page === null) return;
    const fresh = this.#unknown(page.invocations);
    // Where all of them were there already nothing moves, and nobody scrolls.
    this.#isMoreWanted = fresh.length === 0;
    batch(() => {
      this.items.value = [...this.items.value, ...fresh];
      this.#noteEnd(page);
    });
    await this.#catchUp();
  }

  /** From the stream; put into the list at most once for each frame that the browser draws. */
  take(invocation: InvocationSummary): void {
    this.#arrived.push(invocation);
    this.#frame ??= setTimeout(() => this.#settle(), FRAME_MS);
  }

  pause(isPaused: boolean): void {
    this.isPaused.value = isPaused;
    if (!isPaused) this.release();
  }

  /** Whether the reader is somewhere below the top of the list. */
  away(isAway: boolean): void {
    this.#isAway = isAway;
    if (!isAway && !this.isPaused.value) this.release();
  }

  release(): void {
    if (this.#hasHeldGap) {
      if (this.#showing === 0) void this.show(this.#filter);
      return;
    }
    if (this.held.value.length === 0) return;
    batch(() => {
      this.items.value = [...this.held.value, ...this.items.value].slice(0, MOST);
      this.held.value = [];
    });
  }

  /** Something happened that nobody told one by one. */
  refreshSoon(): void {
    this.#refresh ??= setTimeout(() => void this.#lookAgain(), REFRESH_MS);
  }

  empty(): void {
    this.#loading?.abort();
    this.#isMoreWanted = false;
    this.#hasHeldGap = false;
    this.#known.clear();
    this.#arrived = [];
    this.#next = null;
    batch(() => {
      this.items.value = [];
      this.held.value = [];
    });
  }

  close(): void {
    this.#loading?.abort();
    if (this.#frame !== null) clearTimeout(this.#frame);
    if (this.#refresh !== null) clearTimeout(this.#refresh);
  }

  // --- pages

  async #load(limit: number, before: string | null): Promise<InvocationPage | null> {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    if (before === null && this.items.value.length === 0) this.state.value = 'loading';
    try {
      return await this.api.invocations({ limit, before, filter: this.#filter }, loading.signal);
    } catch (error) {
      if (!loading.signal.aborted) this.#fail(describeFailure(error));
      return null;
    } finally {
      if (this.#loading === loading) this.#loading = null;
    }
  }

  async #catchUp(): Promise<void> {
    if (this.#isMoreWanted) await this.more();
  }

  #fail(why: string): void {
    batch(() => {
      this.state.value = 'failed';
      this.failure.value = why;
    });
  }

  #noteEnd({ next, seen }: InvocationPage): void {
    this.#next = next;
    this.state.value = 'ready';
    this.failure.value = null;
    this.seen.value = seen;
  }

  // --- what arrives

  #settle(): void {
    // The page that is on its way may have been made before these arrived, and takes the place of all that is shown.
    if (this.#showing > 0) {
      this.#frame = setTimeout(() => this.#settle(), FRAME_MS);
      return;
    }
    const arrived = this.#arrived.reverse();
    this.#arrived = [];
    this.#frame = null;
    const verdicts = arrived.map((invocation) => matches(invocation, this.#filter));
    if (verdicts.includes(null)) this.refreshSoon();
    batch(() => {
      this.seen.value += arrived.filter(({ id }) => !this.#known.has(id)).length;
      this.#prepend(arrived.filter((_, at) => verdicts[at] === true));
    });
  }

  #prepend(arrived: readonly InvocationSummary[]): void {
    const fresh = this.#unknown(arrived);
    if (fresh.length === 0) return;
    const list = this.isPaused.value || this.#isAway ? this.held : this.items;
    list.value = [...fresh, ...list.value].slice(0, MOST);
  }

  async #lookAgain(): Promise<void> {
    this.#refresh = null;
    // It would end what is loading, again and again where requests come in all the time.
    if (this.#loading !== null) return this.refreshSoon();
    const page = await this.#load(FIRST_PAGE, null);
    if (page === null) return;
    batch(() => this.#merge(page));
    await this.#catchUp();
  }

  /** Keeps what is shown below a page, unless so much was missed that there is a gap between the two. */
  #merge(page: InvocationPage): void {
    const isGap = !page.invocations.some(({ id }) => this.#known.has(id));
    const fresh = this.#unknown(page.invocations);
    const isHeld = this.isPaused.value || this.#isAway;
    if (isHeld) {
      this.held.value = [...fresh, ...this.held.value];
      this.#hasHeldGap ||= isGap;
    } else if (isGap) {
      this.#known = new Set(page.invocations.map(({ id }) => id));
      this.items.value = page.invocations;
    } else {
      const ids = new Set(page.invocations.map(({ id }) => id));
      this.items.value = [...page.invocations, ...this.items.value.filter(({ id }) => !ids.has(id))];
    }
    this.#noteEnd({ ...page, next: isGap && !isHeld ? page.next : this.#next });
  }

  #unknown(invocations: readonly InvocationSummary[]): InvocationSummary[] {
    const fresh = invocations.filter(({ id }) => !this.#known.has(id));
    for (const { id } of fresh) this.#known.add(id);
    return fresh;
  }
}
