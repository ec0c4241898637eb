import { accuracy, type Confusion, f1, precision, recall } from '../stats/confusion.ts';
import {
  calibrationErrorOfAccuracy,
  calibrationErrorOfRocAuc,
  estimatedRocAucError,
  estimateErrors,
} from '../stats/estimate-errors.ts';
import { expectedCalibrationError } from '../stats/probability-scores.ts';
import { type BinnedRocAuc, binnedRocAuc } from '../stats/roc-auc.ts';
import { f1StandardError, rocAucStandardError, shareStandardError } from '../stats/standard-errors.ts';
import type { Cell, PerformanceSums } from './performance.ts';
import { rocAucShrinkage, type ScoreBins } from './performance-comparison.ts';
import { sumByScoreBand } from './score-bands.ts';

/** A share with its standard error; both `null` when the denominator is 0. */
export type Figure = { readonly value: number | null; readonly standardError: number | null };

/**
 * The figures that follow from a confusion matrix and score bins; the AUC is that of the bins, with its largest
 * possible error.
 */
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
  /** Of the rows that arrived, with all of a cell at its mean score and outcome. */
  readonly brierStandardError: number | null;
  readonly logLoss: number | null;
  /** Over bands of the score. */
  readonly expectedCalibrationError: number | null;
};

/** An estimated figure that is compared with that of the model file. */
type ComparedEstimate = Figure & {
  /**
   * The standard error that comes from the limited number of rows behind the calibration. All live rows share it, so it
   * does not shrink with their number, and `standardError` does not include it.
   */
  readonly calibrationError: number | null;
};

/** What calibrated scores predict. The standard errors cover only which rows arrived; outcomes are not random here. */
export type EstimatedFigures = Omit<BinnedFigures, 'accuracy' | 'rocAuc'> & {
  readonly accuracy: ComparedEstimate;
  readonly rocAuc: ComparedEstimate & BinnedFigures['rocAuc'];
};

type Sums = PerformanceSums;

/** The figures of the outcomes that count. Exact except for the AUC, which comes with its bound. */
export function realisedFigures(cells: readonly Cell[], sums: Sums): RealisedFigures {
  const figures = binnedFigures(cells, sums.positives, sums.negatives);
  const { samples } = figures;
  const mean = (values: Float64Array) => (samples > 0 ? total(values) / samples : null);
  const counts = sums.positives.map((positives, i) => positives + sums.negatives[i]);
  return {
    ...figures,
    brier: mean(sums.squaredErrors),
    brierStandardError: brierStandardError(sums, counts),
    logLoss: mean(sums.logLosses),
    expectedCalibrationError: expectedCalibrationError(
      byBand(cells, counts),
      byBand(cells, sums.scores),
      byBand(cells, sums.positives),
    ),
  };
}

/** From the spread of squared errors: (1 − s)² for each positive of a cell with the mean score s, s² for each negative. */
function brierStandardError({ positives, negatives, scores }: Sums, counts: Float64Array): number | null {
  const samples = total(counts);
  if (samples === 0) return null;
  let [sum, squares] = [0, 0];
  counts.forEach((count, i) => {
    if (count === 0) return;
    const score = scores[i] / count;
    sum += positives[i] * (1 - score) ** 2 + negatives[i] * score ** 2;
    squares += positives[i] * (1 - score) ** 4 + negatives[i] * score ** 4;
  });
  return Math.sqrt(Math.max(0, squares / samples - (sum / samples) ** 2) / samples);
}

/**
 * The figures to expect for all predictions, without their outcomes (CBPE): each prediction counts as its calibrated
 * probability of a positive. The AUC is computed over bins and shrunk as `rocAucShrinkage` says.
 *
 * @param scoreBins the training rows, from which the calibration was learnt
 */
export function estimatedFigures(cells: readonly Cell[], sums: Sums, scoreBins: ScoreBins): EstimatedFigures {
  const { expectedPositives, expectedNegatives } = sums;
  const figures = binnedFigures(cells, expectedPositives, expectedNegatives);
  const squares = expectedPositives.map((positives, i) => {
    const rows = positives + expectedNegatives[i];
    return rows > 0 ? positives ** 2 / rows : 0;
  });
  const errors = estimateErrors({
    confusion: figures.confusion,
    squaresOfPositives: decided(cells, true, squares),
    squaresOfNegatives: decided(cells, false, squares),
  });
  const positives = byBin(cells, expectedPositives);
  const negatives = byBin(cells, expectedNegatives);
  const area = figures.rocAuc;
  const shrinkage = rocAucShrinkage(scoreBins);
  const times = (error: number | null) => (error === null ? null : shrinkage * error);
  return {
    ...figures,
    accuracy: {
      value: figures.accuracy.value,
      standardError: errors.accuracy,
      calibrationError: calibrationErrorOfAccuracy(positives, negatives, scoreBins.counts),
    },
    precision: { value: figures.precision.value, standardError: errors.precision },
    recall: { value: figures.recall.value, standardError: errors.recall },
    f1: { value: figures.f1.value, standardError: errors.f1 },
    rocAuc: {
      value: area.value === null ? null : 0.5 + shrinkage * (area.value - 0.5),
      maxError: area.maxError,
      standardError: times(estimatedRocAucError(positives, negatives)),
      calibrationError: times(calibrationErrorOfRocAuc(positives, negatives, scoreBins.counts)),
    },
  };
}

function binnedFigures(
  cells: readonly Cell[],
  positives: Float64Array,
  negatives: Float64Array,
): BinnedFigures {
  const confusion = {
    truePositives: decided(cells, true, positives),
    falsePositives: decided(cells, true, negatives),
    trueNegatives: decided(cells, false, negatives),
    falseNegatives: decided(cells, false, positives),
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

/** The sum over the cells of one decision. */
export function decided(cells: readonly Cell[], isPositive: boolean, values: Float64Array): number {
  return values.reduce((sum, value, i) => (cells[i].isPositive === isPositive ? sum + value : sum), 0);
}

function share(value: number | null, samples: number): Figure {
  return { value, standardError: value === null ? null : shareStandardError(value, samples) };
}

function auc(area: BinnedRocAuc | null, positives: Float64Array, negatives: Float64Array) {
  if (area === null) return { value: null, standardError: null, maxError: null };
  const standardError = rocAucStandardError(area.value, total(positives), total(negatives));
  return { value: area.value, standardError, maxError: area.maxError };
}

/** The sum over all cells. */
export function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Adds up the cells of each score bin; both cells of the bin that the threshold cuts are one here. */
export function byBin(cells: readonly Cell[], values: ArrayLike<number>): Float64Array {
  const bins = new Float64Array(cells.length - 1);
  for (let i = 0; i < cells.length; i++) bins[cells[i].bin] += values[i];
  return bins;
}

/** Adds up the cells of each band of the score. */
export function byBand(cells: readonly Cell[], values: ArrayLike<number>): Float64Array {
  return sumByScoreBand(byBin(cells, values));
}

/** The figures, without those that would hold for labelled rows only if one decision's outcomes hardly ever arrive. */
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
