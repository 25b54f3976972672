import type { Call, CallEvent, Exchange, ProblemCode } from '../../src/simulator';

/** What was said, in order. */
export function heard(call: Call): readonly string[] {
  return ofType(call, 'said').map(({ text }) => text);
}

export function ofType<T extends CallEvent['type']>(
  call: Call,
  type: T,
): readonly Extract<CallEvent, { type: T }>[] {
  return call.events.filter((event): event is Extract<CallEvent, { type: T }> => event.type === type);
}

export function requestsOf(call: Call): readonly Exchange[] {
  return ofType(call, 'request').map(({ exchange }) => exchange);
}

export function codesOf(call: Call): readonly ProblemCode[] {
  return ofType(call, 'problem').map(({ problem }) => problem.code);
}

export function endOf(call: Call): string | undefined {
  return ofType(call, 'ended')[0]?.reason;
}
