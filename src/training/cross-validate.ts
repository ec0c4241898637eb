import type { Evaluation } from '../model/artifact-schema.ts';
import { logistic } from '../predictors/logistic/score.ts';
import {
  estimateFigures,
  type HeldOutFigures,
  measurePerformance,
  standardErrors,
} from '../profile/held-out-figures.ts';
import { createRandom, type Random, shuffle } from '../stats/random.ts';
import { roundDecimals } from '../stats/round-decimals.ts';
import type { DesignMatrix } from './design.ts';
import { fitLogistic, type LogisticFit } from './fit-logistic.ts';

const maxFolds = 10;
const maxRepeats = 5;
/**
 * Repeats average over the random assignment of rows to folds. The more rows, the less that matters, and the longer it
 * takes.
 */
const repeatedRows = 50_000;
const seed = 1;

/**
 * How the evaluation is done: repeats of a k-fold cross-validation over shuffled, stratified folds. With fewer rows of a
 * class than folds there are fewer folds; five repeats up to 10,000 rows, fewer above, and one from 25,001 on.
 */
export function protocolFor(rows: number, positives: number) {
  return {
    folds: Math.min(maxFolds, positives, rows - positives),
    repeats: Math.max(1, Math.min(maxRepeats, Math.floor(repeatedRows / rows))),
    seed,
  };
}

export type CrossValidation = {
  readonly evaluation: Evaluation;
  /** From the first repeat: each row's score by the model that was fitted without it. */
  readonly scores: Float64Array;
};

/**
 * Distributes each class in turn over the folds: their sizes and their shares of positives differ by at most one row.
 */
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

/** The score of a row of the design by these weights. */
function scoreRow(
  { entriesPerRow, columns, values }: DesignMatrix,
  row: number,
  weights: Float64Array,
): number {
  let sum = 0;
  const end = (row + 1) * entriesPerRow;
  for (let k = row * entriesPerRow; k < end; k++) sum += values[k] * weights[columns[k]];
  return roundDecimals(logistic(sum), 10);
}

/**
 * Evaluates the model on rows that it was not fitted on: the mean over the folds of all repeats, with the standard
 * error of a single evaluation on this many rows (repeats shuffle the same rows and add no evidence).
 *
 * @param outcomes parallel to the design's rows; at least two of each class
 * @param options.threshold at and above which a score predicts the positive class
 * @param options.fit the fit to all rows, with the same ridge: each fold's fit starts from it
 * @param options.onFit called after each of the `folds · repeats` fits with their number so far
 * @throws Error if a fit does not reach its maximum
 */
export function crossValidate(
  design: DesignMatrix,
  outcomes: Uint8Array,
  options: {
    readonly threshold: number;
    readonly ridge: number;
    readonly fit: LogisticFit;
    readonly onFit: (done: number) => void;
  },
): CrossValidation {
  const { threshold, ridge, fit, onFit } = options;
  const positives = outcomes.reduce((sum, outcome) => sum + outcome, 0);
  const { folds, repeats, seed } = protocolFor(design.rows, positives);
  const random = createRandom(seed);
  const measured: HeldOutFigures[] = [];
  const firstScores = new Float64Array(design.rows);
  const allRows = Uint32Array.from(outcomes, (_, i) => i);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const foldOf = stratifiedFolds(outcomes, folds, random);
    for (let fold = 0; fold < folds; fold++) {
      const rows = allRows.filter((row) => foldOf[row] !== fold);
      const { weights } = fitLogistic(design, outcomes, { ridge, rows, near: fit });
      const heldOut = allRows.filter((row) => foldOf[row] === fold);
      const scores = Float64Array.from(heldOut, (row) => scoreRow(design, row, weights));
      measured.push(
        measurePerformance(
          scores,
          Uint8Array.from(heldOut, (row) => outcomes[row]),
          threshold,
        ),
      );
      if (repeat === 0) for (const [i, row] of heldOut.entries()) firstScores[row] = scores[i];
      onFit(measured.length);
    }
  }
  const errors = standardErrors(firstScores, outcomes, threshold, random);
  const evaluation: Evaluation = {
    protocol: { kind: 'cross-validation', folds, repeats, seed },
    ...estimateFigures(measured, errors),
  };
  return { evaluation, scores: firstScores };
}
