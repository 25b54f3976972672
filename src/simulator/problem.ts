/**
 * What goes wrong in a conversation, with the code that the vendor's debugger shows for it. Pages:
 * `twilio.com/docs/api/errors/<code>`. The level is that of the page: an error in an attribute lets the conversation go on.
 */
export interface Problem {
  readonly code: ProblemCode;
  readonly level: 'warning' | 'error';
  readonly message: string;
  /** Of the document in which it is, or of the request that failed. */
  readonly url: string | null;
  /** 1-based, in the document; `null` where the problem has no place in it. */
  readonly line: number | null;
  readonly column: number | null;
}

export type ProblemCode = keyof typeof PROBLEMS;

/** Where a problem is. */
export interface Place {
  readonly url: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

export const NOWHERE: Place = { url: null, line: null, column: null };

/** `detail` says what was met; it follows the vendor's own words. */
export function problem(code: ProblemCode, detail: string, place: Place = NOWHERE): Problem {
  const { level, text } = PROBLEMS[code];
  const message = detail === '' ? text : `${text}: ${detail}`;
  return { code, level, message, url: place.url, line: place.line, column: place.column };
}

export function pageOf(code: ProblemCode): string {
  return `https://www.twilio.com/docs/api/errors/${code}`;
}

/** `11200 HTTP retrieval failure: … (http://localhost:3000/menu, line 3, column 7)` */
export function problemText(found: Problem): string {
  const place = [
    ...(found.url === null ? [] : [found.url]),
    ...(found.line === null ? [] : [`line ${found.line}`]),
    ...(found.column === null ? [] : [`column ${found.column}`]),
  ];
  return `${found.code} ${found.message}${place.length === 0 ? '' : ` (${place.join(', ')})`}`;
}

interface ProblemRow {
  readonly level: 'warning' | 'error';
  /** The title of the vendor's page. */
  readonly text: string;
}

const error = (text: string): ProblemRow => ({ level: 'error', text });
const warning = (text: string): ProblemRow => ({ level: 'warning', text });

export const PROBLEMS = {
  11100: error('Invalid URL format'),
  11200: error('HTTP retrieval failure'),
  11205: error('HTTP connection failure'),
  11206: error('HTTP protocol violation'),
  11210: error('HTTP bad host name'),
  11215: error('HTTP too many redirects'),
  11220: error('SSL/TLS handshake error'),
  11237: error('Certificate invalid: could not find path to certificate'),
  11750: error('TwiML response body too large'),
  12100: error('Document parse failure'),
  12102: error('The root element must be <Response>'),
  12200: warning('Schema validation warning'),
  12300: error('Invalid Content-Type'),
  13201: error('Dial: cannot dial out from a leg that was dialled'),
  13210: warning('Dial: invalid method value'),
  13212: warning('Dial: invalid timeout value'),
  13213: warning('Dial: invalid hangupOnStar value'),
  13214: warning('Dial: invalid callerId value'),
  13215: warning('Dial: invalid nested element'),
  13216: warning('Dial: invalid timeLimit value'),
  13217: warning('Dial: invalid record value'),
  13218: warning('Dial: invalid sequential value'),
  13219: warning('Dial: invalid answerOnBridge value'),
  13221: warning('Dial->Number: invalid method value'),
  13222: warning('Dial->Number: invalid sendDigits value'),
  13223: warning('Dial: invalid phone number format'),
  13230: warning('Dial->Conference: invalid muted value'),
  13231: error('Dial->Conference: invalid endConferenceOnExit value'),
  13232: warning('Dial->Conference: invalid startConferenceOnEnter value'),
  13234: warning('Dial->Conference: invalid waitMethod'),
  13238: error('Dial->Conference: invalid verb used in waitUrl, holdUrl, or announceUrl TwiML'),
  13241: warning('Dial->SIP: invalid method value'),
  13310: warning('Gather: invalid finishOnKey value'),
  13312: warning('Gather: invalid method value'),
  13313: warning('Gather: invalid timeout value'),
  13314: warning('Gather: invalid numDigits value'),
  13320: warning('Gather: invalid nested verb'),
  13326: warning('Gather: invalid input value'),
  13327: warning('Gather: invalid speechTimeout value'),
  13329: warning('Gather: invalid partialResultCallbackMethod value'),
  13332: warning('Gather: invalid bargeIn value'),
  13338: error('Gather: invalid actionOnEmptyResult value'),
  13410: warning('Play: invalid loop value'),
  13430: warning('Play: invalid DTMF string'),
  13510: warning('Say: invalid loop value'),
  13520: warning('Say: invalid text'),
  13610: warning('Record: invalid method value'),
  13611: warning('Record: invalid timeout value'),
  13612: warning('Record: invalid maxLength value'),
  13613: warning('Record: invalid finishOnKey value'),
  13614: warning('Record: invalid transcribe value'),
  13616: warning('Record: playBeep must be true or false'),
  13710: warning('Redirect: invalid method value'),
  13910: warning('Pause: invalid length value'),
  14101: error('"To" attribute is invalid'),
  14102: error('"From" attribute is invalid'),
  14103: error('Invalid body'),
  14104: warning('Invalid method attribute'),
  14105: warning('Invalid statusCallback attribute'),
  14106: error('Document retrieval limit reached'),
  14109: warning('TwiML reply message limit exceeded'),
  14110: warning('Invalid verb for message reply'),
  14201: warning('Enqueue: invalid method value'),
  14206: warning('Enqueue: invalid waitUrlMethod value'),
  21610: error('Attempt to send to an unsubscribed recipient'),
  21617: error('The message body exceeds the limit of 1,600 characters'),
} as const satisfies Record<number, ProblemRow>;
