import type { AlertTiming } from './alert-settings.ts';
import { durationMs } from './duration.ts';

/** `pending`: its condition holds, but not yet for long enough. */
export type AlertStateName = 'inactive' | 'pending' | 'firing';

/** One alert of one subject: pending, firing, resolved, as Prometheus does it. */
export type AlertState = {
  /** @param holds whether its condition does now. @returns what it is then */
  look(nowMs: number, holds: boolean): AlertStateName;
  /** Since when it is pending or firing; not a number while it is neither. */
  readonly sinceMs: number;
};

/** @param timing how long it waits before it fires, and how long it stays */
export function createAlertState(timing: Pick<AlertTiming, 'for' | 'keepFiringFor'>): AlertState {
  const [forMs, keepFiringMs] = [durationMs(timing.for), durationMs(timing.keepFiringFor)];
  let state: AlertStateName = 'inactive';
  let sinceMs = Number.NaN;
  let falseMs = Number.NaN;
  const become = (next: AlertStateName, nowMs: number) => {
    if (next === state) return;
    state = next;
    sinceMs = next === 'inactive' ? Number.NaN : nowMs;
  };
  return {
    look(nowMs, holds) {
      if (holds) {
        falseMs = Number.NaN;
        if (state === 'inactive') become('pending', nowMs);
        if (nowMs - sinceMs >= forMs) become('firing', nowMs);
      } else if (state === 'firing') {
        if (Number.isNaN(falseMs)) falseMs = nowMs;
        if (nowMs - falseMs >= keepFiringMs) become('inactive', nowMs);
      } else become('inactive', nowMs);
      return state;
    },
    get sinceMs() {
      return sinceMs;
    },
  };
}
