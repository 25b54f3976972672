/** A call that is being put together. */
import type { CallRequest, ResourceInfo } from '../../../src/admin/api';
import type { Field } from '../text/presets';

export type Encoding = 'form' | 'json' | 'query';

export interface Draft {
  readonly method: string;
  readonly path: string;
  readonly encoding: Encoding;
  readonly fields: readonly Field[];
  readonly sign: boolean;
}

export function firstDraft({ path, visibility, name }: ResourceInfo): Draft {
  const isAsset = name.startsWith('assets/') || name.startsWith('static/');
  return {
    method: isAsset ? 'GET' : 'POST',
    path,
    encoding: isAsset ? 'query' : 'form',
    fields: [],
    sign: visibility === 'protected',
  };
}

/** With another method its parameters go elsewhere: only a POST has a body. */
export function withMethod(draft: Draft, method: string): Draft {
  const encoding = method === 'POST' ? (draft.encoding === 'query' ? 'form' : draft.encoding) : 'query';
  return { ...draft, method, encoding };
}

export function requestOf({ method, path, encoding, fields, sign }: Draft): CallRequest {
  const named = fields.filter(([name]) => name !== '');
  const form = new URLSearchParams(named.map(([name, value]) => [name, value])).toString();
  if (encoding === 'query') {
    const target = form === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${form}`;
    return { method, target, headers: [], body: '', sign };
  }
  const isJson = encoding === 'json';
  const type = isJson ? 'application/json' : 'application/x-www-form-urlencoded; charset=UTF-8';
  const body = isJson ? JSON.stringify(Object.fromEntries(named)) : form;
  return { method, target: path, headers: [['Content-Type', type]], body, sign };
}
