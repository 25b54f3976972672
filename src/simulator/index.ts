/** What the simulator offers: exports only. */
export { type Clock, REAL_CLOCK, VirtualClock } from './clock';
export { type Exchange, type Fields, PURPOSES, type Purpose, type WebhookMethod } from './http/exchange';
export { exchangeText } from './http/exchange-text';
export type { Fault, FaultRule } from './http/faults';
export type { Transport, TransportAnswer, TransportRequest } from './http/transport';
export type { DeliveryOutcome } from './messaging/delivery';
export type {
  DeliveryStatus,
  InboundMessage,
  Media,
  MessageEvent,
  MessageExchange,
  OutboundMessage,
} from './messaging/event';
export type { MessageThread, Text, ThreadMessage, ThreadOptions } from './messaging/thread';
export { messageEventText, messageTranscript } from './messaging/transcript';
export { DEFAULT_FROM, DEFAULT_TO, type SimulatorOptions } from './options';
export { type Problem, type ProblemCode, pageOf, problemText } from './problem';
export { type Randomness, seededRandom } from './sid';
export { createSimulator, type Simulator, type SmsOptions } from './simulator';
export type { Call, CallOptions } from './voice/call';
export type {
  CallEvent,
  CallEventType,
  CallStatus,
  DialOutcome,
  DialStatus,
  EndReason,
  LegName,
  Party,
  Waiting,
} from './voice/event';
export { callEventText, callTranscript, clockText, partyText, waitingText } from './voice/transcript';
