/** Keypad, voice, hang up; and the other end of the line where somebody was dialled. */
import { useState } from 'preact/hooks';
import type { CallInput, Waiting } from '../../../../src/admin/phone-api';
import { Icon } from '../../parts/icon';
import { SafeText } from '../../parts/safe-text';
import { type Keys, useKeys } from '../../parts/use-keys';
import { waitingWords } from '../../text/call-words';

interface ControlsProps {
  readonly waiting: Waiting | null;
  readonly onInput: (input: CallInput) => void;
}

const KEYPAD = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];
const LETTERS = ['', 'ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ', '', '+', ''];

export function CallControls({ waiting, onInput }: ControlsProps) {
  const press = (keys: string) => onInput({ type: 'press', keys });
  useKeys(Object.fromEntries(KEYPAD.map((key) => [key, () => press(key)])) satisfies Keys, true);
  return (
    <div class="call-controls">
      <p class="call-waiting" role="status">
        {waiting !== null && <SafeText text={waitingWords(waiting)} />}
      </p>
      <OtherEnd waiting={waiting} onInput={onInput} />
      <div class="keypad" role="group" aria-label="Keypad">
        {KEYPAD.map((key, at) => (
          <button key={key} type="button" class="key" aria-label={KEY_NAMES[key]} onClick={() => press(key)}>
            {key} <span>{LETTERS[at]}</span>
          </button>
        ))}
      </div>
      <div class="call-last">
        <SpeakForm onInput={onInput} />
        <button type="button" class="button hang-up" onClick={() => onInput({ type: 'hang up' })}>
          <Icon name="phone" />
          Hang up
        </button>
      </div>
    </div>
  );
}

const KEY_NAMES: Readonly<Record<string, string>> = { '*': 'star', '#': 'hash' };
const OUTCOMES = [
  ['answer', 'Answers'],
  ['busy', 'Is busy'],
  ['no answer', 'Does not answer'],
  ['fail', 'Cannot be reached'],
] as const;

function OtherEnd({ waiting, onInput }: ControlsProps) {
  if (waiting?.for === 'conversation') {
    return (
      <button type="button" class="button" onClick={() => onInput({ type: 'hang up', leg: 'callee' })}>
        <SafeText text={`${waiting.party.address} hangs up`} />
      </button>
    );
  }
  if (waiting?.for !== 'answer') return null;
  return (
    <ul class="parties">
      {waiting.parties.map(({ address, callSid }, party) => (
        <li key={callSid}>
          <SafeText text={address} />
          {OUTCOMES.map(([type, text]) => (
            <button key={type} type="button" class="button small" onClick={() => onInput({ type, party })}>
              {text}
            </button>
          ))}
        </li>
      ))}
    </ul>
  );
}

function SpeakForm({ onInput }: Pick<ControlsProps, 'onInput'>) {
  const [text, setText] = useState('');
  const speak = (event: Event) => {
    event.preventDefault();
    if (text.trim() === '') return;
    onInput({ type: 'speak', text });
    setText('');
  };
  return (
    <form class="speak" onSubmit={speak}>
      <input
        type="text"
        aria-label="Say something"
        placeholder="Say something"
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
