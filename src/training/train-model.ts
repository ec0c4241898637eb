import type { Artifact, Output } from '../model/artifact.ts';
import { explainLogistic } from '../predictors/logistic/explain-logistic.ts';
import type { Logistic } from '../predictors/logistic/schema.ts';
import { createContribution, logistic } from '../predictors/logistic/score.ts';
import { describeColumns } from '../profile/describe-columns.ts';
import { makeArtifact } from '../profile/make-artifact.ts';
import { requireSegments } from '../profile/reference-segments.ts';
import { crossValidate, protocolFor } from './cross-validate.ts';
import { decodeWeights } from './decode-weights.ts';
import { encodeDesign } from './design.ts';
import { defaultRidge, fitLogistic } from './fit-logistic.ts';
import type { TrainingSet } from './training-set.ts';

export type TrainingOptions = {
  readonly name: string;
  readonly threshold: Output['threshold'];
  readonly protected: string[];
  readonly sensitive: string[];
  /** Categorical features whose categories are watched as segments; none by default. */
  readonly segments?: readonly string[];
  /** The ridge of the fit, above 0; see `fitLogistic`. 1 by default. */
  readonly ridge?: number;
  /** Called after each fit, with the number of fits done and the total. */
  readonly onProgress?: (done: number, total: number) => void;
};

/** The finished model's scores for its training rows, as the service will compute them. */
function scoreRows(
  { intercept, features: weights }: Logistic,
  features: Artifact['features'],
  set: TrainingSet,
): Float64Array {
  const contributions = features.map((feature, i) => createContribution(weights[i], feature));
  return Float64Array.from(set.outcomes, (_, row) => {
    const logOdds = set.columns.reduce(
      (sum, { values }, i) => sum + contributions[i](values[row]),
      intercept,
    );
    return logistic(logOdds);
  });
}

/**
 * Trains a logistic regression, and makes its model file.
 *
 * Everything that estimates how well it will do on new rows (evaluation, calibration, score bins) comes from
 * out-of-fold scores; the score's reference distribution comes from the finished model on its training rows. The same
 * set gives the same bytes.
 *
 * @param set at least two rows of each class
 * @throws Error if the columns contain numbers too large to compute with, the segments are impossible, or the fit does
 * not reach its maximum
 */
export function trainModel(set: TrainingSet, options: TrainingOptions): Artifact {
  const { columns, target, outcomes, dataDigest } = set;
  const { ridge = defaultRidge, segments = [] } = options;
  const features = describeColumns(columns);
  requireSegments(features, segments);
  const { codes, matrix } = encodeDesign(columns, features);
  const fit = fitLogistic(matrix, outcomes, { ridge });
  const positives = outcomes.reduce((sum, outcome) => sum + outcome, 0);
  const { folds, repeats } = protocolFor(outcomes.length, positives);
  const fits = 1 + folds * repeats;
  options.onProgress?.(1, fits);
  const { evaluation, scores } = crossValidate(matrix, outcomes, {
    threshold: options.threshold.value,
    ridge,
    fit,
    onFit: (done) => options.onProgress?.(1 + done, fits),
  });
  const predictor = decodeWeights(codes, fit.weights);
  return makeArtifact({
    name: options.name,
    columns,
    features,
    output: { kind: 'binary', ...target, threshold: options.threshold },
    scores: scoreRows(predictor, features, set),
    heldOut: { scores, outcomes, evaluation },
    protected: options.protected,
    sensitive: options.sensitive,
    segments,
    dataDigest,
    ridge,
    predictor,
    explanation: explainLogistic(predictor, { features }),
  });
}
