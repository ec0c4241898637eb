import { z } from 'zod';
import type { Feature } from '../../model/artifact.ts';
import type { Row } from '../../model/row.ts';
import { positiveColumn } from '../class-order.ts';
import { createFeatureReader } from '../feature-values.ts';
import { PredictorFailure } from '../predictor.ts';
import { createAnswerReader } from '../read-answer.ts';
import type { WatchedModel } from '../watched-model.ts';
import { createFinder, jsonPointer } from './json-pointer.ts';
import { commonSettings, type Protocol, requireList } from './protocol.ts';

export const mlflowSettings = z
  .strictObject({
    ...commonSettings,
    protocol: z.literal('mlflow'),
    score: z
      .exactOptional(jsonPointer)
      .describe(
        'JSON pointer to the probability of the positive class in each of the `predictions`. By default, the index of that class among the sorted ones, as `predict_proba` orders them',
      ),
    prediction: z
      .exactOptional(jsonPointer)
      .describe('JSON pointer to the predicted class in each. By default, the threshold decides'),
  })
  .describe('The server that `mlflow models serve` starts, and any other that answers at `/invocations`');

/** MLflow's scoring server: rows as a data frame, split into names and values. */
export function createMlflowProtocol(
  { score, prediction }: z.infer<typeof mlflowSettings>,
  model: WatchedModel,
): Protocol {
  const columns = JSON.stringify(model.features.map(({ name }) => name));
  const writers = model.features.map(createWriter);
  const findScore = createFinder(score ?? `/${positiveColumn(model.output)}`);
  const findThird = createFinder('/2');
  const findPrediction = prediction === undefined ? undefined : createFinder(prediction);
  const read = createAnswerReader(model.output, prediction !== undefined);
  return {
    maxRows: 1_000,
    encode(rows) {
      const data = rows.map((row) => `[${writers.map((write) => write(row)).join()}]`);
      return `{"dataframe_split":{"columns":${columns},"data":[${data.join()}]}}`;
    },
    decode(answer, rows) {
      const predictions = (answer as { predictions?: unknown } | null)?.predictions;
      return requireList(predictions, rows).map((item) => {
        // a label instead of a list or an object of predictions
        if (typeof item !== 'object' && score !== '') throw new PredictorFailure('bad_answer', mlflowLabels);
        if (score === undefined && findThird(item) !== undefined) {
          throw new PredictorFailure('bad_answer', mlflowClasses);
        }
        return read(findScore(item), findPrediction?.(item));
      });
    },
  };
}

/**
 * Writes one value as JSON. A missing number becomes NaN, which is not valid JSON, but which Python writes and reads:
 * from `null` alone MLflow makes a column of objects, on which even models that support missing numbers fail.
 */
function createWriter(feature: Feature): (row: Row) => string {
  const read = createFeatureReader(feature);
  const missing = feature.kind === 'numeric' ? 'NaN' : 'null';
  return (row) => {
    const value = read(row);
    return value === null ? missing : JSON.stringify(value);
  };
}

const mlflowLabels =
  'MLflow answers with one value per row, which for a classifier is its class and not the probability of the positive one: save the model with pyfunc_predict_fn="predict_proba", or set "score": "" in the model file if that value is the probability';

const mlflowClasses =
  'MLflow answers with three or more probabilities per row, but a binary model has two: set "score" in the model file to the position of the positive class, such as "/2"';
