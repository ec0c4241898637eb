import type { Artifact } from '../../model/artifact.ts';
import { createContribution, logistic } from '../../predictors/logistic/score.ts';
import type { Row, Wanted } from '../read/rows.ts';

/** The score of a row: the recorded one, else what the model makes of its values; `null` where neither can be. */
export type RowScorer = (row: Row) => number | null;

/** @param wanted what rows hold; without a model, or without all of its features, only recorded scores are given */
export function createRowScorer(artifact: Artifact | null, wanted: readonly Wanted[]): RowScorer {
  if (artifact === null || artifact.features.length !== wanted.length) return (row) => row.score;
  const { intercept } = artifact;
  const contributions = artifact.features.map(createContribution);
  return ({ score, values }) => {
    if (score !== null || values === null) return score;
    let logOdds = intercept;
    for (let i = 0; i < contributions.length; i++) {
      if (values[i] === undefined) return null;
      logOdds += contributions[i](values[i]);
    }
    return logistic(logOdds);
  };
}

/** The class that a row was or would be predicted; `null` where that is not known. */
export function predictionOf(row: Row, score: number | null, artifact: Artifact | null): string | null {
  if (row.prediction !== null || artifact === null || score === null) return row.prediction;
  const { target, threshold } = artifact;
  return score >= threshold.value ? target.positive : target.negative;
}
