/** Text spoken by the browser, where somebody switched that on. Only with voices of this machine: others send it away. */
import { signal } from '@preact/signals';

/** How long voices may take to be there: browsers load them after they are asked for the first time. */
const LONGEST_WAIT_MS = 3_000;

export class Speech {
  readonly isOn = signal(false);
  /** What waits its turn; a queue of ours, because the browser's can only be emptied together with what is spoken. */
  #waiting: Utterance[] = [];
  #current: SpeechSynthesisUtterance | null = null;

  /** `onNoVoice`: it was switched on, and is off again because nothing here can speak. */
  constructor(private readonly onNoVoice: () => void) {}

  get isThere(): boolean {
    return 'speechSynthesis' in globalThis;
  }

  say(text: string, language: string | null): void {
    if (!this.isOn.peek()) return;
    this.#waiting.push({ text, language });
    this.#speakNext();
  }

  async toggle(): Promise<void> {
    this.isOn.value = !this.isOn.value;
    if (!this.isOn.value) return this.stop();
    if (await findVoices()) return this.#speakNext();
    if (!this.isOn.value) return;
    this.isOn.value = false;
    this.stop();
    this.onNoVoice();
  }

  /** Says to the end what is being said, and no more. */
  finish(): void {
    this.#waiting = [];
  }

  stop(): void {
    this.finish();
    this.#current = null;
    if (this.isThere) speechSynthesis.cancel();
  }

  #speakNext(): void {
    const voices = localVoices();
    if (this.#current !== null || voices.length === 0) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    const utterance = utteranceOf(next, voices);
    this.#current = utterance;
    utterance.onend = () => this.#ended(utterance);
    utterance.onerror = () => this.#ended(utterance);
    speechSynthesis.speak(utterance);
  }

  #ended(utterance: SpeechSynthesisUtterance): void {
    if (this.#current !== utterance) return;
    this.#current = null;
    this.#speakNext();
  }
}

interface Utterance {
  readonly text: string;
  readonly language: string | null;
}

function utteranceOf(
  { text, language }: Utterance,
  voices: readonly SpeechSynthesisVoice[],
): SpeechSynthesisUtterance {
  const utterance = new SpeechSynthesisUtterance(text);
  const voice = voices.find(({ lang }) => isSameLanguage(lang, language ?? 'en')) ?? voices[0] ?? null;
  utterance.voice = voice;
  if (voice !== null) utterance.lang = voice.lang;
  return utterance;
}

function localVoices(): readonly SpeechSynthesisVoice[] {
  return speechSynthesis.getVoices().filter(({ localService }) => localService);
}

/** Resolves with whether there is one, once there is one or none came in time. */
function findVoices(): Promise<boolean> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      speechSynthesis.removeEventListener('voiceschanged', look);
      resolve(localVoices().length > 0);
    };
    const look = () => {
      if (localVoices().length > 0) end();
    };
    const timer = setTimeout(end, LONGEST_WAIT_MS);
    speechSynthesis.addEventListener('voiceschanged', look);
    look();
  });
}

function isSameLanguage(a: string, b: string): boolean {
  return a.slice(0, 2).toLowerCase() === b.slice(0, 2).toLowerCase();
}
