/** The list of the console loses nothing and shows nothing twice, in whichever order pages and news arrive. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { InvocationFeed } from '../console/src/state/feed';
import type { InvocationPage } from '../src/admin/api';
import type { InvocationSummary } from '../src/model/record';
import { eventually } from './support/serve';

/** As in the feed: the first page, and those below. */
const FIRST_PAGE = 200;

/** Pages are made when they are asked for; where it is slow they wait until the test lets them through. */
class Gateway {
  readonly kept: InvocationSummary[] = [];
  /** Pages that were asked for and not given yet, oldest first. */
  readonly asked: (() => void)[] = [];
  count = 0;
  isSlow = false;
  isBusy = false;

  /** Newest first. */
  get ids(): readonly string[] {
    return this.kept.map(({ id }) => id);
  }

  receive(count: number): InvocationSummary[] {
    const fresh = Array.from({ length: count }, () => summary(++this.count)).reverse();
    this.kept.unshift(...fresh);
    return fresh;
  }

  invocations = (
    { limit, before }: { limit: number; before: string | null },
    signal: AbortSignal,
  ): Promise<InvocationPage> => {
    const page = this.#page(limit, before);
    if (this.isBusy) return Promise.reject(new Error('too many searches run'));
    if (!this.isSlow) return Promise.resolve(page);
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      this.asked.push(() => resolve(page));
    });
  };

  /** Lets the oldest page through that was asked for, once there is one. */
  async giveOne(): Promise<void> {
    const give = await eventually(() => this.asked.shift());
    give();
    await new Promise((resolve) => setImmediate(resolve));
  }

  #page(limit: number, before: string | null): InvocationPage {
    const older = before === null ? this.kept : this.kept.filter(({ number }) => number < Number(before));
    const invocations = older.slice(0, limit);
    const next = older.length <= limit ? null : String(invocations.at(-1)?.number);
    return { invocations, next, kept: this.kept.length, seen: this.count };
  }
}

describe('the list of invocations', () => {
  it('goes on at its end when that was reached while another page was on its way', async (t) => {
    const { gateway, feed } = opened(t, 3_000);
    await feed.show({});
    gateway.isSlow = true;
    const isAgain = feed.show({});
    void feed.more();
    await gateway.giveOne();
    await gateway.giveOne();
    await isAgain;
    assert.deepEqual(idsOf(feed), gateway.ids.slice(0, FIRST_PAGE + 1_000));
    assert.equal(gateway.asked.length, 0);
  });

  it('starts anew where so much was missed that there is a gap, and goes on from there', async (t) => {
    const { gateway, feed } = opened(t, 300);
    await feed.show({});
    gateway.receive(500);
    feed.refreshSoon();
    await isShown(feed, gateway.ids.slice(0, FIRST_PAGE));
    await feed.more();
    assert.deepEqual(idsOf(feed), gateway.ids);
  });

  it('has no hole where much was missed while the reader was further down', async (t) => {
    const { gateway, feed } = opened(t, 300);
    await feed.show({});
    const shown = idsOf(feed);
    feed.away(true);
    gateway.receive(500);
    feed.refreshSoon();
    await eventually(() => feed.held.value.length > 0 || undefined);
    assert.deepEqual(idsOf(feed), shown, 'nothing moves under the eyes of the reader');
    feed.away(false);
    feed.away(false);
    await isShown(feed, gateway.ids.slice(0, FIRST_PAGE));
    assert.equal(feed.held.value.length, 0);
    await feed.more();
    assert.deepEqual(idsOf(feed), gateway.ids);
  });

  it('asks once for the missing ones, however often the reader scrolls at the top', async (t) => {
    const { gateway, feed } = await openedWithGap(t);
    gateway.isSlow = true;
    for (let scroll = 0; scroll < 5; scroll++) feed.away(false);
    assert.equal(gateway.asked.length, 1);
    await gateway.giveOne();
    await isShown(feed, gateway.ids.slice(0, FIRST_PAGE));
  });

  it('shows what arrives before a page that was made without it', async (t) => {
    const { gateway, feed } = opened(t, 10);
    await feed.show({});
    gateway.isSlow = true;
    const isDone = feed.show({});
    const fresh = gateway.receive(3);
    for (const invocation of [...fresh].reverse()) feed.take(invocation);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await gateway.giveOne();
    await isDone;
    await isShown(feed, gateway.ids);
    assert.equal(feed.seen.value, 13);
  });

  it('loads its end while so much arrives that only the server can tell what matches', async (t) => {
    const { gateway, feed } = opened(t, 900);
    await feed.show({ q: 'x' });
    gateway.isSlow = true;
    const more = feed.more();
    for (let round = 0; round < 10; round++) {
      for (const invocation of gateway.receive(1)) feed.take(invocation);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal(gateway.asked.length, 1, 'the page that is on its way is not asked for again');
    await gateway.giveOne();
    await more;
    await gateway.giveOne();
    await isShown(feed, gateway.ids);
  });

  it('keeps what is shown, and puts news above it once', async (t) => {
    const { gateway, feed } = opened(t, 250);
    await feed.show({});
    await feed.more();
    const fresh = gateway.receive(20);
    for (const invocation of [...fresh, ...fresh].reverse()) feed.take(invocation);
    await eventually(() => feed.items.value.length > 250 || undefined);
    assert.deepEqual(idsOf(feed), gateway.ids);
    assert.equal(feed.seen.value, 270);
    feed.refreshSoon();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(idsOf(feed), gateway.ids);
    assert.equal(feed.seen.value, 270);
  });

  it('has no hole where only some of what happened was told, as when it is too fast', async (t) => {
    const { gateway, feed } = opened(t, 300);
    await feed.show({});
    for (const count of [200, 200, 100]) {
      const fresh = gateway.receive(count).reverse();
      for (const invocation of fresh.slice(0, 100)) feed.take(invocation);
    }
    await isShown(feed, gateway.ids.slice(0, FIRST_PAGE));
    await feed.more();
    assert.deepEqual(idsOf(feed), gateway.ids);
  });

  it('puts what is told late into its place', async (t) => {
    const { gateway, feed } = opened(t, 1_500);
    const late = gateway.kept.slice(100, 700);
    await feed.show({});
    for (const invocation of [...late].reverse()) feed.take(invocation);
    for (const invocation of gateway.receive(1)) feed.take(invocation);
    await eventually(() => feed.seen.value === 1_501 || undefined);
    assert.deepEqual(idsOf(feed), gateway.ids.slice(0, FIRST_PAGE + 1));
    await feed.more();
    assert.deepEqual(idsOf(feed), gateway.ids.slice(0, FIRST_PAGE + 1 + 1_000));
  });

  it('asks again for the missing ones where the gateway was too busy', async (t) => {
    const { gateway, feed } = await openedWithGap(t);
    gateway.isBusy = true;
    feed.away(false);
    await eventually(() => feed.state.value === 'failed' || undefined);
    gateway.isBusy = false;
    for (const invocation of gateway.receive(1)) feed.take(invocation);
    await isShown(feed, gateway.ids.slice(0, FIRST_PAGE));
    assert.equal(feed.held.value.length, 0);
    assert.equal(feed.state.value, 'ready');
  });

  it('shows nothing of another filter where the gateway was too busy for the new one', async (t) => {
    const { gateway, feed } = opened(t, 30);
    await feed.show({});
    gateway.isBusy = true;
    await feed.show({ q: 'x' });
    assert.equal(feed.state.value, 'failed');
    gateway.isBusy = false;
    gateway.kept.length = 2;
    for (const invocation of gateway.receive(1)) feed.take(invocation);
    await isShown(feed, gateway.ids);
    assert.equal(feed.state.value, 'ready');
  });

  it('keeps no more than 20,000, however long it stays open', async (t) => {
    const { gateway, feed } = opened(t, 0);
    await feed.show({ q: 'x' });
    for (let round = 0; round < 3; round++) {
      for (const invocation of gateway.receive(10_000).reverse()) feed.take(invocation);
      const { count } = gateway;
      await eventually(() => feed.seen.value === count || undefined);
    }
    feed.pause(true);
    await feed.show({});
    for (const invocation of gateway.receive(30_000).reverse()) feed.take(invocation);
    await eventually(() => feed.held.value.length === 20_000 || undefined);
    feed.pause(false);
    assert.deepEqual(idsOf(feed), gateway.ids.slice(0, 20_000));
  });

  it('stays empty when it was emptied while a page was on its way', async (t) => {
    const { gateway, feed } = opened(t, 900);
    await feed.show({});
    gateway.isSlow = true;
    const more = feed.more();
    gateway.kept.length = 0;
    feed.empty();
    await gateway.giveOne();
    await more;
    assert.deepEqual(idsOf(feed), []);
    assert.equal(feed.hasMore, false);
    assert.equal(gateway.asked.length, 0);
  });
});

function opened(t: TestContext, count: number): { readonly gateway: Gateway; readonly feed: InvocationFeed } {
  const gateway = new Gateway();
  gateway.receive(count);
  const feed = new InvocationFeed(gateway);
  t.after(() => feed.close());
  return { gateway, feed };
}

/** Much was missed while the reader was further down. */
async function openedWithGap(t: TestContext): Promise<ReturnType<typeof opened>> {
  const { gateway, feed } = opened(t, 300);
  await feed.show({});
  feed.away(true);
  gateway.receive(500);
  feed.refreshSoon();
  await eventually(() => feed.held.value.length > 0 || undefined);
  return { gateway, feed };
}

function idsOf(feed: InvocationFeed): readonly string[] {
  return feed.items.value.map(({ id }) => id);
}

async function isShown(feed: InvocationFeed, ids: readonly string[]): Promise<void> {
  await eventually(() => idsOf(feed).join() === ids.join() || undefined).catch(() => {});
  assert.deepEqual(idsOf(feed), ids);
}

function summary(number: number): InvocationSummary {
  return {
    id: `RQ${number.toString(16).padStart(32, '0')}`,
    number,
    time: new Date(number).toISOString(),
    method: 'GET',
    target: `/${number}`,
    resource: 'functions/a.js',
    kind: 'function',
    status: 200,
    contentType: null,
    error: null,
    durationMs: 1,
    callSid: null,
    messageSid: null,
    from: null,
    to: null,
    consoleLines: 0,
    loudest: null,
    replayOf: null,
  };
}
