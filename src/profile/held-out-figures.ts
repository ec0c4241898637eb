import type { Evaluation } from '../model/artifact.ts';
import { accuracy, f1, precision, recall } from '../stats/confusion.ts';
import { logLossOfOne } from '../stats/probability-scores.ts';
import { createRandom, type Random } from '../stats/random.ts';
import { resample } from '../stats/resample.ts';
import { binnedRocAuc } from '../stats/roc-auc.ts';
import { roundDecimals } from '../stats/round-decimals.ts';

const metrics = ['rocAuc', 'accuracy', 'logLoss', 'brier', 'precision', 'recall', 'f1'] as const;

/** The figures of a model on rows whose outcome is known; `null` if the rows leave one undefined. */
export type HeldOutFigures = Readonly<Record<(typeof metrics)[number], number | null>>;

const resamples = 200;

/** Rows by score: all that the figures depend on is how many positives and negatives each distinct score has. */
function groupByScore(scores: ArrayLike<number>, outcomes: ArrayLike<number>, threshold: number) {
  const sorted = Float64Array.from(scores).sort();
  const distinct = sorted.filter((score, i) => i === 0 || score !== sorted[i - 1]);
  const places = new Map(Array.from(distinct, (score, place) => [score, place]));
  const groupOf = Uint32Array.from(scores, (score) => places.get(score) as number);
  const lossOfPositive = distinct.map((score) => logLossOfOne(score, true));
  const lossOfNegative = distinct.map((score) => logLossOfOne(score, false));
  const positives = new Uint32Array(distinct.length);
  const negatives = new Uint32Array(distinct.length);

  /** The figures of rows that count `times` times each; the `times` add up to the number of rows. */
  return function measure(times: Uint32Array): HeldOutFigures {
    positives.fill(0);
    negatives.fill(0);
    for (let i = 0; i < groupOf.length; i++) {
      if (outcomes[i] === 1) positives[groupOf[i]] += times[i];
      else negatives[groupOf[i]] += times[i];
    }
    const counts = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
    let losses = 0;
    let squares = 0;
    for (let group = 0; group < distinct.length; group++) {
      const score = distinct[group];
      if (score >= threshold) {
        counts.truePositives += positives[group];
        counts.falsePositives += negatives[group];
      } else {
        counts.falseNegatives += positives[group];
        counts.trueNegatives += negatives[group];
      }
      losses += positives[group] * lossOfPositive[group] + negatives[group] * lossOfNegative[group];
      squares += positives[group] * (1 - score) ** 2 + negatives[group] * score ** 2;
    }
    const rows = groupOf.length;
    return {
      rocAuc: binnedRocAuc(positives, negatives)?.value ?? null,
      accuracy: accuracy(counts),
      logLoss: rows > 0 ? losses / rows : null,
      brier: rows > 0 ? squares / rows : null,
      precision: precision(counts),
      recall: recall(counts),
      f1: f1(counts),
    };
  };
}

/**
 * The figures as `rocAuc`, `logLoss`, `brierScore` and `confusion` define them. O(n log n).
 *
 * @param scores P(positive)
 * @param outcomes parallel to `scores`; 1 for positive, 0 for negative
 * @param threshold at and above which a score predicts the positive class
 */
export function measurePerformance(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  threshold: number,
): HeldOutFigures {
  return groupByScore(scores, outcomes, threshold)(new Uint32Array(scores.length).fill(1));
}

/**
 * The standard errors of the figures, which other rows of the same kind would change: their standard deviation over 200
 * bootstrap resamples of the rows. (The spread between stratified folds would be too small: each has the same mix of
 * classes, which live rows do not.) 0 for a figure that no resample defines. The rows are sorted once, so a resample is
 * O(n).
 *
 * Source: B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 6.
 */
export function standardErrors(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  threshold: number,
  random: Random,
): Record<keyof HeldOutFigures, number> {
  const measure = groupByScore(scores, outcomes, threshold);
  const times = new Uint32Array(scores.length);
  const measured = Array.from({ length: resamples }, () => {
    resample(times, random);
    return measure(times);
  });
  const errors = metrics.map((metric) => {
    const values = measured.map((figures) => figures[metric]).filter((value) => value !== null);
    if (values.length < 2) return [metric, 0];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return [metric, Math.sqrt(squares / (values.length - 1))];
  });
  return Object.fromEntries(errors);
}

/** The figures of a model file's evaluation. */
type Figures = Omit<Evaluation, 'protocol'>;

function round(value: number): number {
  return roundDecimals(value, 6);
}

/**
 * Ignores measurements in which a figure is not defined (precision without a positive prediction); 0 if it never is.
 */
function meanOfDefined(values: readonly (number | null)[]): number {
  const defined = values.filter((value) => value !== null);
  return defined.length > 0 ? defined.reduce((sum, value) => sum + value, 0) / defined.length : 0;
}

/**
 * The figures of a model file: the mean of what was measured, with the standard errors.
 *
 * @param measured one per set of held-out rows, such as a fold
 */
export function estimateFigures(
  measured: readonly HeldOutFigures[],
  errors: Readonly<Record<keyof HeldOutFigures, number>>,
): Figures {
  const figures = metrics.map((metric) => [
    metric,
    {
      value: round(meanOfDefined(measured.map((values) => values[metric]))),
      standardError: round(errors[metric]),
    },
  ]);
  return Object.fromEntries(figures) as Figures;
}

const seed = 1;

/**
 * Evaluates scores of rows that the model was not fitted on. The same rows give the same figures.
 *
 * @param scores P(positive)
 * @param outcomes parallel to `scores`; 1 for positive, 0 for negative; some of each
 * @param threshold at and above which a score predicts the positive class
 */
export function evaluateHeldOut(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  threshold: number,
): Evaluation {
  const measured = measurePerformance(scores, outcomes, threshold);
  const errors = standardErrors(scores, outcomes, threshold, createRandom(seed));
  return {
    protocol: { kind: 'held-out', rows: scores.length },
    ...estimateFigures([measured], errors),
  };
}
