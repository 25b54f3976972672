/** What the operator is told of processes that do not start or do not stay. */

export function startFailedText(detail: string): string {
  return `no process can be started for Functions, which is tried again: ${detail}`;
}

export function lostText(name: string, detail: string): string {
  return `${name} is loaded in advance, but its process does not stay until the first call: ${detail}`;
}

export function unpreparedText(detail: string): string {
  return `processes in reserve end while they load the TwiML classes of the package twilio, so from now on they do without: ${detail}`;
}
