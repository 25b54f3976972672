/** The admin API as functions. Types come from `src/admin/api.ts`; the session cookie goes along by itself. */
import type {
  ApiError,
  CallRequest,
  ExplainRequest,
  InvocationPage,
  ProjectInfo,
  ReplayAnswer,
  ReplayRequest,
  SettingsInfo,
  SignatureExplanation,
  SourceExcerpt,
} from '../../../src/admin/api';
import type {
  CallInput,
  CallView,
  PhoneState,
  StartCall,
  StartThread,
  TextRequest,
  ThreadView,
} from '../../../src/admin/phone-api';
import type { InvocationRecord } from '../../../src/model/record';
import { ApiFailure } from './failure';
import type { InvocationPages, PageRequest } from './invocation-pages';

export class ApiClient implements InvocationPages {
  /** `onSignedOut` is called for every 401. */
  constructor(private readonly onSignedOut: () => void) {}

  project(): Promise<ProjectInfo> {
    return this.#get('/api/project');
  }

  settings(): Promise<SettingsInfo> {
    return this.#get('/api/settings');
  }

  invocations({ limit, before, filter }: PageRequest, signal: AbortSignal): Promise<InvocationPage> {
    const query = new URLSearchParams({ limit: String(limit) });
    if (before !== null) query.set('before', before);
    for (const [name, value] of Object.entries(filter)) if (value !== '') query.set(name, value);
    return this.#send(`/api/invocations?${query}`, { signal });
  }

  async forget(): Promise<void> {
    await this.#ask('/api/invocations', { method: 'DELETE' });
  }

  invocation(id: string): Promise<InvocationRecord> {
    return this.#get(`/api/invocations/${encodeURIComponent(id)}`);
  }

  source(id: string): Promise<SourceExcerpt[]> {
    return this.#get(`/api/invocations/${encodeURIComponent(id)}/source`);
  }

  call(request: CallRequest): Promise<InvocationRecord> {
    return this.#post('/api/call', request);
  }

  replay(id: string, request: ReplayRequest): Promise<ReplayAnswer> {
    return this.#post(`/api/invocations/${encodeURIComponent(id)}/replay`, request);
  }

  explain(request: ExplainRequest): Promise<SignatureExplanation> {
    return this.#post('/api/signature/explain', request);
  }

  // --- the phone

  phone(): Promise<PhoneState> {
    return this.#get('/api/phone');
  }

  startThread(start: StartThread): Promise<ThreadView> {
    return this.#post('/api/phone/threads', start);
  }

  sendText(id: string, text: TextRequest): Promise<ThreadView> {
    return this.#post(`/api/phone/threads/${encodeURIComponent(id)}/texts`, text);
  }

  startCall(start: StartCall): Promise<CallView> {
    return this.#post('/api/phone/calls', start);
  }

  callInput(id: string, input: CallInput): Promise<CallView> {
    return this.#post(`/api/phone/calls/${encodeURIComponent(id)}/input`, input);
  }

  async forgetConversation(id: string): Promise<void> {
    await this.#ask(`/api/phone/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  #get<T>(path: string): Promise<T> {
    return this.#send(path, {});
  }

  #post<T>(path: string, body: unknown): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    return this.#send(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async #send<T>(path: string, init: RequestInit): Promise<T> {
    const response = await this.#ask(path, init);
    // The server is ours and its types are checked with ours: see src/admin/api.ts.
    return (await response.json()) as T;
  }

  async #ask(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(path, { ...init, cache: 'no-store' }).catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new ApiFailure(0, 'HS_GONE', 'The gateway does not answer.');
    });
    if (response.ok) return response;
    if (response.status === 401) this.onSignedOut();
    throw await failureOf(response);
  }
}

/** Where the kept bytes of a body are downloaded from. */
export function bodyUrl(id: string, side: 'request' | 'response'): string {
  return `/api/invocations/${encodeURIComponent(id)}/body?side=${side}`;
}

async function failureOf(response: Response): Promise<ApiFailure> {
  const fallback = { code: `HTTP_${response.status}`, message: `The gateway answered ${response.status}.` };
  const error = await response.json().then(
    (body) => ({ ...fallback, ...(body as Partial<ApiError>) }),
    () => fallback,
  );
  return new ApiFailure(response.status, error.code, error.message);
}
