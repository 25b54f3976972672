/** What `hookswitch new` can make. The files of each stand in `templates/` of the package. */
export interface Template {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** A path to try, with its query. */
  readonly tryPath: string;
  /** What Twilio has to be told; `null`: nothing. */
  readonly webhook: string | null;
}

export const TEMPLATES: readonly Template[] = [
  {
    name: 'hello',
    summary: 'A Function that answers with JSON, and a page.',
    tryPath: '/hello?name=Ada',
    webhook: null,
  },
  {
    name: 'sms-reply',
    summary: 'Answers texts by what they say.',
    tryPath: '/sms/reply?Body=hours',
    webhook: '/sms/reply for incoming messages',
  },
  {
    name: 'voice-menu',
    summary: 'Asks callers for a digit and acts on it.',
    tryPath: '/voice/menu',
    webhook: '/voice/menu for incoming calls',
  },
  {
    name: 'voicemail',
    summary: 'Takes messages of callers, and texts you a link.',
    tryPath: '/voice/greeting',
    webhook: '/voice/greeting for incoming calls',
  },
  {
    name: 'sms-survey',
    summary: 'Asks questions by text, one after the other.',
    tryPath: '/sms/survey?Body=Hi',
    webhook: '/sms/survey for incoming messages',
  },
];

export const LANGUAGES = ['javascript', 'typescript'] as const;
export type Language = (typeof LANGUAGES)[number];
