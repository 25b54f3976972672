/**
 * The list of invocations, newest first: pages that the server gave, and what arrives meanwhile. What arrives is held
 * back while the list is paused or scrolled away from its top, so that nothing moves under the reader's eyes.
 *
 * Invocations are numbered. The stream tells all of them in turn, but for those that were too fast; a page has all that match
 * from its last one up to the newest at that time. So the feed always knows up to which number nothing is missing.
 */
import { batch, type Signal, signal } from '@preact/signals';
import type { InvocationFilter, InvocationPage } from '../../../src/admin/api';
import type { InvocationSummary } from '../../../src/model/record';
import { describeFailure } from '../api/failure';
import type { InvocationPages } from '../api/invocation-pages';
import { matches } from './matches';
import { joinRows, lacking, newestFirst } from './rows';

const FIRST_PAGE = 200;
const NEXT_PAGE = 1_000;
/** Older ones are dropped from the page, not from the gateway. */
const MOST = 20_000;
/** Pause between two questions to the server where only it can tell what matches, or what was missed. */
const REFRESH_MS = 400;
const FRAME_MS = 16;

export type FeedState = 'loading' | 'ready' | 'failed';

type Rows = readonly InvocationSummary[];

export class InvocationFeed {
  readonly items = signal<Rows>([]);
  /** Arrived, but not shown yet. */
  readonly held = signal<Rows>([]);
  readonly state = signal<FeedState>('loading');
  readonly failure = signal<string | null>(null);
  readonly isPaused = signal(false);
  /** How many the gateway has seen since it started. */
  readonly seen = signal(0);

  #filter: InvocationFilter = {};
  #next: string | null = null;
  /** All that match up to this number are there, but for those below the end of the list. */
  #complete = 0;
  /** Between the ones that are held and those below some are missing. */
  #hasHeldGap = false;
  /** What is shown is not of this filter, or of another gateway: a page is on its way, or could not be had. */
  #isOutdated = false;
  #isAway = false;
  #isMoreWanted = false;
  #showing = 0;
  #loading: AbortController | null = null;
  #arrived: InvocationSummary[] = [];
  #frame: ReturnType<typeof setTimeout> | null = null;
  #refresh: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly api: InvocationPages) {}

  get hasMore(): boolean {
    return this.#next !== null;
  }

  /** Loads the list anew; what was shown stays until the answer is there. */
  async show(filter: InvocationFilter): Promise<void> {
    this.#filter = filter;
    this.#isOutdated = true;
    if (this.items.value.length === 0) this.state.value = 'loading';
    this.#showing += 1;
    const page = await this.#load(FIRST_PAGE, null);
    this.#showing -= 1;
    if (page === null) return;
    batch(() => {
      this.seen.value = page.seen;
      this.#replace(page);
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
    const before = this.items.value.length;
    batch(() => {
      this.#put(this.items, page.invocations);
      this.#noteEnd(page.next);
    });
    // Where all of them were there already nothing moves, and nobody scrolls.
    this.#isMoreWanted = this.items.value.length === before;
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
      this.#put(this.items, this.held.value);
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
    this.#isOutdated = false;
    this.#arrived = [];
    this.#complete = this.seen.value;
    batch(() => {
      this.items.value = [];
      this.held.value = [];
      this.#noteEnd(null);
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

  async #lookAgain(): Promise<void> {
    this.#refresh = null;
    // It would end what is loading, again and again where requests come in all the time.
    if (this.#loading !== null) return this.refreshSoon();
    if (this.#isOutdated || (this.#hasHeldGap && !this.#isHeldBack)) return this.show(this.#filter);
    const page = await this.#load(FIRST_PAGE, null);
    if (page === null) return;
    batch(() => this.#merge(page));
    await this.#catchUp();
  }

  /** Keeps what is shown below a page, unless so much was missed that there is a gap between the two. */
  #merge(page: InvocationPage): void {
    const lowest = page.invocations.at(-1)?.number ?? 0;
    const isGap = page.next !== null && lowest > this.#complete + 1;
    this.seen.value = Math.max(this.seen.value, page.seen);
    if (isGap && !this.#isHeld) return this.#replace(page);
    this.#put(this.#isHeld ? this.held : this.items, this.#aboveEnd(page.invocations));
    this.#hasHeldGap ||= isGap;
    this.#complete = Math.max(this.#complete, page.seen);
    this.#noteEnd(this.#next);
  }

  #replace(page: InvocationPage): void {
    this.items.value = page.invocations;
    this.held.value = [];
    this.#hasHeldGap = false;
    this.#isOutdated = false;
    this.#complete = page.seen;
    this.#noteEnd(page.next);
  }

  #noteEnd(next: string | null): void {
    this.#next = next;
    this.state.value = 'ready';
    this.failure.value = null;
  }

  #fail(why: string): void {
    batch(() => {
      this.state.value = 'failed';
      this.failure.value = why;
    });
  }

  // --- what arrives

  #settle(): void {
    this.#frame = null;
    // The page that is on its way may have been made before these arrived, and takes the place of all that is shown.
    if (this.#showing > 0) {
      this.#frame = setTimeout(() => this.#settle(), FRAME_MS);
      return;
    }
    const arrived = this.#arrived;
    this.#arrived = [];
    const shown = newestFirst(arrived.filter((invocation) => this.#judge(invocation)));
    // The page could not be had, or the missing ones when the reader came back.
    if (this.#isOutdated || (this.#hasHeldGap && !this.#isHeldBack)) this.refreshSoon();
    batch(() => {
      this.seen.value = arrived.reduce((seen, { number }) => Math.max(seen, number), this.seen.value);
      this.#put(this.#isHeld ? this.held : this.items, this.#aboveEnd(shown));
    });
  }

  /** Whether it belongs into the list, as far as anybody can tell here. */
  #judge(invocation: InvocationSummary): boolean {
    const { number } = invocation;
    const verdict = matches(invocation, this.#filter);
    if (number <= this.#complete) return verdict === true;
    if (verdict !== null && number === this.#complete + 1) this.#complete = number;
    else this.refreshSoon();
    return verdict === true;
  }

  get #isHeldBack(): boolean {
    return this.isPaused.value || this.#isAway;
  }

  get #isHeld(): boolean {
    return this.#isHeldBack || this.#hasHeldGap;
  }

  /** What is older than the end of the list comes with the next page. */
  #aboveEnd(rows: Rows): Rows {
    const end = this.#next === null ? undefined : this.items.value.at(-1);
    return end === undefined ? rows : rows.filter(({ number }) => number >= end.number);
  }

  #put(list: Signal<Rows>, rows: Rows): void {
    const fresh = lacking(rows, this.items.value, list === this.held ? list.value : []);
    if (fresh.length > 0) list.value = joinRows(fresh, list.value).slice(0, MOST);
  }
}
