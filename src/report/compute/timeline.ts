/** Counts of cells in steps of time. */
export type Timeline = {
  /** Length of a step. It grows with the time that is covered. */
  readonly stepMs: number;
  /** Counts a row. @param cells indices of the cells it adds one to; negative ones are passed over */
  add(timeMs: number, cells: ArrayLike<number>): void;
  /** The steps that hold rows, in order, each with the time at which it begins. */
  steps(): { readonly fromMs: number; readonly counts: Uint32Array }[];
};

/**
 * Counts rows by time in bounded memory, in whatever order they come: when there are too many steps, steps are merged
 * into longer ones.
 *
 * @param cells number of cells
 * @param stepsMs lengths of a step, ascending, each a multiple of the one before; steps begin at multiples since 1970
 * @param maxSteps above which the next length is taken, as long as there is one
 */
export function createTimeline(cells: number, stepsMs: readonly number[], maxSteps: number): Timeline {
  let level = 0;
  let stepMs = stepsMs[0];
  let counts = new Map<number, Uint32Array>();
  let latestStep = Number.NaN;
  let latest: Uint32Array = new Uint32Array(cells);

  function find(step: number): Uint32Array {
    const found = counts.get(step);
    if (found !== undefined) return found;
    const made = new Uint32Array(cells);
    counts.set(step, made);
    return made;
  }

  function merge(): void {
    level++;
    stepMs = stepsMs[level];
    const finer = counts;
    counts = new Map();
    for (const [fromMs, added] of finer) {
      const sum = find(Math.floor(fromMs / stepMs) * stepMs);
      for (let i = 0; i < cells; i++) sum[i] += added[i];
    }
    latestStep = Number.NaN;
  }

  return {
    get stepMs() {
      return stepMs;
    },
    add(timeMs, indices) {
      const step = timeMs - (((timeMs % stepMs) + stepMs) % stepMs);
      if (step !== latestStep) {
        latest = find(step);
        latestStep = step;
      }
      for (let i = 0; i < indices.length; i++) if (indices[i] >= 0) latest[indices[i]]++;
      while (counts.size > maxSteps && level + 1 < stepsMs.length) merge();
    },
    steps() {
      return [...counts].sort(([a], [b]) => a - b).map(([fromMs, counted]) => ({ fromMs, counts: counted }));
    },
  };
}
