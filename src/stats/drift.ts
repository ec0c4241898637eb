import { type Bins, binCount, missingBin } from './binning.ts';
import { type ComparedCounts, type DriftStatisticValues, ofEachStatistic } from './drift-statistics.ts';
import { psiNoiseCeiling } from './noise-ceiling.ts';
import { type RankTrend, rankTrend } from './rank-trend.ts';
import { comparedCounts, joinsRare } from './rare-categories.ts';
import { sumCounts } from './smoothing.ts';

/**
 * What one window says: `drifting` is more than noise explains and enough to alert; `moved` is more than noise
 * explains, but not known to be enough to alert; `undetermined` means that the noise is too large to see a shift that
 * matters, so the absence of an alert proves nothing; `stable` is none of these.
 */
export type Verdict = 'stable' | 'undetermined' | 'moved' | 'drifting';

/**
 * The rule behind every verdict and drift alert: PSI > max(`minPsi`, noise ceiling at `ceilingZ`) is drift. `minPsi`
 * suppresses differences too small to matter, however many requests there are; the ceiling suppresses chance, however
 * few there are. A ceiling above `undeterminedCeiling` could hide a shift of half a standard deviation.
 *
 * A variable that does not drift has moved when its PSI exceeds `minMovedPsi` and the ceiling, or when its rank trend
 * is beyond `ceilingZ` and more than `minTrend` from ½. A trend needs `minTrendValues` effective values on both sides:
 * with fewer, a variable whose values are nearly all in one bin would exceed `ceilingZ` by chance.
 *
 * Within segments of the rows a variable is compared many times, so `segmentCeilingZ` replaces `ceilingZ`: one look at
 * 20 segments raises at most 1 false alarm in 10,000, even if each row is sent three times.
 *
 * The ceiling assumes independent rows, and so does the verdict on one window. Alerts look at real traffic, where
 * applicants are sent again and batches come from one hour or one branch, so they count `alertDesignEffect` live rows
 * as one, (6/N + 1/M) in place of (1/N + 1/M). docs/drift.md has measurements of both.
 */
export const driftRule = {
  minPsi: 0.1,
  ceilingZ: 4.5,
  segmentCeilingZ: 6,
  undeterminedCeiling: 0.2,
  minMovedPsi: 0.02,
  minTrend: 0.05,
  minTrendValues: 30,
  pseudoCount: 0.5,
  alertDesignEffect: 6,
} as const;

/** How a comparison differs from the usual one of all rows with the reference of a model. */
export type DriftOptions = {
  /** Whether `other` and `unseen` are compared as one bin; by default, the reference's counts decide. */
  readonly areRareJoined?: boolean;
  /** `segmentCeilingZ` for a segment; `ceilingZ` by default. */
  readonly ceilingZ?: number;
};

/**
 * The drift of one variable in one window, with each of the `driftStatistics`; `null` where there is not enough data.
 */
export type Drift = DriftStatisticValues & {
  /** Live observations, missing and unseen ones included. */
  readonly samples: number;
  readonly referenceSamples: number;
  readonly psiNoiseCeiling: number | null;
  /** The ceiling that alerts use, with `alertDesignEffect` live rows counted as one. */
  readonly psiAlertCeiling: number | null;
  /** Over the value bins; `null` for a categorical variable. */
  readonly rankTrend: RankTrend | null;
  readonly verdict: Verdict;
};

/**
 * Measures how far the live counts of one variable have moved from its reference and judges it by `driftRule`. The
 * one definition of drift: the service, the report and the alert rules all give these figures. O(bins).
 *
 * @param reference counts of all bins, with `missing` and `unseen`
 * @param live counts of the same bins
 * @throws RangeError if the counts do not fit the bins, or one is negative or not finite
 */
export function measureDrift(
  bins: Bins,
  reference: ArrayLike<number>,
  live: ArrayLike<number>,
  { areRareJoined = joinsRare(bins, reference), ceilingZ = driftRule.ceilingZ }: DriftOptions = {},
): Drift {
  const size = binCount(bins);
  if (reference.length !== size || live.length !== size) {
    throw new RangeError(
      `the variable has ${size} bins, but reference has ${reference.length} counts and live ${live.length}`,
    );
  }
  const samples = sumCounts(live);
  const referenceSamples = sumCounts(reference);
  if (samples === 0 || referenceSamples === 0) return { ...nothing, samples, referenceSamples };

  const [before, now] = [reference, live].map((counts) => comparedCounts(bins, counts, areRareJoined));
  const smoothing = { pseudoCount: driftRule.pseudoCount };
  const ceilingOf = (designEffect: number) =>
    driftCeiling(bins.kind, before, samples, { designEffect, ceilingZ });
  const ceiling = ceilingOf(1);
  const values = bins.kind === 'numeric' ? valueCounts(bins, reference, live) : null;
  const trend = values && rankTrend(...values);
  const compared: ComparedCounts = {
    reference: before,
    live: now,
    values: values && trend && { reference: values[0], live: values[1] },
    smoothing,
  };
  const statistics = ofEachStatistic((statistic) => statistic.measure(compared));
  return {
    samples,
    referenceSamples,
    ...statistics,
    psiNoiseCeiling: ceiling,
    psiAlertCeiling: ceilingOf(driftRule.alertDesignEffect),
    rankTrend: trend,
    verdict: judgeDrift(statistics.psi!, ceiling, trend, ceilingZ),
  };
}

/**
 * The PSI that chance alone stays below: the noise ceiling of the bins that the reference occupies, plus what its empty
 * value bins add while they stay empty. The half observation added to a bin is not evidence, but it is a larger share
 * of few live rows than of many reference rows: (p − q)·ln(p/q) with p = ½/(N + B/2) and q = ½/(M + B/2), for each such
 * bin.
 *
 * @param reference counts of the bins that are compared (see `comparedCounts`), not all 0
 * @param designEffect this many live rows count as one in the noise ceiling
 * @param referenceDesignEffect this many reference rows count as one
 */
export function driftCeiling(
  kind: Bins['kind'],
  reference: ArrayLike<number>,
  samples: number,
  {
    designEffect,
    referenceDesignEffect = 1,
    ceilingZ = driftRule.ceilingZ,
  }: {
    readonly designEffect: number;
    readonly referenceDesignEffect?: number;
    readonly ceilingZ?: number;
  },
): number {
  const { pseudoCount } = driftRule;
  const referenceSamples = sumCounts(reference);
  const occupied = countOccupied(reference);
  const [n, m] = [samples / designEffect, referenceSamples / referenceDesignEffect];
  const noise = psiNoiseCeiling(n, m, occupied, ceilingZ);
  const added = pseudoCount * reference.length;
  const [p, q] = [pseudoCount / (samples + added), pseudoCount / (referenceSamples + added)];
  return noise + countEmpty(kind, reference) * (p - q) * Math.log(p / q);
}

/**
 * The same for a window that is compared with an earlier one instead of the reference, to distinguish seasonal patterns
 * from drift. Both are live traffic, where `alertDesignEffect` rows count as one.
 *
 * @param earlier counts of the bins that are compared, not all 0
 */
export function earlierCeiling(
  kind: Bins['kind'],
  earlier: ArrayLike<number>,
  samples: number,
  ceilingZ?: number,
): number {
  const { alertDesignEffect: designEffect } = driftRule;
  const effects = { designEffect, referenceDesignEffect: designEffect };
  return driftCeiling(kind, earlier, samples, { ...effects, ...(ceilingZ !== undefined && { ceilingZ }) });
}

/** The PSI above which a variable drifts: `minPsi`, or the ceiling where that is higher. */
export function driftThreshold(ceiling: number | null, minPsi: number = driftRule.minPsi): number {
  return Math.max(minPsi, ceiling ?? 0);
}

/** The verdict of `driftRule` on a PSI, its noise ceiling, and the rank trend where there is one. */
export function judgeDrift(
  psi: number,
  psiNoiseCeiling: number,
  trend: RankTrend | null,
  ceilingZ: number = driftRule.ceilingZ,
): Verdict {
  if (psi > driftThreshold(psiNoiseCeiling)) return 'drifting';
  if (psi > Math.max(driftRule.minMovedPsi, psiNoiseCeiling) || isTrend(trend, ceilingZ)) return 'moved';
  return psiNoiseCeiling > driftRule.undeterminedCeiling ? 'undetermined' : 'stable';
}

function isTrend(trend: RankTrend | null, ceilingZ: number): boolean {
  if (trend === null) return false;
  const { probability, z, effectiveValues } = trend;
  const { minTrend, minTrendValues } = driftRule;
  return (
    Math.abs(probability - 0.5) > minTrend && Math.abs(z) > ceilingZ && effectiveValues >= minTrendValues
  );
}

/** Whether a drift alert treats a window as drift: like the verdict, but with the ceiling for dependent rows. */
export function raisesAlert({ psi, psiAlertCeiling }: Drift, minPsi?: number): boolean {
  return psi !== null && psi > driftThreshold(psiAlertCeiling, minPsi);
}

const nothing = {
  ...ofEachStatistic(() => null),
  psiNoiseCeiling: null,
  psiAlertCeiling: null,
  rankTrend: null,
  verdict: 'undetermined',
} as const;

/** How many bins the reference occupies. */
function countOccupied(reference: ArrayLike<number>): number {
  let occupied = 0;
  for (let i = 0; i < reference.length; i++) if (reference[i] > 0) occupied++;
  return occupied;
}

/** Both sides without `missing`. */
function valueCounts(
  bins: Bins,
  reference: ArrayLike<number>,
  live: ArrayLike<number>,
): [reference: number[], live: number[]] {
  const values = missingBin(bins);
  return [Array.from(reference).slice(0, values), Array.from(live).slice(0, values)];
}

/** How many bins for numbers the reference leaves empty: those below, above and between frequent values. */
function countEmpty(kind: Bins['kind'], reference: ArrayLike<number>): number {
  if (kind === 'categorical') return 0;
  let empty = 0;
  // the last bin holds missing values
  for (let i = 0; i < reference.length - 1; i++) if (reference[i] === 0) empty++;
  return empty;
}
