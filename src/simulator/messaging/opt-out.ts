/**
 * What the vendor does by itself with STOP, START and HELP; the project gets the message in any case.
 * help.twilio.com "Twilio support for opt-out keywords (SMS STOP filtering)"
 */

export interface OptOut {
  readonly keyword: string;
  readonly does: 'block' | 'unblock' | 'help';
  /** `null`: nothing is answered. */
  readonly answer: string | null;
}

const STOP = ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'OPTOUT', 'REVOKE'];
const START = ['START', 'YES', 'UNSTOP'];
const HELP = ['HELP', 'INFO'];

const STOPPED =
  'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.';
const STARTED =
  'You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply.';
const HELPED = 'Reply STOP to unsubscribe. Msg&Data Rates May Apply.';

/** `null`: an ordinary message. The word has to stand alone, in any case. */
export function optOutOf(body: string, isBlocked: boolean): OptOut | null {
  const keyword = body.trim().toUpperCase();
  if (STOP.includes(keyword)) return { keyword, does: 'block', answer: isBlocked ? null : STOPPED };
  // Of somebody who has not opted out, START and YES are words like any others.
  if (START.includes(keyword)) return isBlocked ? { keyword, does: 'unblock', answer: STARTED } : null;
  if (HELP.includes(keyword)) return { keyword, does: 'help', answer: isBlocked ? null : HELPED };
  return null;
}
