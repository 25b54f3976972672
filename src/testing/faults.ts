/** Whether failure on purpose can happen as a test writes it: a fault that is misspelt would let the test pass. */
import { inspect } from 'node:util';
import { CodedError } from '../errors';
import { type DeliveryOutcome, type Fault, type FaultRule, PURPOSES } from '../simulator';

const FAULTS: Readonly<Record<Fault['type'], true>> = {
  slow: true,
  status: true,
  dropped: true,
  refused: true,
  duplicate: true,
  lost: true,
};

const OUTCOMES: Readonly<Record<DeliveryOutcome, true>> = {
  delivered: true,
  undelivered: true,
  failed: true,
};

/** Throws `CodedError` (HS_TEST_USAGE). */
export function checkFaults(rules: readonly FaultRule[] = []): void {
  if (!Array.isArray(rules))
    throw unusable(rules, "no list of faults: write [{ fault: { type: 'dropped' } }]");
  for (const rule of rules) checkRule(rule);
}

/** Throws `CodedError` (HS_TEST_USAGE). */
export function checkDelivery(delivery: DeliveryOutcome = 'delivered'): void {
  if (!isOneOf(Object.keys(OUTCOMES), delivery))
    throw unusable(delivery, `no delivery: it is ${list(Object.keys(OUTCOMES))}`);
}

function checkRule(rule: Partial<FaultRule> | null): void {
  const { fault, purposes = [] } = rule ?? {};
  if (fault === undefined || !isOneOf(Object.keys(FAULTS), fault?.type))
    throw unusable(rule, `no fault: its fault.type is ${list(Object.keys(FAULTS))}`);
  if (fault.type === 'slow' && !(fault.ms >= 0)) throw unusable(rule, 'no fault: fault.ms is a time in ms');
  if (fault.type === 'status' && !(fault.status >= 100 && fault.status <= 599))
    throw unusable(rule, 'no fault: fault.status is a status of HTTP');
  for (const purpose of purposes) {
    if (!isOneOf(PURPOSES, purpose)) throw unusable(purpose, `no purpose: it is ${list(PURPOSES)}`);
  }
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

function list(names: readonly string[]): string {
  return names.join(', ').replace(/, (\w+)$/, ' or $1');
}

function unusable(value: unknown, why: string): CodedError {
  return new CodedError('HS_TEST_USAGE', `${inspect(value)} is ${why}`);
}
