import { z } from 'zod';
import { positiveColumn } from './class-order.ts';
import { type Prediction, PredictorFailure } from './predictor.ts';
import { createAnswerReader } from './read-answer.ts';
import type { WatchedModel } from './watched-model.ts';

/** In a model file: where the answer is in the tensors of a model, besides the name of the one with probabilities. */
export const tensorOutputs = {
  positiveColumn: z
    .exactOptional(z.int().min(0))
    .describe(
      'Column of the positive class in an output of several columns. By default, its index among the sorted classes',
    ),
  prediction: z
    .exactOptional(z.string().min(1))
    .describe('Output with the predicted class. By default, the threshold decides'),
};

type Settings = { readonly positiveColumn?: number; readonly prediction?: string };

/**
 * Makes predictions from the values of two tensors, row by row.
 *
 * @param scores one probability per row, or one for each class
 * @param classes the predicted ones, if the model file names their output
 * @throws PredictorFailure with `bad_answer` for an unexpected number of values, and as an `AnswerReader` does
 */
export type TensorReader = (
  rows: number,
  scores: ArrayLike<unknown>,
  classes?: ArrayLike<unknown>,
) => Prediction[];

export function createTensorReader(settings: Settings, { output }: WatchedModel): TensorReader {
  const given = settings.positiveColumn;
  const positive = given ?? positiveColumn(output);
  const read = createAnswerReader(output, settings.prediction !== undefined);
  return (rows, scores, classes) => {
    const columns = scores.length / rows;
    const column = columns === 1 ? 0 : positive;
    if (!(Number.isInteger(columns) && column < columns)) {
      throw new PredictorFailure(
        'bad_answer',
        `the output with the probabilities has ${scores.length} numbers for ${rows} rows, but column ${column} of each row is needed`,
      );
    }
    if (given === undefined && columns > 2) {
      throw new PredictorFailure(
        'bad_answer',
        `the output with the probabilities has ${columns} columns, but a binary model has two: name the column of the positive class as "positiveColumn" in the model file`,
      );
    }
    if (classes !== undefined && classes.length !== rows) {
      throw new PredictorFailure(
        'bad_answer',
        `the output with the predicted class has ${classes.length} classes for ${rows} rows`,
      );
    }
    return Array.from({ length: rows }, (_, i) => read(scores[i * columns + column], classes?.[i]));
  };
}
