/** One thing that happened in a call: what was heard, what somebody did, and what happened around. */
import type { CallEvent } from '../../../../src/admin/phone-api';
import { Icon } from '../../parts/icon';
import { SafeLink, SafeText } from '../../parts/safe-text';
import { callClock, type Spoken, wordsOf } from '../../text/call-words';
import { ExchangeStep } from './exchange-step';
import { ProblemStep } from './problem-step';

export function CallEntry({ event }: { readonly event: CallEvent }) {
  if (event.type === 'request') return <ExchangeStep exchange={event.exchange} />;
  if (event.type === 'problem') return <ProblemStep problem={event.problem} />;
  const words = wordsOf(event);
  if (words === null) return null;
  return words.who === 'note' ? <Note words={words} /> : <Bubble event={event} words={words} />;
}

function Note({ words: { leg, text, more } }: { readonly words: Spoken }) {
  return (
    <li class="call-note">
      <SafeText text={text} />
      {leg === 'callee' && ' · the other party'}
      <More text={more} />
    </li>
  );
}

function Bubble({ event, words }: { readonly event: CallEvent; readonly words: Spoken }) {
  const { who, leg, text, more } = words;
  const isOut = who === 'caller';
  return (
    <li class={`bubble-row${isOut ? '' : ' theirs'}${leg === 'callee' ? ' callee' : ''}`}>
      <div class={`bubble ${isOut ? 'out' : 'in'}`}>
        <span class="hidden">{SPEAKERS[who]}</span>
        {event.type === 'played' && <Icon name="play" />}
        {event.type === 'played' ? <SafeLink text={text} /> : <SafeText text={text} />}
      </div>
      <span class="note">
        {callClock(event.at)}
        {leg === 'callee' && (who === 'project' ? ' · to the other party' : ' · the other party')}
        <More text={more} />
      </span>
    </li>
  );
}

function More({ text }: { readonly text: string | null }) {
  if (text === null) return null;
  return (
    <span class="call-more">
      {' · '}
      <SafeText text={text} />
    </span>
  );
}

const SPEAKERS: Readonly<Record<Spoken['who'], string>> = {
  project: 'The project: ',
  caller: 'The caller: ',
  callee: 'The other party: ',
  note: '',
};
