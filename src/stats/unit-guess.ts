import { type NumericBins, numericBinIndex, numericRanges } from './binning.ts';
import type { Verdict } from './drift.ts';
import { sumCounts } from './smoothing.ts';

/**
 * The factors between common units: powers of ten (thousands, cents, per cent, grams), months and years or inches and
 * feet, hours and days, seconds, miles, pounds, inches and centimetres. Each is tried in both directions.
 */
const ratios = [
  ...Array.from({ length: 9 }, (_, i) => 10 ** (i + 1)),
  12,
  24,
  60,
  3600,
  86_400,
  1.609,
  2.205,
  2.54,
];
const factors = [...ratios, ...ratios.map((ratio) => 1 / ratio)];

/** When a different unit is guessed. */
export const unitRule = {
  /** With fewer live values in the other unit, or a smaller share of all, no guess is made. */
  minValues: 30,
  minShare: 0.05,
  /** A smaller factor is only guessed for all values together: ordinary drift of a part of them may look like it. */
  minPartialFactor: 10,
  /**
   * Minimum total variation distance between the reference and itself in the other unit; below it they cannot be
   * distinguished.
   */
  minApart: 0.8,
  /**
   * Total variation distance that the guess may leave unexplained in addition to chance, as a fraction of the share
   * that it explains.
   */
  maxMisfit: 0.1,
  /**
   * How far the measured factor may be from the known one in addition to chance, as a fraction of the logarithm of the
   * known one, and at most.
   */
  maxDeviation: 0.06,
  maxLogDeviation: 0.45,
  /** If chance blurs the logarithm of the measured factor by more than this, it is not known. */
  maxError: 0.25,
} as const;

/** Live values that look as if a share of them had a different unit from the reference. */
export type UnitGuess = {
  /** How many times the usual values they are: 1000, or 0.001. */
  readonly factor: number;
  /** The share of the live values, 0..1. */
  readonly share: number;
};

/** The values of one numeric variable, counted. */
export type CountedValues = {
  /** By value bin; further bins are ignored. */
  readonly counts: ArrayLike<number>;
  /** How many values are beyond the reference's extremes. */
  readonly below: number;
  readonly above: number;
  /** How many values are 0, and the sum of ln |value| of the others. */
  readonly zeros: number;
  readonly logSum: number;
};

/**
 * Guesses whether drifting live values are in a different unit. They are modelled as a mixture: a share of them is the
 * reference times one of the factors above, the rest is the reference. The share is the one that fits the bins best;
 * the mean of ln |value| then gives the factor. A guess is made if bins and mean agree on one factor, as `unitRule`
 * says, and if most of the multiplied values lie where the reference has none. Offsets, as between temperature scales,
 * are not guessed. A number that represents a missing value (9999) can look like a different unit, because a share of
 * the values is larger by a factor.
 *
 * @param verdict on the same values
 * @param reference counts of the same bins, and the smallest and largest value behind them
 * @returns `null` if no unit explains the live values
 */
export function guessUnit(
  verdict: Verdict,
  reference: {
    readonly bins: NumericBins;
    readonly counts: ArrayLike<number>;
    readonly range: readonly [min: number, max: number];
  },
  live: CountedValues,
): UnitGuess | null {
  if (verdict !== 'drifting') return null;
  const { bins, range } = reference;
  const size = bins.edges.length + 1;
  const counts = Array.from(live.counts).slice(0, size);
  const values = sumCounts(counts);
  const before = spread(reference);
  if (values <= live.zeros || before.nonzero === 0) return null;
  const change = live.logSum / (values - live.zeros) - before.meanLog;
  const now = [live.below, ...counts, live.above].map((count) => count / values);
  now[1] -= now[0];
  now[size] -= now[size + 1];
  const usual = cellsOf(before.points, 1, bins, range);
  const chance = 1 / values + 1 / before.rows;
  const noise = Math.sqrt((size * chance) / (2 * Math.PI));

  const judge = (factor: number): (UnitGuess & { readonly deviation: number }) | null => {
    const log = Math.log(factor);
    // the share that the mean alone suggests: avoids the remaining work for nearly all factors
    if (change / log < unitRule.minShare / 2 || change / log > 1.5) return null;
    const scaled = cellsOf(before.points, factor, bins, range);
    if (distance(usual, scaled) < unitRule.minApart * before.nonzero) return null;
    const isWhole = Math.abs(log) < Math.log(unitRule.minPartialFactor);
    const share = isWhole ? 1 : mixtureShare(now, usual, scaled);
    if (share < unitRule.minShare || share * values < unitRule.minValues) return null;
    const mixed = usual.map((each, i) => each + share * (scaled[i] - each));
    if (distance(now, mixed) > unitRule.maxMisfit * share + noise) return null;
    const allowed = Math.min(unitRule.maxDeviation * Math.abs(log), unitRule.maxLogDeviation);
    const error = (Math.sqrt(chance) * before.deviationLog) / share;
    const deviation = Math.max(0, Math.abs(change / share - log) - error);
    if (error > unitRule.maxError || deviation > allowed) return null;
    return { factor, share, deviation };
  };
  // in a tie the first: powers of ten are the most common
  const [best] = factors
    .map(judge)
    .filter((guess) => guess !== null)
    .sort((a, b) => a.deviation - b.deviation);
  return best === undefined ? null : { factor: best.factor, share: best.share };
}

type Point = { readonly value: number; readonly weight: number };

const pointsPerBin = 8;

/** The reference as single values: each bin gets some, evenly spaced, in the tail on a logarithmic scale. */
function spread({ bins: { edges }, counts, range: [min, max] }: Parameters<typeof guessUnit>[1]): {
  readonly points: readonly Point[];
  readonly rows: number;
  /** Share of the rows that are not 0. */
  readonly nonzero: number;
  readonly meanLog: number;
  readonly deviationLog: number;
} {
  const points: Point[] = [];
  const ranges = numericRanges(edges);
  const rows = sumCounts(Array.from(counts).slice(0, ranges.length));
  ranges.forEach(({ lower, upper }, i) => {
    if (counts[i] === 0) return;
    const [low, high] = [Math.min(Math.max(lower, min), max), Math.max(Math.min(upper, max), min)];
    const isTail = low * high > 0 && i === (low > 0 ? ranges.length - 1 : 0);
    for (let j = 0; j < pointsPerBin; j++) {
      const at = (j + 0.5) / pointsPerBin;
      const value = isTail ? low * (high / low) ** at : low + (high - low) * at;
      points.push({ value, weight: counts[i] / rows / pointsPerBin });
    }
  });
  let [weight, sum, squares] = [0, 0, 0];
  for (const point of points) {
    if (point.value === 0) continue;
    const log = Math.log(Math.abs(point.value));
    weight += point.weight;
    sum += point.weight * log;
    squares += point.weight * log * log;
  }
  const meanLog = sum / weight;
  return {
    points,
    rows,
    nonzero: weight,
    meanLog,
    deviationLog: Math.sqrt(Math.max(0, squares / weight - meanLog ** 2)),
  };
}

/** Shares below the range, in each bin within it, and above it, of the reference times `factor`. */
function cellsOf(
  points: readonly Point[],
  factor: number,
  { edges }: NumericBins,
  [min, max]: readonly [number, number],
): number[] {
  const cells = new Array<number>(edges.length + 3).fill(0);
  for (const { value, weight } of points) {
    const scaled = value * factor;
    const cell = scaled < min ? 0 : scaled > max ? cells.length - 1 : numericBinIndex(edges, scaled) + 1;
    cells[cell] += weight;
  }
  return cells;
}

/** Total variation distance: the share of rows that would have to move. */
function distance(some: readonly number[], others: readonly number[]): number {
  return some.reduce((sum, share, i) => sum + Math.abs(share - others[i]), 0) / 2;
}

/** The share of `scaled` in the mixture with `usual` that is nearest to `now`, by least squares. */
function mixtureShare(now: readonly number[], usual: readonly number[], scaled: readonly number[]): number {
  let [along, length] = [0, 0];
  usual.forEach((each, i) => {
    const step = scaled[i] - each;
    along += (now[i] - each) * step;
    length += step * step;
  });
  return Math.min(1, Math.max(0, along / length));
}
