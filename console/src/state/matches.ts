/** Whether an invocation that has just arrived belongs into a filtered list; `null`: only the server can tell. */
import type { InvocationFilter } from '../../../src/admin/api';
import type { InvocationSummary } from '../../../src/model/record';

export function matches(invocation: InvocationSummary, filter: InvocationFilter): boolean | null {
  const { status = '', function: part = '', method = '', sid = '', q = '' } = filter;
  if (status !== '' && !hasStatus(invocation, status.toLowerCase())) return false;
  if (method !== '' && invocation.method !== method.toUpperCase()) return false;
  if (part !== '' && !isNamed(invocation, part.toLowerCase())) return false;
  return q === '' && sid === '' ? true : null;
}

export function isFailed({ status, error }: InvocationSummary): boolean {
  return error !== null || status >= 500;
}

function hasStatus(invocation: InvocationSummary, status: string): boolean {
  if (status === 'error') return isFailed(invocation);
  if (status === 'ok') return !isFailed(invocation);
  if (/^\dxx$/.test(status)) return Math.floor(invocation.status / 100) === Number(status[0]);
  return String(invocation.status) === status;
}

function isNamed({ resource, target }: InvocationSummary, part: string): boolean {
  const path = target.split('?')[0] ?? '';
  return path.toLowerCase().includes(part) || (resource?.toLowerCase().includes(part) ?? false);
}
