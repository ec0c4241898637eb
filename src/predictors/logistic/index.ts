import type { Predictor, PredictorKind } from '../predictor.ts';
import { explainLogistic } from './explain-logistic.ts';
import { type Logistic, logisticFaults, logisticSchema } from './schema.ts';
import { createScorer } from './score.ts';

/** A logistic regression whose coefficients are in the model file. It answers synchronously, and never fails. */
export const logisticKind = {
  schema: logisticSchema,
  faults: logisticFaults,
  needsOnlyFile: true,
  create(description, artifact): Predictor {
    const score = createScorer(description, artifact);
    return {
      predict: (rows) => rows.map((row) => ({ score: score(row) })),
      explanation: explainLogistic(description, artifact),
    };
  },
} as const satisfies PredictorKind<Logistic>;
