import { binnedKolmogorovSmirnov } from './binned-kolmogorov-smirnov.ts';
import { type Bins, binCount, missingBin } from './binning.ts';
import { jensenShannonDistance } from './jensen-shannon.ts';
import { psiNoiseCeiling } from './noise-ceiling.ts';
import { psi } from './psi.ts';
import { sumCounts } from './smoothing.ts';

/**
 * What one window says: `drifting` is more than noise explains; `undetermined` means that the noise is too large to
 * see a shift that matters, so that silence says nothing; `stable` is neither.
 */
export type Verdict = 'stable' | 'drifting' | 'undetermined';

/**
 * The rule behind every verdict and drift alert: PSI > max(`minPsi`, noise ceiling at `ceilingZ`) is drift. `minPsi`
 * keeps differences too small to matter quiet however many requests there are; the ceiling keeps chance quiet however
 * few. A ceiling above `undeterminedCeiling` could hide a shift by half a standard deviation.
 *
 * The ceiling takes rows as independent, and so does the verdict on one window. Alerts look at real traffic, where
 * applicants are sent again and batches come from one hour or one branch: they count `alertDesignEffect` live rows as
 * one, (6/N + 1/M) in place of (1/N + 1/M). docs/drift.md has what either does, measured.
 */
export const driftRule = {
  minPsi: 0.1,
  ceilingZ: 4.5,
  undeterminedCeiling: 0.2,
  pseudoCount: 0.5,
  alertDesignEffect: 6,
} as const;

/** The drift of one variable in one window; `null` stands for what there is no data to tell. */
export type Drift = {
  /** Live observations, missing and unseen ones included. */
  readonly samples: number;
  readonly referenceSamples: number;
  /** In nats, with ½ pseudo-count a bin on both sides. */
  readonly psi: number | null;
  readonly psiNoiseCeiling: number | null;
  /** The ceiling that alerts take, with `alertDesignEffect` live rows counted as one. */
  readonly psiAlertCeiling: number | null;
  /** √(Jensen–Shannon divergence in bits), 0..1, with ½ pseudo-count a bin on both sides. */
  readonly jensenShannonDistance: number | null;
  /** Over the bin edges, unsmoothed, of the values that are not missing; `null` for a categorical variable. */
  readonly kolmogorovSmirnov: number | null;
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
export function measureDrift(bins: Bins, reference: ArrayLike<number>, live: ArrayLike<number>): Drift {
  const size = binCount(bins);
  if (reference.length !== size || live.length !== size) {
    throw new RangeError(
      `the variable has ${size} bins, but reference has ${reference.length} counts and live ${live.length}`,
    );
  }
  const samples = sumCounts(live);
  const referenceSamples = sumCounts(reference);
  if (samples === 0 || referenceSamples === 0) return { ...nothing, samples, referenceSamples };

  const smoothing = { pseudoCount: driftRule.pseudoCount };
  const value = psi(reference, live, { smoothing });
  const ceilingOf = (rows: number) =>
    psiNoiseCeiling(rows, referenceSamples, countOccupied(reference), driftRule.ceilingZ);
  const ceiling = ceilingOf(samples);
  return {
    samples,
    referenceSamples,
    psi: value,
    psiNoiseCeiling: ceiling,
    psiAlertCeiling: ceilingOf(samples / driftRule.alertDesignEffect),
    jensenShannonDistance: jensenShannonDistance(reference, live, { smoothing, logBase: 2 }),
    kolmogorovSmirnov: bins.kind === 'numeric' ? kolmogorovSmirnovOfValues(bins, reference, live) : null,
    verdict: judgeDrift(value, ceiling),
  };
}

/** The PSI above which a variable drifts: `minPsi`, or the ceiling where that is higher. */
export function driftThreshold(ceiling: number | null): number {
  return Math.max(driftRule.minPsi, ceiling ?? 0);
}

/** The verdict of `driftRule` on a PSI and its noise ceiling. */
export function judgeDrift(psi: number, psiNoiseCeiling: number): Verdict {
  if (psi > driftThreshold(psiNoiseCeiling)) return 'drifting';
  return psiNoiseCeiling > driftRule.undeterminedCeiling ? 'undetermined' : 'stable';
}

/** Whether a drift alert takes a window for drift: as its verdict does, with the ceiling for rows that hang together. */
export function raisesAlert({ psi, psiAlertCeiling }: Drift): boolean {
  return psi !== null && psi > driftThreshold(psiAlertCeiling);
}

const nothing = {
  psi: null,
  psiNoiseCeiling: null,
  psiAlertCeiling: null,
  jensenShannonDistance: null,
  kolmogorovSmirnov: null,
  verdict: 'undetermined',
} as const;

/** How many bins the reference does not leave empty. */
export function countOccupied(reference: ArrayLike<number>): number {
  let occupied = 0;
  for (let i = 0; i < reference.length; i++) if (reference[i] > 0) occupied++;
  return occupied;
}

function kolmogorovSmirnovOfValues(bins: Bins, reference: ArrayLike<number>, live: ArrayLike<number>) {
  const referenceValues = Array.from(reference).slice(0, missingBin(bins));
  const liveValues = Array.from(live).slice(0, missingBin(bins));
  if (sumCounts(referenceValues) === 0 || sumCounts(liveValues) === 0) return null;
  return binnedKolmogorovSmirnov(referenceValues, liveValues);
}
