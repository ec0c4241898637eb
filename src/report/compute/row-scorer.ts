import type { Artifact } from '../../model/artifact.ts';
import { classesOf, classOfScore } from '../../model/output-classes.ts';
import { filePredictor } from '../../predictors/index.ts';
import type { Row, WantedColumn } from '../read/rows.ts';

/** The score of a row: the recorded one, else what the model makes of its values; `null` where neither can be. */
export type RowScorer = (row: Row) => number | null;

/**
 * @param wanted what rows hold; without a model whose file says how it computes, or without all of its features, only
 * recorded scores are given
 */
export function createRowScorer(artifact: Artifact | null, wanted: readonly WantedColumn[]): RowScorer {
  const predictor = artifact === null ? undefined : filePredictor(artifact);
  if (predictor === undefined || artifact?.features.length !== wanted.length) return (row) => row.score;
  const names = artifact.features.map(({ name }) => name);
  // one for all rows; from entries, so that a feature called `__proto__` is an own value
  const input: Record<string, unknown> = Object.fromEntries(names.map((name) => [name, null]));
  const inputs = [input];
  return ({ score, values }) => {
    if (score !== null || values === null) return score;
    for (let i = 0; i < names.length; i++) {
      if (values[i] === undefined) return null;
      input[names[i]] = values[i];
    }
    return predictor.predict(inputs)[0].score;
  };
}

/** The class that a row was or would be predicted; `null` where that is not known. */
export function predictionOf(row: Row, score: number | null, artifact: Artifact | null): string | null {
  if (row.prediction !== null || artifact === null || score === null) return row.prediction;
  const { output } = artifact;
  return classesOf(output)[classOfScore(score, output.threshold.value)];
}
