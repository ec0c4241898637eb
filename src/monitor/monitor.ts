import { classOfScore } from '../model/output-classes.ts';
import type { Reference, VariableReference } from '../model/reference.ts';
import { createValueReader, type Row } from '../model/row.ts';
import { modelSegments } from '../model/segments.ts';
import { type Binner, binCount, createBinner, numericBinIndex } from '../stats/binning.ts';
import { requireFinite } from '../stats/require-finite.ts';
import { createSegmentRecorder, type SegmentCut } from '../stats/segment-cells.ts';
import { summableBounds } from '../stats/summable.ts';
import { createModelCounts, type ModelCounts } from './model-counts.ts';
import { createSlowDriftWatch, type LiveSlowDrift } from './slow-drift-watch.ts';
import { createWindows, type WindowName } from './windows.ts';

/**
 * The position of one variable's counts in the monitor's array: `size` bins from `offset`, then the number of values
 * below and above the reference range, of those so far below and above that they are excluded from the sum (see
 * `summableBounds`), then the sum of the others. So the mean is `sum / (values − farBelow − farAbove)`. Then, of a numeric
 * feature, the number of zeros and the sum of ln |value| of all other values, however far out.
 */
export type VariableLayout = VariableReference & {
  readonly offset: number;
  readonly size: number;
  readonly below: number;
  readonly above: number;
  readonly farBelow: number;
  readonly farAbove: number;
  readonly sum: number;
  readonly zeros: number;
  readonly logSum: number;
};

/** How one row was counted, feature by feature in the reference's order. */
export type Observation = {
  /** Index of each feature's bin. */
  readonly bins: Readonly<Uint16Array>;
  /** −1 for a value below the reference range, 1 above it, 0 otherwise. */
  readonly outside: Readonly<Int8Array>;
  /** The predicted class, by its index in `counts.classes`. */
  readonly predictedClass: number;
};

/** The counts of one model version in live traffic. */
export type Monitor = {
  readonly reference: Reference;
  /** The features in the reference's order, then the score. */
  readonly variables: readonly VariableLayout[];
  /** One for each of the reference's `segments`; variables are identified by their index in `variables`. */
  readonly segments: readonly SegmentCut[];
  /** Counts since the start, laid out as `variables` and then `segments` say. Read-only for callers. */
  readonly totals: Readonly<Float64Array>;
  /** Predictions by class, and inputs that were refused. */
  readonly counts: ModelCounts;
  /**
   * Counts one prediction. `row` is keyed by feature name and has been validated; keys that the reference does not know
   * are ignored. Allocates nothing.
   *
   * @param predictedClass its index in `counts.classes`; by default, it follows from the score
   * @returns how it was counted; valid until the next call
   * @throws RangeError for a score that is not a finite number, or an index of no class; nothing is counted then
   */
  observe(row: object, score: number, predictedClass?: number): Observation;
  /** Counts of the last 10 minutes, hour or day, or since the start if that is shorter; same layout as `totals`. */
  window(name: WindowName): Float64Array;
  /** Slow drift of numeric variables, by the whole days since the start. */
  slowDrift(): { readonly days: number; readonly variables: readonly LiveSlowDrift[] };
};

/**
 * Makes the counter of live traffic. Memory is constant: it depends on the number of bins, not of observations.
 *
 * @param now milliseconds of a clock that never goes back
 * @throws RangeError if two variables of the reference have the same name, because their series would coincide; if both
 * classes of the output have the same name; and as `modelSegments` does for its `segments`
 */
export function createMonitor(reference: Reference, now: () => number = () => performance.now()): Monitor {
  const variables: VariableLayout[] = [];
  let length = 0;
  for (const variable of [...reference.features, reference.score]) {
    if (variables.some(({ name }) => name === variable.name)) {
      throw new RangeError(`the reference has two variables with the name ${JSON.stringify(variable.name)}`);
    }
    const size = binCount(variable.bins);
    const end = length + size;
    variables.push({
      ...variable,
      offset: length,
      size,
      below: end,
      above: end + 1,
      farBelow: end + 2,
      farAbove: end + 3,
      sum: end + 4,
      zeros: end + 5,
      logSum: end + 6,
    });
    length = end + 7;
  }
  const { output } = reference;
  if (output !== undefined && output.negative === output.positive) {
    throw new RangeError(`both classes of the output have the name ${JSON.stringify(output.positive)}`);
  }
  const threshold = output?.threshold ?? Number.POSITIVE_INFINITY;
  const counts = createModelCounts(reference);
  const by = (reference.segments ?? []).map(({ feature }) => feature);
  const { cuts: segments, end } = modelSegments(variables, by, length);
  const totals = new Float64Array(end);
  const slowDrift = createSlowDriftWatch(variables, totals, now());
  const windows = createWindows(totals, now, [slowDrift]);
  const readers = reference.features.map(({ name }) => createValueReader(name));
  const score = variables[variables.length - 1];
  const scoreEdges = reference.score.bins.edges;
  // features first, then the score
  const bins = new Uint16Array(variables.length);
  const observation = {
    bins: bins.subarray(0, -1),
    outside: new Int8Array(readers.length),
    predictedClass: 0,
  };
  const addScore = createSummer(score, totals);
  const recordSegments = segments.length > 0 ? createSegmentRecorder(segments, totals) : null;
  const recorders = reference.features.map((_, i) => createRecorder(variables[i], totals, observation, i));

  return {
    reference,
    variables,
    segments,
    totals,
    counts,
    observe(row: Row, value: number, predictedClass: number = classOfScore(value, threshold)) {
      requireFinite(value, 'the score');
      if (counts.predictions[predictedClass] === undefined) {
        throw new RangeError(`there is no class with the index ${predictedClass}`);
      }
      windows.advance();
      for (let i = 0; i < readers.length; i++) recorders[i](readers[i](row));
      const scoreBin = numericBinIndex(scoreEdges, value);
      bins[readers.length] = scoreBin;
      totals[score.offset + scoreBin]++;
      addScore(value);
      recordSegments?.(bins);
      counts.predictions[predictedClass]++;
      observation.predictedClass = predictedClass;
      return observation;
    },
    window: (name) => windows.since(name),
    slowDrift() {
      windows.advance();
      return { days: slowDrift.daysSoFar(), variables: slowDrift.read() };
    },
  };
}

/** Adds a value to the variable's sum, or counts it as too far out for that. */
function createSummer(
  { range, farBelow, farAbove, sum }: VariableLayout,
  totals: Float64Array,
): (value: number) => void {
  const [low, high] = summableBounds(range);
  return (value) => {
    if (value < low) totals[farBelow]++;
    else if (value > high) totals[farAbove]++;
    else totals[sum] += value;
  };
}

function createRecorder(
  variable: VariableLayout,
  totals: Float64Array,
  observation: { bins: Uint16Array; outside: Int8Array },
  index: number,
): (value: unknown) => void {
  const binOf: Binner = createBinner(variable.bins);
  const { offset, below, above, zeros, logSum, range } = variable;
  const { bins, outside } = observation;
  if (variable.bins.kind === 'categorical') {
    return (value) => {
      const bin = binOf(value);
      bins[index] = bin;
      totals[offset + bin]++;
    };
  }
  const add = createSummer(variable, totals);
  const [min, max] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return (value) => {
    const bin = binOf(value);
    bins[index] = bin;
    totals[offset + bin]++;
    outside[index] = 0;
    if (typeof value !== 'number' || !Number.isFinite(value)) return;
    add(value);
    if (value === 0) totals[zeros]++;
    else totals[logSum] += Math.log(Math.abs(value));
    if (value < min) {
      outside[index] = -1;
      totals[below]++;
    } else if (value > max) {
      outside[index] = 1;
      totals[above]++;
    }
  };
}
