import { ClockDoubted } from './check-outcomes.ts';
import { claimMs } from './shared-store.ts';

/** Outcomes cannot be stored now: none of those not accepted has been counted, and all of them can be sent again. */
export class IntakeUnavailable extends Error {
  readonly retryAfterS: number;

  constructor(message: string, cause?: Error) {
    super(message, { cause });
    // a clock that has jumped is corrected by a person, or trusted after a day
    this.retryAfterS = cause instanceof ClockDoubted ? 900 : claimMs / 1000;
  }
}
