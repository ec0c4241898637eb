/** The windows over which a single replica looks back, with the step by which they slide, shortest first. */
export const windowSpans = {
  '10m': { spanMs: 600_000, stepMs: 30_000 },
  '1h': { spanMs: 3_600_000, stepMs: 120_000 },
  '24h': { spanMs: 86_400_000, stepMs: 1_800_000 },
} as const;

export type WindowName = keyof typeof windowSpans;

export const windowNames = Object.keys(windowSpans) as WindowName[];

export type Windows = {
  /** Call before the totals change: closes the steps that have ended since the last call. */
  advance(): void;
  /** How much the totals have grown within the window, between `span` and `span + step` back. */
  since(name: WindowName): Float64Array;
};

/** A task to be done with the totals from time to time. */
export type Periodic = {
  /** When it is next due. */
  nextMs(): number;
  /** Does what is due by now, with the current totals. */
  advance(nowMs: number): void;
};

/**
 * Sliding windows over counters that only grow. Each window keeps a ring of copies of the totals, one per step; its
 * content is the current totals minus the oldest copy. Adding a row costs only one comparison here.
 *
 * @param totals the live counters, read only
 * @param now milliseconds of a clock that never goes back
 * @param others other tasks to do before the totals change
 */
export function createWindows(
  totals: Float64Array,
  now: () => number,
  others: readonly Periodic[] = [],
): Windows {
  const startMs = now();
  const rings = windowNames.map((name) => createRing(totals, windowSpans[name], startMs));
  const all: readonly Periodic[] = [...rings, ...others];
  const nextMs = () => Math.min(...all.map((each) => each.nextMs()));
  let dueMs = nextMs();
  const advance = () => {
    const nowMs = now();
    if (nowMs < dueMs) return;
    for (const each of all) each.advance(nowMs);
    dueMs = nextMs();
  };
  return {
    advance,
    since(name) {
      advance();
      const oldest = rings[windowNames.indexOf(name)].oldest();
      return totals.map((value, i) => value - oldest[i]);
    },
  };
}

function createRing(totals: Float64Array, span: { spanMs: number; stepMs: number }, startMs: number) {
  const { spanMs, stepMs } = span;
  // one more than fits the span: the current step is incomplete, so the oldest copy must be a whole span old
  const slots = Math.ceil(spanMs / stepMs) + 1;
  const copies = Array.from({ length: slots }, () => new Float64Array(totals.length));
  let newest = 0;
  let dueMs = startMs + stepMs;
  return {
    nextMs: () => dueMs,
    advance(nowMs: number) {
      const ended = Math.floor((nowMs - dueMs) / stepMs) + 1;
      if (ended < 1) return;
      for (let i = 0; i < Math.min(ended, slots); i++) {
        newest = (newest + 1) % slots;
        copies[newest].set(totals);
      }
      dueMs += ended * stepMs;
    },
    oldest: () => copies[(newest + 1) % slots],
  };
}
