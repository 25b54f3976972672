/** An answer of the admin API that is an error, or none at all (`status` 0: the gateway is not there). */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  get isGone(): boolean {
    return this.status === 0;
  }
}

export function describeFailure(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
