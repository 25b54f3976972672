/** Keypad, voice, hang up; and the other end of the line where somebody was dialled. */
import { useState } from 'preact/hooks';
import type { CallInput, CallView, LegName } from '../../../../src/admin/phone-api';
import { Icon } from '../../parts/icon';
import { SafeText } from '../../parts/safe-text';
import { type Keys, useKeys } from '../../parts/use-keys';
import { turnOf, waitingWords } from '../../text/call-words';
import { otherPartiesOf } from '../../text/other-end';

interface ControlsProps {
  readonly call: CallView;
  readonly onInput: (input: CallInput) => void;
}

const KEYPAD = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];
const LETTERS = ['', 'ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ', '', '+', ''];

export function CallControls({ call, onInput }: ControlsProps) {
  const { waiting } = call;
  const leg = turnOf(waiting);
  const press = (keys: string) => onInput({ type: 'press', keys, leg });
  useKeys(Object.fromEntries(KEYPAD.map((key) => [key, () => press(key)])) satisfies Keys, true);
  return (
    <div class="call-controls">
      <p class={`call-waiting${leg === 'caller' ? '' : ' theirs'}`} role="status">
        {waiting !== null && <SafeText text={waitingWords(waiting)} />}
      </p>
      <OtherEnd call={call} onInput={onInput} />
      <div class="keypad" role="group" aria-label={leg === 'caller' ? 'Keypad' : 'Keypad of the other party'}>
        {KEYPAD.map((key, at) => (
          <button key={key} type="button" class="key" aria-label={KEY_NAMES[key]} onClick={() => press(key)}>
            {key} <span>{LETTERS[at]}</span>
          </button>
        ))}
      </div>
      <div class="call-last">
        <SpeakForm leg={leg} onInput={onInput} />
        <button type="button" class="button hang-up" onClick={() => onInput({ type: 'hang up' })}>
          <Icon name="phone" />
          Hang up
        </button>
      </div>
    </div>
  );
}

const KEY_NAMES: Readonly<Record<string, string>> = { '*': 'star', '#': 'hash' };

function OtherEnd({ call, onInput }: ControlsProps) {
  const parties = otherPartiesOf(call);
  if (parties.length === 0) return null;
  return (
    <ul class="parties" aria-label="The other end of the line">
      {parties.map(({ key, address, choices }) => (
        <li key={key}>
          {address !== null && <SafeText text={address} />}
          {choices.map(({ text, input, isReady }) => (
            <button
              key={input.type}
              type="button"
              class={`button${address === null ? '' : ' small'}`}
              disabled={!isReady}
              onClick={() => onInput(input)}
            >
              <SafeText text={text} />
            </button>
          ))}
        </li>
      ))}
    </ul>
  );
}

interface SpeakProps {
  readonly leg: LegName;
  readonly onInput: (input: CallInput) => void;
}

function SpeakForm({ leg, onInput }: SpeakProps) {
  const [text, setText] = useState('');
  const label = `Say something${leg === 'caller' ? '' : ' as the other party'}`;
  const speak = (event: Event) => {
    event.preventDefault();
    if (text.trim() === '') return;
    onInput({ type: 'speak', text, leg });
    setText('');
  };
  return (
    <form class="speak" onSubmit={speak}>
      <input
        type="text"
        aria-label={label}
        placeholder={label}
        value={text}
        autocomplete="off"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button" aria-label="Say it">
        <Icon name="speaker" />
      </button>
    </form>
  );
}
