/** What goes wrong on purpose, as the command line says it: `503@/voice/menu,lost`. */
import { readTimeout } from '../../config/timeout';
import type { Fault, FaultRule } from '../../simulator';

export const FAULTS_ALLOWED =
  'a status such as 503, slow=9s, dropped, refused, duplicate or lost, each with @PATH behind it or not';

export function readFaults(text: string): readonly FaultRule[] | undefined {
  const rules = text.split(',').map(ruleOf);
  return rules.every((rule) => rule !== null) ? rules : undefined;
}

function ruleOf(text: string): FaultRule | null {
  const at = text.indexOf('@');
  const fault = faultOf((at === -1 ? text : text.slice(0, at)).trim());
  if (fault === null) return null;
  return at === -1 ? { fault } : { fault, path: text.slice(at + 1).trim() };
}

function faultOf(word: string): Fault | null {
  if (/^[1-5]\d\d$/.test(word)) return { type: 'status', status: Number(word) };
  const [name, time = ''] = word.split('=');
  switch (name) {
    case 'slow': {
      const ms = readTimeout(time);
      return ms === undefined ? null : { type: 'slow', ms };
    }
    case 'dropped':
    case 'refused':
    case 'duplicate':
    case 'lost':
      return { type: name };
    default:
      return null;
  }
}
