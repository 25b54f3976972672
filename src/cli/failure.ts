import { CodedError, ERRORS } from '../errors';

/** Why a command failed and what to do: for people, in several lines, not yet safe to print. */
export function failureText(error: unknown): string {
  if (error instanceof CodedError) return `${error.code}: ${error.message}\n${ERRORS[error.code].fix}`;
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `HS_INTERNAL: ${cause}\n${ERRORS.HS_INTERNAL.fix}`;
}
