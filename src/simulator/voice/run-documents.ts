/** Carries out documents, one verb after the other, from the first one to the end of the call or what it waits in. */

import { VOICE_SCHEMA } from '../../model/twiml/voice-schema';
import { type Problem, problem } from '../problem';
import { checkDocument } from '../twiml/check';
import { elementsOf, placeOf, type TwimlDocument, type TwimlElement } from '../twiml/element';
import { type Content, readContent } from '../twiml/read';
import { answer } from './call-progress';
import type { Steps } from './effects';
import type { DocumentRequest, Leg } from './leg';
import { type Ending, NEXT_VERB, type Next } from './next';
import { speechMs } from './speech-time';
import { ASSUMED_FILE_MS } from './verbs/play';
import { verbOf } from './verbs/verbs';

export function* runDocuments(leg: Leg, first: DocumentRequest): Steps<Ending> {
  let request = first;
  let mayFallBack = leg.scope === 'call';
  for (;;) {
    const tooMany = leg.session.countDocument(request.url.href);
    if (tooMany !== null) {
      leg.report(tooMany);
      return { type: 'ended', reason: 'too many documents' };
    }
    const reply = yield* leg.ask(request);
    const content = refuseEmpty(readContent(reply), reply.url, reply.exchange.status);
    if (content.type === 'problem') {
      const fallback = mayFallBack ? fallbackFor(content.problem, leg) : null;
      leg.report(content.problem);
      if (fallback === null) return yield* apologize(leg);
      mayFallBack = false;
      request = fallback;
      continue;
    }
    const next = yield* carryOut(content, leg, reply.url);
    if (next.type !== 'document') return endingOf(next);
    request = next.request;
  }
}

function endingOf(next: Exclude<Next, { readonly type: 'document' }>): Ending {
  switch (next.type) {
    case 'next verb':
      return { type: 'ended', reason: 'no more verbs' };
    case 'end':
      return { type: 'ended', reason: next.reason };
    case 'leave':
      return { type: 'left' };
  }
}

/** 204 says on purpose that there is nothing. */
function refuseEmpty(content: Content, url: string, status: number | null): Content {
  if (content.type !== 'empty' || status === 204) return content;
  return {
    type: 'problem',
    problem: problem(12100, 'the answer is empty', { url, line: null, column: null }),
  };
}

/** twilio.com/docs/voice/twiml: the fallback is told why. */
function fallbackFor(found: Problem, leg: Leg): DocumentRequest | null {
  const { fallbackUrl, fallbackMethod } = leg.session.options;
  const url = fallbackUrl === undefined ? null : leg.resolveStart(fallbackUrl);
  if (url === null) return null;
  const parameters = { ErrorCode: String(found.code), ErrorUrl: found.url ?? '' };
  return { purpose: 'fallback', method: fallbackMethod ?? 'POST', url, parameters };
}

const APOLOGY = 'We are sorry, an application error has occurred. Goodbye.';

/** What callers of the vendor hear. */
function* apologize(leg: Leg): Steps<Ending> {
  if (leg.scope === 'call') {
    yield* answer(leg);
    const durationMs = speechMs(APOLOGY);
    leg.emit({ type: 'said', text: APOLOGY, voice: null, language: 'en-US', times: 1, durationMs });
    yield* leg.passTime(durationMs);
  }
  return { type: 'ended', reason: 'error' };
}

function* carryOut(
  content: Exclude<Content, { readonly type: 'problem' }>,
  leg: Leg,
  url: string,
): Steps<Next> {
  switch (content.type) {
    case 'document':
      return yield* carryOutVerbs(content.document, leg);
    case 'text': {
      yield* answer(leg);
      const text = content.text.replace(/\s+/g, ' ').trim();
      const durationMs = speechMs(text);
      leg.emit({ type: 'said', text, voice: null, language: null, times: 1, durationMs });
      yield* leg.passTime(durationMs);
      return NEXT_VERB;
    }
    case 'sound':
      yield* answer(leg);
      leg.emit({ type: 'played', url, times: 1, durationMs: ASSUMED_FILE_MS });
      yield* leg.passTime(ASSUMED_FILE_MS);
      return NEXT_VERB;
    case 'empty':
      return NEXT_VERB;
  }
}

function* carryOutVerbs(document: TwimlDocument, leg: Leg): Steps<Next> {
  for (const found of checkDocument(document, VOICE_SCHEMA)) leg.report(found);
  for (const element of elementsOf(document.root)) {
    const verb = verbOf(element.name);
    if (verb === null || !isAllowedHere(element, leg, document.url)) continue;
    if (!UNANSWERED.includes(element.name)) yield* answer(leg);
    const next = yield* verb(element, leg, document.url);
    if (next.type !== 'next verb') return next;
  }
  return NEXT_VERB;
}

/**
 * They do not take a call that rings, or do so later: Dial decides by its answerOnBridge.
 * twilio.com/docs/voice/twiml/pause, /reject, /dial; Hangup "does not prevent Twilio from answering the call".
 */
const UNANSWERED = ['Pause', 'Reject', 'Redirect', 'Dial'];

/** twilio.com/docs/voice/twiml/enqueue, "waitUrl"; /number, "url" */
const WHILE_WAITING = ['Play', 'Say', 'Pause', 'Hangup', 'Redirect', 'Leave', 'Gather'];
const WHILE_SCREENING = ['Play', 'Say', 'Pause', 'Hangup', 'Redirect', 'Gather', 'Dial'];

function isAllowedHere(element: TwimlElement, leg: Leg, url: string): boolean {
  if (leg.scope === 'call') return true;
  const allowed = leg.scope === 'wait' ? WHILE_WAITING : WHILE_SCREENING;
  if (allowed.includes(element.name)) return true;
  const code = leg.scope === 'wait' ? 13238 : 12200;
  leg.report(problem(code, `<${element.name}> is passed over here`, placeOf(element, url)));
  return false;
}
