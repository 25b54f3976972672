/** What the verbs of a call share: who calls whom, what was told so far, and the limits. */
import { type Problem, problem } from '../problem';
import type { Wiring } from '../wiring';
import type { Steps } from './effects';
import type { CallEvent, CallEventBody, LegName } from './event';
import type { DocumentRequest, Leg } from './leg';
import type { Ending } from './next';
import { type CallOptions, MOST_DOCUMENTS, MOST_DOCUMENTS_AT_ONCE, MOST_EVENTS } from './settings';

export interface SessionParts {
  readonly options: CallOptions;
  readonly wiring: Wiring;
  /** ms since the call began. */
  readonly now: () => number;
  readonly emit: (event: CallEvent) => void;
  /** Carries out a document and all that follow from it. */
  readonly run: (leg: Leg, request: DocumentRequest) => Steps<Ending>;
}

export class CallSession {
  readonly options: CallOptions;
  readonly wiring: Wiring;
  readonly run: SessionParts['run'];
  readonly #now: () => number;
  readonly #emit: (event: CallEvent) => void;
  #events = 0;
  #documents = 0;
  #atOnce = 0;
  #lastDocumentAt = -1;
  #sequence = 0;
  readonly #startedAt: number;

  constructor(parts: SessionParts) {
    this.options = parts.options;
    this.wiring = parts.wiring;
    this.#now = parts.now;
    this.#emit = parts.emit;
    this.run = parts.run;
    this.#startedAt = parts.wiring.clock.now();
  }

  now(): number {
    return this.#now();
  }

  /** When it is on the wall: ms since 1970. */
  wallTime(): number {
    return this.#startedAt + this.#now();
  }

  emit(leg: LegName, body: CallEventBody): void {
    this.#events++;
    this.#emit({ at: this.#now(), leg, ...body });
  }

  /** Of the events of conferences: 0, 1, 2, … */
  nextSequence(): number {
    return this.#sequence++;
  }

  /** Counts a document; says what is wrong where there were too many. */
  countDocument(url: string): Problem | null {
    this.#documents++;
    this.#atOnce = this.#now() === this.#lastDocumentAt ? this.#atOnce + 1 : 1;
    this.#lastDocumentAt = this.#now();
    const place = { url, line: null, column: null };
    if (this.#atOnce > MOST_DOCUMENTS_AT_ONCE) {
      return problem(
        11215,
        `${MOST_DOCUMENTS_AT_ONCE} documents without a word or a pause: they go in a circle`,
        place,
      );
    }
    if (this.#documents > MOST_DOCUMENTS || this.#events > MOST_EVENTS) {
      return problem(
        11215,
        `the simulator stops after ${MOST_DOCUMENTS} documents or ${MOST_EVENTS} events`,
        place,
      );
    }
    return null;
  }
}
