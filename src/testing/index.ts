/** What tests of a project use: `import { startProject } from 'hookswitch/testing'`. */
export type { ConsoleLevel, ConsoleLine, RequestRecord } from '../model/invocation';
export type { PostOptions, RequestOptions } from './client';
export type { InlineFiles, StartOptions } from './options';
export { type AnswerParts, answer, type OutboundAnswer, twilioError } from './outbound/answer';
export type { Network } from './outbound/network';
export type { OutboundRequest } from './outbound/request';
export type { OutboundHandler } from './outbound/route';
export type { PlacedCall, SentMessage, TwilioApi } from './outbound/twilio';
export type { TestProject } from './project';
export type { LogLine } from './records';
export type { TestResponse } from './response';
export { startProject } from './start';
