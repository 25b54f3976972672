/** The leg of a party that is dialled: a call of its own, with its own SID and status callbacks. */
import type { Fields } from '../../http/exchange';
import type { Steps } from '../effects';
import type { CallStatus } from '../event';
import { Leg } from '../leg';
import { sipFields } from '../sip';
import type { Target } from './dial-settings';

export class DialledLeg {
  readonly target: Target;
  readonly leg: Leg;
  readonly #base: string;
  #answeredAt: number | null = null;

  constructor(target: Target, caller: Leg, callerId: string, base: string) {
    this.target = target;
    this.#base = base;
    this.leg = new Leg({
      name: 'callee',
      session: caller.session,
      status: 'queued',
      scope: 'screening',
      identity: {
        sid: target.party.callSid,
        accountSid: caller.identity.accountSid,
        from: callerId,
        to: addressOf(target),
        direction: 'outbound-dial',
        parentSid: caller.identity.sid,
        callerName: null,
        forwardedFrom: null,
        callToken: null,
      },
      extra: () => (this.#answeredAt === null ? {} : sipFields(target.party)),
    });
  }

  /** ms since it was answered, 0 where it was not. */
  get durationMs(): number {
    return this.#answeredAt === null ? 0 : this.leg.session.now() - this.#answeredAt;
  }

  *ring(): Steps<void> {
    this.leg.setStatus('initiated');
    yield* this.#tell('initiated', null);
    this.leg.setStatus('ringing');
    yield* this.#tell('ringing', null);
  }

  *answer(): Steps<void> {
    this.#answeredAt = this.leg.session.now();
    this.leg.setStatus('in-progress');
    yield* this.#tell('answered', null);
  }

  /**
   * `recording`: of the whole `Dial`. twilio.com/docs/voice/twiml/number, "statusCallback": "only present in the completed
   * event".
   */
  *end(status: CallStatus, recording: Fields = {}): Steps<void> {
    this.leg.setStatus(status);
    yield* this.#tell('completed', this.durationMs, recording);
  }

  *#tell(event: string, durationMs: number | null, recording: Fields = {}): Steps<void> {
    const { callback } = this.target;
    if (callback?.events.includes(event) !== true) return;
    yield* this.leg.tellProgress(
      { url: callback.url, method: callback.method, base: this.#base },
      durationMs,
      recording,
    );
  }
}

/** As webhooks show it. */
function addressOf({ party }: Target): string {
  return party.kind === 'client' ? `client:${party.address}` : party.address;
}
