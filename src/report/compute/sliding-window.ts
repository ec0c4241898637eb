import type { Timeline } from './timeline.ts';

type Step = ReturnType<Timeline['steps']>[number];

/** The sum of the steps within a window that moves forward in time. */
export type SlidingWindow = {
  /** Of each cell. Read it, do not write it. */
  readonly counts: Float64Array;
  /** Moves the end of the window. @returns whether the counts changed */
  moveTo(timeMs: number): boolean;
};

/**
 * @param steps in order of time
 * @param spanMs length of the window
 * @param lagMs how far the window's end lies behind the time it is moved to
 */
export function createSlidingWindow(
  steps: readonly Step[],
  stepMs: number,
  spanMs: number,
  lagMs = 0,
): SlidingWindow {
  const counts = new Float64Array(steps[0]?.counts.length ?? 0);
  let entered = 0;
  let left = 0;
  const add = (step: Step, sign: 1 | -1) => {
    for (let i = 0; i < counts.length; i++) counts[i] += sign * step.counts[i];
  };
  return {
    counts,
    moveTo(timeMs) {
      const before = entered + left;
      const endMs = timeMs - lagMs;
      while (entered < steps.length && steps[entered].fromMs + stepMs <= endMs) add(steps[entered++], 1);
      while (left < entered && steps[left].fromMs < endMs - spanMs) add(steps[left++], -1);
      return entered + left !== before;
    },
  };
}
