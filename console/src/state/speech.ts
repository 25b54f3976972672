/** What a caller hears, spoken by the browser, where somebody switched that on. */
import { signal } from '@preact/signals';

export class Speech {
  readonly isOn = signal(false);

  get isThere(): boolean {
    return 'speechSynthesis' in globalThis;
  }

  /** Only with voices of this machine: others send the text away. */
  say(text: string, language: string | null): void {
    if (!this.isOn.value || !this.isThere) return;
    const voices = speechSynthesis.getVoices().filter(({ localService }) => localService);
    const voice = voices.find(({ lang }) => isSameLanguage(lang, language ?? 'en')) ?? voices[0];
    if (voice === undefined) return;
    const words = new SpeechSynthesisUtterance(text);
    words.voice = voice;
    words.lang = voice.lang;
    speechSynthesis.speak(words);
  }

  toggle(): void {
    this.isOn.value = !this.isOn.value;
    if (!this.isOn.value) this.stop();
  }

  stop(): void {
    if (this.isThere) speechSynthesis.cancel();
  }
}

function isSameLanguage(a: string, b: string): boolean {
  return a.slice(0, 2).toLowerCase() === b.slice(0, 2).toLowerCase();
}
