/** What this browser remembers of its reader: the theme, and whether single keys do something. */
import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export class Preferences {
  readonly theme = signal<Theme>(readTheme());
  readonly hasKeys = signal(read('keys') !== 'off');
  readonly #stops: readonly (() => void)[];

  constructor() {
    this.#stops = [
      effect(() => {
        const theme = this.theme.value;
        if (theme === 'system') delete document.documentElement.dataset['theme'];
        else document.documentElement.dataset['theme'] = theme;
        write('theme', theme);
      }),
      effect(() => write('keys', this.hasKeys.value ? 'on' : 'off')),
    ];
  }

  nextTheme(): void {
    const at = THEMES.indexOf(this.theme.value);
    this.theme.value = THEMES[(at + 1) % THEMES.length] ?? 'system';
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }
}

function readTheme(): Theme {
  return THEMES.find((theme) => theme === read('theme')) ?? 'system';
}

/** Storage may be forbidden; then nothing is remembered. */
function read(name: string): string | null {
  try {
    return localStorage.getItem(`hookswitch.${name}`);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(`hookswitch.${name}`, value);
  } catch {
    // Nothing to do: see above.
  }
}
