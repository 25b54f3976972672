/** A recorded request, changed before it is sent again. Only what was changed is sent along. */
import { useState } from 'preact/hooks';
import type { ReplayRequest } from '../../../../src/admin/api';
import type { InvocationRecord } from '../../../../src/model/record';
import { Dialog } from '../../parts/dialog';
import { Icon } from '../../parts/icon';
import { formatHeaderLines, parseHeaderLines } from '../../text/header-lines';
import { useReplay } from './use-replay';

const METHODS = ['GET', 'POST', 'HEAD', 'OPTIONS'];

export function EditDialog({
  record,
  onClose,
}: {
  readonly record: InvocationRecord;
  readonly onClose: () => void;
}) {
  const replay = useReplay(record.id);
  const before = fieldsOf(record);
  const [fields, setFields] = useState(before);
  const set =
    (name: keyof typeof fields) => (event: { readonly currentTarget: { readonly value: string } }) =>
      setFields({ ...fields, [name]: event.currentTarget.value });
  const send = async (event: Event) => {
    event.preventDefault();
    await replay.send(changesOf(before, fields));
    onClose();
  };
  const methods = METHODS.includes(record.method) ? METHODS : [...METHODS, record.method];
  return (
    <Dialog title="Edit and send again" onClose={onClose}>
      <form class="form" onSubmit={send}>
        <div class="form-row">
          <label class="field method-field">
            <span>Method</span>
            <select value={fields.method} onChange={set('method')}>
              {methods.map((name) => (
                <option key={name} value={name} selected={name === fields.method}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <label class="field grow">
            <span>Path and query</span>
            <input
              type="text"
              value={fields.target}
              onInput={set('target')}
              spellcheck={false}
              autocomplete="off"
            />
          </label>
        </div>
        <label class="field">
          <span>Headers, one on each line</span>
          <textarea rows={6} value={fields.headers} onInput={set('headers')} spellcheck={false} />
        </label>
        <label class="field">
          <span>Body</span>
          <textarea rows={8} value={fields.body} onInput={set('body')} spellcheck={false} />
        </label>
        <BodyNote record={record} />
        <div class="actions">
          <button type="submit" class="button primary" disabled={replay.isBusy}>
            <Icon name="send" />
            Send
          </button>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <span class="note">It is signed afresh where it was signed.</span>
        </div>
      </form>
    </Dialog>
  );
}

function BodyNote({ record: { request } }: { readonly record: InvocationRecord }) {
  if (request.body?.base64 != null)
    return <p class="note">The body is not text. It is sent as it was unless you write another one.</p>;
  if (request.body?.truncated) return <p class="note">Only the beginning of the body is kept.</p>;
  return null;
}

function fieldsOf({ method, target, request }: InvocationRecord) {
  return { method, target, headers: formatHeaderLines(request.headers), body: request.body?.text ?? '' };
}

type Fields = ReturnType<typeof fieldsOf>;

function changesOf(before: Fields, { method, target, headers, body }: Fields): ReplayRequest {
  return {
    ...(method === before.method ? {} : { method }),
    ...(target === before.target ? {} : { target }),
    ...(headers === before.headers ? {} : { headers: parseHeaderLines(headers) }),
    ...(body === before.body ? {} : { body }),
  };
}
