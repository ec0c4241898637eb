import { ClockDoubted } from './check-outcomes.ts';
import { claimMs } from './shared-store.ts';

/** Outcomes cannot be kept now: nothing of what was not accepted has been counted, and all of it can be sent again. */
export class IntakeUnavailable extends Error {
  readonly retryAfterS: number;

  constructor(message: string, cause?: Error) {
    super(message, { cause });
    // a clock that has jumped is set right by a person, or believed after a day
    this.retryAfterS = cause instanceof ClockDoubted ? 900 : claimMs / 1000;
  }
}
