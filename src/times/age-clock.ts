import { performance } from 'node:perf_hooks';
import { dayMs } from './day.ts';

/** A clock that is further than this from where it should be has jumped: time servers correct by far less. */
const jumpMs = dayMs;
/** A clock that has jumped is trusted once the service has run with it for this long. */
const believeAfterMs = dayMs;

/** What must outlive a process to detect a clock that was set while it was not running. */
export type ClockState = {
  /** The latest trusted time; ms since 1970. */
  readonly knownMs: number;
  /** For how long the service has run with an untrusted clock, in ms; 0 if the clock is trusted. */
  readonly doubtedForMs: number;
  /** How far that clock is ahead of the latest trusted time, in ms. */
  readonly aheadMs: number;
};

/** The time by which ages are measured when something is deleted or refused for being too old. */
export type AgeClock = {
  /**
   * The time of the wall clock, in ms since 1970. While that clock is untrusted: the last trusted time plus the time
   * that has passed since by the monotonic clock, or the wall clock's time if that is less. So nothing is ever older
   * than it would be by either.
   */
  now(): number;
  state(): ClockState;
};

/**
 * Measures ages by the wall clock, but does not trust it immediately if it is more than a day away from what the last
 * known time implies: one wrong setting would delete everything that is stored. The service has to run with it for a
 * day, and for another day if it jumps again. Whether the clock is wrong or the machine was off cannot be determined;
 * waiting for a day harms in neither case.
 *
 * (Prometheus measures the age of its blocks by the newest of them. Here a single record with a wrong time must not
 * decide either.)
 *
 * @param before what an earlier process knew, or the time of the newest record; with `undefined`, the wall clock is
 * trusted
 * @param onProblem told in one line when the clock has jumped, and when it is trusted again
 */
export function createAgeClock(
  before: ClockState | undefined,
  {
    wall = Date.now,
    monotonic = () => performance.now(),
    onProblem = () => {},
  }: {
    readonly wall?: () => number;
    readonly monotonic?: () => number;
    readonly onProblem?: (message: string) => void;
  } = {},
): AgeClock {
  /** The last trusted time, and the monotonic time then. */
  let known = { wallMs: before?.knownMs ?? wall(), atMs: monotonic() };
  /**
   * Since when the clock is untrusted, by the monotonic clock, including the time in earlier processes; and its jump.
   */
  let doubted: { readonly sinceMs: number; readonly aheadMs: number } | undefined =
    before && before.doubtedForMs > 0
      ? { sinceMs: known.atMs - before.doubtedForMs, aheadMs: before.aheadMs }
      : undefined;
  let isSaid = false;

  function look(): { readonly nowMs: number } & Omit<ClockState, 'knownMs'> {
    const wallMs = wall();
    const atMs = monotonic();
    const expectedMs = known.wallMs + (atMs - known.atMs);
    const aheadMs = wallMs - expectedMs;
    if (Math.abs(aheadMs) > jumpMs) {
      if (doubted === undefined || Math.abs(aheadMs - doubted.aheadMs) > jumpMs) {
        doubted = { sinceMs: atMs, aheadMs };
        isSaid = false;
      }
      if (!isSaid) onProblem(describeJump(wallMs, expectedMs));
      isSaid = true;
      const doubtedForMs = atMs - doubted.sinceMs;
      if (doubtedForMs < believeAfterMs)
        return { nowMs: Math.min(wallMs, expectedMs), doubtedForMs, aheadMs };
    }
    if (isSaid) onProblem(`the clock is trusted: it is ${isoDay(wallMs)}`);
    isSaid = false;
    doubted = undefined;
    known = { wallMs, atMs };
    return { nowMs: wallMs, doubtedForMs: 0, aheadMs: 0 };
  }

  return {
    now: () => look().nowMs,
    state() {
      const { nowMs, ...doubt } = look();
      return { knownMs: nowMs, ...doubt };
    },
  };
}

function describeJump(wallMs: number, expectedMs: number): string {
  const days = ((wallMs - expectedMs) / dayMs).toFixed(1);
  return `the clock says ${isoDay(wallMs)}, ${days} days from what the last known time implies: it is not used to delete or refuse anything for its age until the service has run with it for a day, or it is corrected`;
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString();
}
