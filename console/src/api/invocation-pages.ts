import type { InvocationFilter, InvocationPage } from '../../../src/admin/api';

export interface PageRequest {
  readonly limit: number;
  /** `next` of the page above; `null`: the newest ones. */
  readonly before: string | null;
  readonly filter: InvocationFilter;
}

export interface InvocationPages {
  invocations(request: PageRequest, signal: AbortSignal): Promise<InvocationPage>;
}
