import { accuracy, type Confusion, f1, precision, recall } from '../stats/confusion.ts';
import { driftRule } from '../stats/drift.ts';
import { chiSquareQuantileWilsonHilferty } from '../stats/noise-ceiling.ts';
import { expectedCalibrationError } from '../stats/probability-scores.ts';
import { type BinnedRocAuc, binnedRocAuc } from '../stats/roc-auc.ts';
import { f1StandardError, rocAucStandardError, shareStandardError } from '../stats/standard-errors.ts';
import type { Cell, PerformanceSums } from './performance.ts';

/** Score bins are taken together to this many bands, for the calibration error and for tables. */
export const scoreBands = 10;

/** A share with its standard error; both `null` when there is nothing it could be a share of. */
export type Figure = { readonly value: number | null; readonly standardError: number | null };

/** What a confusion matrix and score bins tell; the AUC is that of the bins, with its greatest error. */
export type BinnedFigures = {
  readonly samples: number;
  readonly confusion: Confusion;
  readonly accuracy: Figure;
  readonly precision: Figure;
  readonly recall: Figure;
  readonly f1: Figure;
  readonly rocAuc: Figure & { readonly maxError: number | null };
};

export type RealisedFigures = BinnedFigures & {
  readonly brier: number | null;
  readonly logLoss: number | null;
  /** Over ten bands of the score. */
  readonly expectedCalibrationError: number | null;
};

type Sums = PerformanceSums;

/** The figures of the outcomes that count. Exact but for the AUC, whose bound stands beside it. */
export function realisedFigures(cells: readonly Cell[], sums: Sums): RealisedFigures {
  const figures = binnedFigures(cells, sums.positives, sums.negatives);
  const { samples } = figures;
  const mean = (values: Float64Array) => (samples > 0 ? total(values) / samples : null);
  const counts = sums.positives.map((positives, i) => positives + sums.negatives[i]);
  return {
    ...figures,
    brier: mean(sums.squaredErrors),
    logLoss: mean(sums.logLosses),
    expectedCalibrationError: expectedCalibrationError(
      byBand(cells, counts),
      byBand(cells, sums.scores),
      byBand(cells, sums.positives),
    ),
  };
}

/**
 * The figures to expect of all predictions, without their outcomes (CBPE): each counts as its calibrated probability
 * of a positive. What `estimatePerformance` of `src/stats` gives for the rows, but for the AUC, which is over bins.
 */
export function estimatedFigures(cells: readonly Cell[], sums: Sums): BinnedFigures {
  return binnedFigures(cells, sums.expectedPositives, sums.expectedNegatives);
}

function binnedFigures(
  cells: readonly Cell[],
  positives: Float64Array,
  negatives: Float64Array,
): BinnedFigures {
  const decided = (isPositive: boolean, values: Float64Array) =>
    values.reduce((sum, value, i) => (cells[i].isPositive === isPositive ? sum + value : sum), 0);
  const confusion = {
    truePositives: decided(true, positives),
    falsePositives: decided(true, negatives),
    trueNegatives: decided(false, negatives),
    falseNegatives: decided(false, positives),
  };
  const samples = total(positives) + total(negatives);
  const predictedPositives = confusion.truePositives + confusion.falsePositives;
  return {
    samples,
    confusion,
    accuracy: share(accuracy(confusion), samples),
    precision: share(precision(confusion), predictedPositives),
    recall: share(recall(confusion), total(positives)),
    f1: { value: f1(confusion), standardError: f1StandardError(confusion) },
    rocAuc: auc(binnedRocAuc(byBin(cells, positives), byBin(cells, negatives)), positives, negatives),
  };
}

function share(value: number | null, samples: number): Figure {
  return { value, standardError: value === null ? null : shareStandardError(value, samples) };
}

function auc(area: BinnedRocAuc | null, positives: Float64Array, negatives: Float64Array) {
  if (area === null) return { value: null, standardError: null, maxError: null };
  const standardError = rocAucStandardError(area.value, total(positives), total(negatives));
  return { value: area.value, standardError, maxError: area.maxError };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Adds up the cells of each score bin; both cells of the bin that the threshold cuts are one here. */
export function byBin(cells: readonly Cell[], values: ArrayLike<number>): Float64Array {
  const bins = new Float64Array(cells.length - 1);
  for (let i = 0; i < cells.length; i++) bins[cells[i].bin] += values[i];
  return bins;
}

/** Adds up the cells of each tenth of the score bins. */
export function byBand(cells: readonly Cell[], values: ArrayLike<number>): Float64Array {
  const bins = cells.length - 1;
  const bands = new Float64Array(scoreBands);
  for (let i = 0; i < cells.length; i++) bands[Math.floor((cells[i].bin * scoreBands) / bins)] += values[i];
  return bands;
}

/** The figures without those that hold for the labelled rows alone, where one decision's outcomes hardly ever come. */
export function withoutUnidentified(figures: RealisedFigures): RealisedFigures {
  const unknown = { value: null, standardError: null };
  return {
    ...figures,
    accuracy: unknown,
    recall: unknown,
    f1: unknown,
    rocAuc: { ...unknown, maxError: null },
  };
}

/** How many of the predictions that are old enough have an outcome. */
export type Coverage = {
  readonly predictions: number;
  readonly labelled: number;
  /** 0..1; `null` without predictions. */
  readonly share: number | null;
};

/**
 * Figures over all decisions need outcomes of all decisions: they are taken as identified while no decision's coverage
 * falls below this share of the other's.
 */
export const minCoverageRatio = 0.5;

export type Coverages = {
  readonly all: Coverage;
  /** By predicted class, negative first. */
  readonly byDecision: readonly [Coverage, Coverage];
  readonly byBand: readonly Coverage[];
  /**
   * Whether accuracy, recall, F1 and AUC say anything of all predictions. They do not where one decision's outcomes
   * hardly ever come: who is declined a loan never fails to repay it.
   */
  readonly isIdentified: boolean;
};

/** The labelled share of the predictions that are old enough, by decision and by band of the score. */
export function measureCoverage(cells: readonly Cell[], sums: Sums): Coverages {
  const labelled = sums.positives.map((positives, i) => positives + sums.negatives[i]);
  const decided = (isPositive: boolean, values: Float64Array) =>
    values.reduce((sum, value, i) => (cells[i].isPositive === isPositive ? sum + value : sum), 0);
  const decision = (isPositive: boolean) =>
    coverage(decided(isPositive, sums.matured), decided(isPositive, labelled));
  const bands = { predictions: byBand(cells, sums.matured), labelled: byBand(cells, labelled) };
  const byDecision = [decision(false), decision(true)] as const;
  return {
    all: coverage(total(sums.matured), total(labelled)),
    byDecision,
    byBand: Array.from(bands.predictions, (count, i) => coverage(count, bands.labelled[i])),
    isIdentified: areComparable(byDecision[0].share, byDecision[1].share),
  };
}

function coverage(predictions: number, labelled: number): Coverage {
  return { predictions, labelled, share: predictions > 0 ? labelled / predictions : null };
}

/** A decision that was never taken needs no outcomes. */
function areComparable(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return true;
  return Math.min(one, other) >= minCoverageRatio * Math.max(one, other);
}

/** How the outcomes compare with the calibrated probabilities of the same rows. */
export type ObservedExpected = {
  readonly observed: number;
  readonly expected: number;
  /** (O − E)/√(V·(1 + N/M)); `null` without variance. Beyond ±4 the model is no longer calibrated. */
  readonly z: number | null;
};

/**
 * Positive outcomes against their expected number E, with the variance V of the sum. The probabilities were learnt from
 * M rows and are uncertain themselves: N outcomes share that error, which adds V·N/M.
 *
 * @param learntFrom M, the rows behind the calibration
 */
export function compareObserved(sums: Sums, learntFrom: number): ObservedExpected {
  const observed = total(sums.positives);
  const expected = total(sums.expected);
  const outcomes = observed + total(sums.negatives);
  const variance = total(sums.variance) * (1 + outcomes / learntFrom);
  return { observed, expected, z: variance > 0 ? (observed - expected) / Math.sqrt(variance) : null };
}

/** A band of the score says something about its calibration from this variance and this many training rows on. */
export const calibrationRule = {
  minVariance: 5,
  minReferenceRows: 20,
  ceilingZ: driftRule.ceilingZ,
} as const;

/** Whether the outcomes of each band of the score are as many as the calibrated probabilities say. */
export type CalibrationTest = {
  /** Sum of the squared z of the bands that say something. */
  readonly chiSquare: number;
  /** How many they are. */
  readonly bands: number;
  /** What chance alone stays under; `null` when no band says anything. Above it the calibration is broken. */
  readonly ceiling: number | null;
};

/**
 * Observed against expected, band by band, as `compareObserved` does for all: what one band has too many of and another
 * too few shows here.
 *
 * @param referenceRows the rows behind the calibration, by score bin
 *
 * Source: D. W. Hosmer, S. Lemeshow, A Goodness-of-Fit Test for the Multiple Logistic Regression Model, Commun. Stat. 9
 * (1980); with fixed bands, and the error of the probabilities themselves.
 */
export function testCalibration(
  cells: readonly Cell[],
  sums: Sums,
  referenceRows: ArrayLike<number>,
): CalibrationTest {
  const { minVariance, minReferenceRows, ceilingZ } = calibrationRule;
  const observed = byBand(cells, sums.positives);
  const negatives = byBand(cells, sums.negatives);
  const expected = byBand(cells, sums.expected);
  const variance = byBand(cells, sums.variance);
  const bins = cells.length - 1;
  const reference = new Float64Array(scoreBands);
  for (let i = 0; i < bins; i++) reference[Math.floor((i * scoreBands) / bins)] += referenceRows[i];
  let chiSquare = 0;
  let bands = 0;
  for (let i = 0; i < scoreBands; i++) {
    if (variance[i] < minVariance || reference[i] < minReferenceRows) continue;
    const outcomes = observed[i] + negatives[i];
    chiSquare += (observed[i] - expected[i]) ** 2 / (variance[i] * (1 + outcomes / reference[i]));
    bands++;
  }
  return { chiSquare, bands, ceiling: bands > 0 ? chiSquareQuantileWilsonHilferty(bands, ceilingZ) : null };
}
