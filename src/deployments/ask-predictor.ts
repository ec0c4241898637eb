import type { Row } from '../model/row.ts';
import {
  type Call,
  type FailureReason,
  failureReasons,
  type Prediction,
  PredictorFailure,
} from '../predictors/predictor.ts';
import type { Deployment } from './deployment.ts';

/** How many rows a model could not predict, by reason. */
export type PredictFailures = Map<FailureReason, number>;

export function createPredictFailures(): PredictFailures {
  return new Map(failureReasons.map((reason) => [reason, 0]));
}

/** The parts of a deployment that are needed to call its predictor. */
export type Asked = Pick<Deployment, 'artifact' | 'predictor' | 'failures' | 'placeOfClass'>;

/**
 * Asks a model for predictions: synchronously if its predictor answers so, otherwise with a promise. Rows that fail are
 * counted, and so are those with an answer that is not a prediction of this model; nothing else is recorded for them.
 *
 * @param rows validated; not empty
 * @throws PredictorFailure (or rejects with it); any other error if the predictor itself is at fault
 */
export function askPredictor(
  asked: Asked,
  rows: readonly Row[],
  call?: Call,
): readonly Prediction[] | Promise<readonly Prediction[]> {
  const { artifact, predictor } = asked;
  if (predictor === undefined) {
    throw new PredictorFailure('refused', `${artifact.name} is only watched: its file has no predictor`);
  }
  let predictions: ReturnType<typeof predictor.predict>;
  try {
    predictions = predictor.predict(rows, call);
  } catch (error) {
    return fail(asked, rows, error);
  }
  if (Array.isArray(predictions)) return checked(asked, rows, predictions);
  return Promise.resolve(predictions).then(
    (later) => checked(asked, rows, later),
    (error) => fail(asked, rows, error),
  );
}

function fail({ failures }: Asked, { length }: readonly Row[], error: unknown): never {
  const reason = error instanceof PredictorFailure ? error.reason : 'internal';
  failures.set(reason, (failures.get(reason) ?? 0) + length);
  throw error;
}

function checked(
  asked: Asked,
  rows: readonly Row[],
  predictions: readonly Prediction[],
): readonly Prediction[] {
  const fault = faultOf(asked, rows, predictions);
  return fault === undefined ? predictions : fail(asked, rows, new PredictorFailure('bad_answer', fault));
}

const nothing: Partial<Prediction> = {};

/** What is wrong with an answer; the message omits its values, as they may reveal something about the row. */
function faultOf(
  { placeOfClass }: Asked,
  rows: readonly Row[],
  predictions: readonly Prediction[],
): string | undefined {
  if (!Array.isArray(predictions)) return 'the answer of the model is not a list of predictions';
  if (predictions.length !== rows.length) {
    return `the model answered ${predictions.length} predictions for ${rows.length} rows`;
  }
  for (const each of predictions as readonly (Prediction | undefined)[]) {
    const { score, prediction } = each ?? nothing;
    if (!(typeof score === 'number' && score >= 0 && score <= 1)) {
      return 'the model answered a score that is not a number from 0 to 1';
    }
    if (prediction !== undefined && typeof placeOfClass(prediction) !== 'number') {
      return 'the model answered a class that is not one of the two in its file';
    }
  }
  return undefined;
}

/** The index of a class that the predictor decided itself; `undefined` if it follows from the score. */
export function classOf(
  { placeOfClass }: Pick<Deployment, 'placeOfClass'>,
  prediction: string | undefined,
): number | undefined {
  return prediction === undefined ? undefined : (placeOfClass(prediction) ?? undefined);
}
