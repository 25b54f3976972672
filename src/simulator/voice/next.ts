import type { EndReason } from './event';
import type { DocumentRequest } from './leg';

/** What comes after a verb. */
export type Next =
  | { readonly type: 'next verb' }
  | { readonly type: 'document'; readonly request: DocumentRequest }
  | { readonly type: 'end'; readonly reason: EndReason }
  /** `Leave`: out of the queue. */
  | { readonly type: 'leave' };

export const NEXT_VERB: Next = { type: 'next verb' };

/** How a run of documents came to its end. */
export type Ending = { readonly type: 'ended'; readonly reason: EndReason } | { readonly type: 'left' };
