import { type Binner, binCount, createBinner, numericBinIndex } from '../stats/binning.ts';
import type { Reference, VariableReference } from './reference.ts';
import { createWindows, type WindowName } from './windows.ts';

/**
 * Where one variable's counts stand in the monitor's array: `size` bins from `offset`, then the number of values
 * below and above the reference range, then the sum of the values that are not missing.
 */
export type VariableLayout = VariableReference & {
  readonly offset: number;
  readonly size: number;
  readonly below: number;
  readonly above: number;
  readonly sum: number;
};

export type Monitor = {
  readonly reference: Reference;
  /** The features in the reference's order, then the score. */
  readonly variables: readonly VariableLayout[];
  /** Counts since the start, laid out as `variables` says. Read it, do not write it. */
  readonly totals: Readonly<Float64Array>;
  /**
   * Counts one prediction. `row` is keyed by feature name and has been validated; keys the reference does not know
   * are left alone. Allocates nothing.
   *
   * @returns the bin of each feature, in the reference's order; valid until the next call
   */
  observe(row: Readonly<Record<string, unknown>>, score: number): Readonly<Uint16Array>;
  /** Counts of the last 10 minutes, hour or day, laid out as `totals`; of the time since the start if that is less. */
  window(name: WindowName): Float64Array;
};

/**
 * Makes the counter of live traffic. Memory is constant: it depends on the number of bins, not of observations.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function createMonitor(reference: Reference, now: () => number = () => performance.now()): Monitor {
  const variables: VariableLayout[] = [];
  let length = 0;
  for (const variable of [...reference.features, reference.score]) {
    const size = binCount(variable.bins);
    const end = length + size;
    variables.push({ ...variable, offset: length, size, below: end, above: end + 1, sum: end + 2 });
    length = end + 3;
  }
  const totals = new Float64Array(length);
  const windows = createWindows(totals, now);
  const names = reference.features.map((feature) => feature.name);
  const recorders = reference.features.map((_, i) => createRecorder(variables[i], totals));
  const score = variables[variables.length - 1];
  const scoreEdges = reference.score.bins.edges;
  const bins = new Uint16Array(names.length);

  return {
    reference,
    variables,
    totals,
    observe(row, value) {
      windows.advance();
      for (let i = 0; i < names.length; i++) bins[i] = recorders[i](row[names[i]]);
      totals[score.offset + numericBinIndex(scoreEdges, value)]++;
      totals[score.sum] += value;
      return bins;
    },
    window: (name) => windows.since(name),
  };
}

function createRecorder(variable: VariableLayout, totals: Float64Array): Binner {
  const binOf = createBinner(variable.bins);
  const { offset, below, above, sum, range } = variable;
  if (variable.bins.kind === 'categorical') {
    return (value) => {
      const bin = binOf(value);
      totals[offset + bin]++;
      return bin;
    };
  }
  const [min, max] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return (value) => {
    const bin = binOf(value);
    totals[offset + bin]++;
    if (typeof value === 'number' && Number.isFinite(value)) {
      totals[sum] += value;
      if (value < min) totals[below]++;
      else if (value > max) totals[above]++;
    }
    return bin;
  };
}
