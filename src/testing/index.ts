/** What tests of a project use: `import { startProject } from 'hookswitch/testing'`. */
import type * as library from './library';
import type { InlineFiles, StartOptions } from './options';
import type { AnswerParts, OutboundAnswer } from './outbound/answer';
import type { TestProject } from './project';
import { requireInNode } from './realm';

export type { ConsoleLevel, ConsoleLine } from '../model/invocation';
export type { InvocationRecord } from '../model/record';
export type {
  CallEvent,
  CallStatus,
  DeliveryOutcome,
  EndReason,
  Exchange,
  Fault,
  FaultRule,
  Purpose,
} from '../simulator';
export type { CalledParty, TestCall } from './call';
export type { PostOptions, RequestOptions } from './client';
export type { ConversationOptions, TextOptions } from './conversation';
export type { Words } from './expectation';
export type { ReceivedMessage } from './inbox';
export type { InlineFiles, StartOptions } from './options';
export type { AnswerParts, OutboundAnswer } from './outbound/answer';
export type { Network } from './outbound/network';
export type { OutboundRequest } from './outbound/request';
export type { OutboundHandler } from './outbound/route';
export type { PlacedCall, SentMessage, TwilioApi } from './outbound/twilio';
export type { TestPhone } from './phone';
export type { TestProject } from './project';
export type { LogLine } from './records';
export type { TestResponse } from './response';
export type { SmsOptions, TestCallOptions } from './telephony';
export type { Twiml } from './twiml';

// The cast says what the file exports.
const {
  answer: makeAnswer,
  startProject: start,
  twilioError: makeError,
} = requireInNode('./library') as typeof library;

/**
 * Serves a project for a test: a folder, or files written inline (`{ 'functions/hello.js': 'exports.handler = …' }`).
 * It does not keep the test process alive; `close` ends it sooner.
 *
 * Rejects with `CodedError` where the project cannot be served.
 */
export function startProject(source: string | InlineFiles, options: StartOptions = {}): Promise<TestProject> {
  // JSON of the realm of the test: what it makes is compared with objects of the test.
  return start(source, options, (text) => JSON.parse(text));
}

/** An answer with a status, headers or a body that is not JSON. */
export function answer(parts: AnswerParts): OutboundAnswer {
  return makeAnswer(parts);
}

/** As the REST API of the vendor says that something is wrong. */
export function twilioError(status: number, code: number | string, message: string): OutboundAnswer {
  return makeError(status, code, message);
}
