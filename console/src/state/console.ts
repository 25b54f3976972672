/** All state of the console: made once, closed once. Components get it by `useConsole()`. */
import { computed, effect, signal } from '@preact/signals';
import type { ConsoleEvent, ProjectInfo } from '../../../src/admin/api';
import { ApiClient } from '../api/client';
import { describeFailure } from '../api/failure';
import { CallSpeech } from './call-speech';
import { Connection } from './connection';
import type { Draft } from './draft';
import { InvocationFeed } from './feed';
import { isFailed } from './matches';
import { PhoneModel } from './phone';
import { Preferences } from './preferences';
import { Router } from './route';
import { Speech } from './speech';
import { Toasts } from './toasts';

/** Of a build, told as toasts; the settings have all of them. */
const MOST_PROBLEMS = 3;

export class Console {
  readonly api = new ApiClient(() => this.#signOut());
  readonly router = new Router();
  readonly feed = new InvocationFeed(this.api);
  readonly toasts = new Toasts();
  readonly preferences = new Preferences();
  readonly speech = new Speech(() =>
    this.toasts.show('warn', 'No voice', 'This browser has no voice of this machine that could speak.'),
  );
  readonly phone = new PhoneModel(this.api);
  readonly project = signal<ProjectInfo | null>(null);
  readonly isSignedOut = signal(false);
  /** Failures that arrived since the page was opened or the list cleared. */
  readonly failures = signal(0);
  /** The invocation that wrote a line after its answer last. */
  readonly lateId = signal<string | null>(null);
  /** What a replay could not repeat, by the id of the replay; told once, by the answer to it. */
  readonly replayWarnings = new Map<string, readonly string[]>();
  /** Calls that are being put together, by the name of the Function or Asset; kept while the reader looks elsewhere. */
  readonly drafts = new Map<string, Draft>();
  readonly isHelpOpen = signal(false);
  /** The row that the keys act on, and that gets the focus back. */
  readonly currentId = signal<string | null>(null);
  readonly connection = new Connection(this.api, {
    event: (event) => this.#take(event),
    opened: (wasLost) => void this.#opened(wasLost),
  });
  readonly #callSpeech = new CallSpeech({
    speech: this.speech,
    calls: this.phone.calls,
    begun: this.phone.begun,
    openId: computed(() => {
      const route = this.router.route.value;
      return route.view === 'phone' ? route.id : null;
    }),
  });
  readonly title = computed(() => {
    const count = this.failures.value === 0 ? '' : `(${this.failures.value}) `;
    const name = this.project.value?.name ?? '';
    return `${count}${name === '' ? '' : `${name} · `}Hookswitch`;
  });
  readonly #stopTitle = effect(() => {
    document.title = this.title.value;
  });

  async start(): Promise<void> {
    await this.loadProject();
    if (!this.isSignedOut.value) this.connection.open();
  }

  async loadProject(): Promise<void> {
    try {
      this.project.value = await this.api.project();
    } catch {
      // 401 has been noted; what is gone is tried again by the connection.
    }
  }

  async clear(): Promise<void> {
    try {
      await this.api.forget();
      this.#cleared();
    } catch (error) {
      this.toasts.show('bad', 'Not cleared', describeFailure(error));
    }
  }

  close(): void {
    this.connection.close();
    this.router.close();
    this.feed.close();
    this.#callSpeech.close();
    this.speech.stop();
    this.toasts.close();
    this.preferences.close();
    this.#stopTitle();
  }

  async #opened(wasLost: boolean): Promise<void> {
    // Between the first list and the stream something may have happened.
    if (!wasLost) return this.feed.refreshSoon();
    this.toasts.show('good', 'The gateway is back');
    await this.loadProject();
    const route = this.router.route.value;
    await this.feed.show(route.view === 'invocations' ? route.filter : {});
    if (this.phone.started.value !== null) await this.phone.load().catch(() => {});
  }

  #take(event: ConsoleEvent): void {
    switch (event.type) {
      case 'invocation':
        if (isFailed(event.invocation)) this.failures.value++;
        return this.feed.take(event.invocation);
      case 'late':
        this.lateId.value = null;
        this.lateId.value = event.id;
        return;
      case 'reloaded':
        return this.#reloaded(event);
      case 'notice':
        if (event.level === 'debug') return;
        return this.toasts.show(event.level === 'error' ? 'bad' : event.level, event.message);
      case 'missed':
        return this.feed.refreshSoon();
      case 'text':
      case 'call':
      case 'phone forgot':
        return this.phone.take(event);
      case 'cleared':
        return this.#cleared();
    }
  }

  #reloaded(event: Extract<ConsoleEvent, { type: 'reloaded' }>): void {
    const { problem, durationMs } = event;
    if (problem === null)
      this.toasts.show('good', `Reloaded in ${Math.round(durationMs)} ms`, savedText(event));
    else this.toasts.show('bad', 'Not reloaded, what was live stays', problem);
    void this.#showProblems();
  }

  /** What is wrong with single files, once for each save that leaves it so. */
  async #showProblems(): Promise<void> {
    await this.loadProject();
    for (const { file, message } of this.project.value?.problems.slice(0, MOST_PROBLEMS) ?? []) {
      this.toasts.show('bad', file, message);
    }
  }

  #cleared(): void {
    this.failures.value = 0;
    this.feed.empty();
  }

  #signOut(): void {
    this.isSignedOut.value = true;
    this.connection.close();
  }
}

/** `functions/a.js, lib/b.js and 3 more: 2 Functions get new instances` */
function savedText({ changed, changedCount, reached }: Extract<ConsoleEvent, { type: 'reloaded' }>): string {
  const more = changedCount - changed.length;
  const files = `${changed.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  if (reached === 0) return `${files}: no Function is made of it`;
  return `${files}: ${reached} ${reached === 1 ? 'Function gets' : 'Functions get'} new instances`;
}
