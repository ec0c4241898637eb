import { createRandom, type Random } from '../stats/random.ts';
import type { Artifact } from './artifact-schema.ts';
import { fitLogistic } from './fit-logistic.ts';
import { measurePerformance, type Performance, standardErrors } from './performance.ts';
import { logistic } from './score.ts';

/** How the evaluation is done: repeats of a k-fold cross-validation over shuffled, stratified folds. */
export const protocol = { folds: 10, repeats: 5, seed: 1 } as const;

type Evaluation = Artifact['evaluation'];

export type CrossValidation = {
  readonly evaluation: Evaluation;
  /** Of the first repeat: each row's score by the model that was fitted without it. */
  readonly scores: Float64Array;
};

function shuffle(items: number[], random: Random): number[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}

/** Deals each class in turn over the folds: their sizes and their shares of positives differ by at most one row. */
function stratifiedFolds(outcomes: ArrayLike<number>, folds: number, random: Random): Uint8Array {
  const rows = Array.from(outcomes, (_, i) => i);
  const positives = shuffle(
    rows.filter((i) => outcomes[i] === 1),
    random,
  );
  const negatives = shuffle(
    rows.filter((i) => outcomes[i] === 0),
    random,
  );
  const foldOf = new Uint8Array(outcomes.length);
  for (const [dealt, row] of [...positives, ...negatives].entries()) foldOf[row] = dealt % folds;
  return foldOf;
}

function dot(row: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i] * weights[i];
  return sum;
}

/** Leaves out folds where a figure is not defined (precision without a positive prediction); 0 if it never is. */
function meanOfDefined(values: readonly (number | null)[]): number {
  const defined = values.filter((value) => value !== null);
  return defined.length > 0 ? defined.reduce((sum, value) => sum + value, 0) / defined.length : 0;
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/**
 * Evaluates the model on rows that it was not fitted on: the mean over the folds of all repeats, with the standard
 * error of one look at so many rows (repeats shuffle the same rows and add no evidence). With fewer rows of a class than folds there are fewer folds.
 *
 * @param rows of the design
 * @param outcomes parallel to `rows`; at least two of each class
 * @param threshold at and above which a score predicts the positive class
 * @param onFit called after each of the `folds · repeats` fits
 */
export function crossValidate(
  rows: readonly Float64Array[],
  outcomes: Uint8Array,
  threshold: number,
  onFit: () => void,
): CrossValidation {
  const positives = outcomes.reduce((sum, outcome) => sum + outcome, 0);
  const folds = Math.min(protocol.folds, positives, outcomes.length - positives);
  const { repeats, seed } = protocol;
  const random = createRandom(seed);
  const measured: Performance[] = [];
  const firstScores = new Float64Array(rows.length);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const foldOf = stratifiedFolds(outcomes, folds, random);
    for (let fold = 0; fold < folds; fold++) {
      const weights = fitLogistic(
        rows.filter((_, i) => foldOf[i] !== fold),
        outcomes.filter((_, i) => foldOf[i] !== fold),
      );
      const scores: number[] = [];
      const heldOut: number[] = [];
      for (let i = 0; i < rows.length; i++) {
        if (foldOf[i] !== fold) continue;
        // Ten places: more are noise of the arithmetic, and would make versions differ between machines.
        const score = Math.round(logistic(dot(rows[i], weights)) * 1e10) / 1e10;
        scores.push(score);
        heldOut.push(outcomes[i]);
        if (repeat === 0) firstScores[i] = score;
      }
      measured.push(measurePerformance(scores, heldOut, threshold));
      onFit();
    }
  }
  const errors = standardErrors(firstScores, outcomes, threshold, random);
  const figure = (metric: keyof Performance) => ({
    value: round(meanOfDefined(measured.map((values) => values[metric]))),
    standardError: round(errors[metric]),
  });
  const evaluation = {
    folds,
    repeats,
    seed,
    rocAuc: figure('rocAuc'),
    accuracy: figure('accuracy'),
    logLoss: figure('logLoss'),
    brier: figure('brier'),
    precision: figure('precision'),
    recall: figure('recall'),
    f1: figure('f1'),
  };
  return { evaluation, scores: firstScores };
}
