import { dirname } from 'node:path';
import type { Artifact } from '../model/artifact.ts';
import type { Row } from '../model/row.ts';
import { createPredictor } from '../predictors/index.ts';
import { PredictorFailure } from '../predictors/predictor.ts';
import type { Column } from '../profile/columns.ts';

/** Rows that a predictor is asked about, spread over the table. */
const rowsAsked = 100;

/** Scores that were rounded for the table, to two places at least, or computed in single precision, are the same. */
const tolerance = 0.0051;

/**
 * Asks a model's predictor about some of the rows that the model file was made from: whether it gives the same scores. With
 * others the file would describe another model: the probability of the other class, say.
 *
 * @param path where its description was read
 * @param out the model file
 * @returns what came of it, in words
 * @throws Error naming the file when the predictor cannot be made, refuses the rows, or scores them in another way
 */
export async function compareScores(
  path: string,
  out: string,
  artifact: Artifact,
  { columns, scores }: { readonly columns: readonly Column[]; readonly scores: Float64Array },
): Promise<string> {
  const predictor = await createPredictor(artifact, { folder: dirname(out) }, path);
  if (predictor === undefined) throw new Error(`${path}: describes no predictor`);
  const count = Math.min(rowsAsked, scores.length);
  const asked = Array.from({ length: count }, (_, i) => Math.floor((i * scores.length) / count));
  try {
    const predictions = await predictor.predict(asked.map((row) => rowOf(columns, row)));
    for (const [i, { score }] of predictions.entries()) {
      const expected = scores[asked[i]];
      if (Math.abs(score - expected) > tolerance) {
        throw new Error(
          `${path}: scores row ${asked[i] + 1} of the table with ${score}, which has ${expected} there: is it this model, and the probability of this class?`,
        );
      }
    }
    return `gives the scores of the table in ${count} of its rows`;
  } catch (error) {
    if (!(error instanceof PredictorFailure)) throw error;
    if (error.reason === 'unreachable' || error.reason === 'timeout' || error.reason === 'busy') {
      return `not compared with the scores of the table: ${error.message}`;
    }
    throw new Error(`${path}: ${error.message}`, { cause: error });
  } finally {
    await predictor.close?.();
  }
}

function rowOf(columns: readonly Column[], row: number): Row {
  // entries, not assignment: a column may be called `__proto__`
  return Object.fromEntries(
    columns.map(({ name, values }) => {
      const value = values[row];
      return [name, typeof value === 'number' && Number.isNaN(value) ? null : value];
    }),
  );
}
