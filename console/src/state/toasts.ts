/** Short messages that go by themselves. */
import { type ReadonlySignal, signal } from '@preact/signals';

export type ToastKind = 'info' | 'good' | 'warn' | 'bad';

export interface Toast {
  readonly id: number;
  readonly kind: ToastKind;
  readonly title: string;
  readonly text: string;
}

const MOST = 4;
const SHOWN_MS: Readonly<Record<ToastKind, number>> = { info: 4_000, good: 4_000, warn: 10_000, bad: 20_000 };

export class Toasts {
  readonly #list = signal<readonly Toast[]>([]);
  #last = 0;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  get list(): ReadonlySignal<readonly Toast[]> {
    return this.#list;
  }

  show(kind: ToastKind, title: string, text = ''): void {
    const toast = { id: ++this.#last, kind, title, text };
    const others = this.#list.value.filter((other) => other.title !== title || other.text !== text);
    this.#list.value = [...others, toast].slice(-MOST);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.dismiss(toast.id);
    }, SHOWN_MS[kind]);
    this.#timers.add(timer);
  }

  dismiss(id: number): void {
    this.#list.value = this.#list.value.filter((toast) => toast.id !== id);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
