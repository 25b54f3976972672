/** Name -> what it does. The tables of twiml/voice-schema.ts say how far. */
import { VOICE_STAND_INS } from '../../../model/twiml/stand-in-schema';
import type { Verb } from '../verb';
import { dial } from './dial';
import { enqueue } from './enqueue';
import { gather } from './gather';
import { hangup } from './hangup';
import { leave } from './leave';
import { pause } from './pause';
import { play } from './play';
import { record } from './record';
import { redirect } from './redirect';
import { refer } from './refer';
import { reject } from './reject';
import { say } from './say';
import { standIn } from './stand-in';

const DONE: Readonly<Record<string, Verb>> = {
  Say: say,
  Play: play,
  Pause: pause,
  Gather: gather,
  Record: record,
  Dial: dial,
  Redirect: redirect,
  Hangup: hangup,
  Reject: reject,
  Enqueue: enqueue,
  Leave: leave,
  Refer: refer,
};

const MARKED = ['Sms', 'Message', 'Queue', ...Object.keys(VOICE_STAND_INS)];

/** `null`: not a verb of a call. */
export function verbOf(name: string): Verb | null {
  if (Object.hasOwn(DONE, name)) return DONE[name] ?? null;
  return MARKED.includes(name) ? standIn : null;
}
