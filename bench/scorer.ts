import type { Artifact } from '../src/model/artifact.ts';
import type { Row } from '../src/model/row.ts';
import { filePredictor } from '../src/predictors/index.ts';

/** The score that a model gives a row, if its file says how it computes. */
export function scorerOf(artifact: Artifact): (row: Row) => number {
  const predictor = filePredictor(artifact);
  if (predictor === undefined) throw new Error(`${artifact.name}: no predictor in the file`);
  return (row) => predictor.predict([row])[0].score;
}
