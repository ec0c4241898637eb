import { accuracy, confusion, f1, precision, recall } from '../stats/confusion.ts';
import { brierScore, logLoss } from '../stats/probability-scores.ts';
import type { Random } from '../stats/random.ts';
import { rocAuc } from '../stats/roc-auc.ts';

const metrics = ['rocAuc', 'accuracy', 'logLoss', 'brier', 'precision', 'recall', 'f1'] as const;

/** The figures of a model on rows whose outcome is known; `null` where the rows leave one undefined. */
export type Performance = Readonly<Record<(typeof metrics)[number], number | null>>;

const resamples = 200;

/**
 * @param scores P(positive)
 * @param outcomes parallel to `scores`; 1 for positive, 0 for negative
 * @param threshold at and above which a score predicts the positive class
 */
export function measurePerformance(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  threshold: number,
): Performance {
  const predictions = Array.from(scores, (score) => (score >= threshold ? 1 : 0));
  const counts = confusion(predictions, outcomes);
  return {
    rocAuc: rocAuc(scores, outcomes),
    accuracy: accuracy(counts),
    logLoss: logLoss(scores, outcomes),
    brier: brierScore(scores, outcomes),
    precision: precision(counts),
    recall: recall(counts),
    f1: f1(counts),
  };
}

/**
 * The standard errors of the figures, as other rows of the same kind would give others: their deviation over 200
 * bootstrap resamples of the rows. (The spread between stratified folds would be too small: each has the same mix of
 * classes, which live rows have not.) 0 for a figure that no resample defines.
 *
 * Source: B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 6.
 */
export function standardErrors(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  threshold: number,
  random: Random,
): Record<keyof Performance, number> {
  const rows = scores.length;
  const drawnScores = new Float64Array(rows);
  const drawnOutcomes = new Uint8Array(rows);
  const measured: Performance[] = [];
  for (let i = 0; i < resamples; i++) {
    for (let row = 0; row < rows; row++) {
      const drawn = Math.floor(random() * rows);
      drawnScores[row] = scores[drawn];
      drawnOutcomes[row] = outcomes[drawn];
    }
    measured.push(measurePerformance(drawnScores, drawnOutcomes, threshold));
  }
  const errors = metrics.map((metric) => {
    const values = measured.map((figures) => figures[metric]).filter((value) => value !== null);
    if (values.length < 2) return [metric, 0];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return [metric, Math.sqrt(squares / (values.length - 1))];
  });
  return Object.fromEntries(errors);
}
