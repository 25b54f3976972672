import { useConsole } from '../state/use-console';
import { Dialog } from './dialog';

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['j', '↓'], 'next invocation'],
  [['k', '↑'], 'previous invocation'],
  [['Enter'], 'open it'],
  [['Esc'], 'back to the list'],
  [['/'], 'search'],
  [['p'], 'pause and resume'],
  [['r'], 'replay what is open'],
  [['e'], 'edit it and send it again'],
  [['1', '2', '3', '4'], 'Invocations, Functions, Phone, Settings'],
  [['0–9', '*', '#'], 'keys of the phone, in a call'],
  [['?'], 'these keys'],
];

export function KeysDialog() {
  const { isHelpOpen, preferences } = useConsole();
  if (!isHelpOpen.value) return null;
  const close = () => {
    isHelpOpen.value = false;
  };
  return (
    <Dialog title="Keys" onClose={close}>
      <dl class="keys">
        {KEYS.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="choice">
        <input
          type="checkbox"
          checked={preferences.hasKeys.value}
          onChange={(event) => {
            preferences.hasKeys.value = event.currentTarget.checked;
          }}
        />
        Single keys do something
      </label>
    </Dialog>
  );
}
