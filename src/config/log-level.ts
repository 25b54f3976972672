export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Also reads `none`, the last of the choices of `twilio-run`. */
export function readLogLevel(text: string): LogLevel | undefined {
  const word = text.toLowerCase();
  return word === 'none' ? 'silent' : LOG_LEVELS.find((level) => level === word);
}
