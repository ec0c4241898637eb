import { performance } from 'node:perf_hooks';
import { dayMs } from './day.ts';

/** A clock that is further than this from where it should be has jumped: time servers correct by far less. */
const jumpMs = dayMs;
/** A clock that has jumped is believed when the service has run with it for so long. */
const believeAfterMs = dayMs;

/** What has to outlive a process to know of a clock that was set while it was not running. */
export type ClockState = {
  /** The latest time that was believed; ms since 1970. */
  readonly knownMs: number;
  /** For how long the service has run with a clock that was not believed, in ms; 0 when it is. */
  readonly doubtedForMs: number;
  /** How far that clock is ahead of the latest time that was believed, in ms. */
  readonly aheadMs: number;
};

/** The time by which ages are measured, where something is deleted or refused for being too old. */
export type AgeClock = {
  /**
   * The time of the wall clock, in ms since 1970. While that has jumped: the time that has passed since the last time
   * that was believed, by the monotonic clock, or what the wall clock says if that is less. So nothing is ever older
   * than it would be by either.
   */
  now(): number;
  state(): ClockState;
};

/**
 * Measures ages by the wall clock, but does not believe it at once when it is more than a day from where the last
 * known time puts it: one wrong setting would delete all that is kept. The service has to run with it for a day, and for
 * another one when it jumps again. It cannot be told whether the clock is wrong or the machine was off; waiting for a day harms neither.
 *
 * (Prometheus measures the age of its blocks by the newest of them. Here a single record with a wrong time must not
 * decide either.)
 *
 * @param before what an earlier process knew, or the time of the newest record; `undefined` believes the wall clock
 * @param onProblem told in one line when the clock has jumped, and when it is believed again
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
  /** The last time that was believed, and the monotonic time then. */
  let known = { wallMs: before?.knownMs ?? wall(), atMs: monotonic() };
  /** Since when the clock is not believed, by the monotonic one, an earlier process' doubt included; and its jump. */
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
    if (isSaid) onProblem(`the clock is believed: it is ${isoDay(wallMs)}`);
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
  return `the clock says ${isoDay(wallMs)}, ${days} days from where the last known time puts it: nothing is deleted or refused for its age by it until the service has run for a day with it, or it is set right`;
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString();
}
