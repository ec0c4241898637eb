import { type Artifact, sealArtifact } from '../../src/model/artifact.ts';
import { type Learnt, learntFromOutcomes } from '../../src/model/learnt.ts';
import type { Row } from '../../src/model/row.ts';
import type { Explanation } from '../../src/predictors/explanation.ts';
import { filePredictor } from '../../src/predictors/index.ts';
import { type Logistic, logisticSchema, type Weights } from '../../src/predictors/logistic/schema.ts';
import type { FilePredictor } from '../../src/predictors/predictor.ts';

/** The predictor part of a logistic regression's file. */
export function logisticOf({ predictor }: Pick<Artifact, 'predictor'>): Logistic {
  return logisticSchema.parse(predictor);
}

function predictorOf(artifact: Artifact): FilePredictor {
  const predictor = filePredictor(artifact);
  if (predictor === undefined) throw new Error(`${artifact.name}: no predictor in the file`);
  return predictor;
}

/** The score that the model gives a row. */
export function scorerOf(artifact: Artifact): (row: Row) => number {
  const predictor = predictorOf(artifact);
  return (row) => predictor.predict([row])[0].score;
}

export function explanationOf(artifact: Artifact): Explanation {
  const { explanation } = predictorOf(artifact);
  if (explanation === undefined) throw new Error(`${artifact.name}: nothing explains its scores`);
  return explanation;
}

/** The model with a different intercept, and therefore a different version: all log-odds are higher by `more`. */
export function withIntercept({ version: _, ...content }: Artifact, more: number): Artifact {
  const logistic = logisticOf(content);
  return sealArtifact({ ...content, predictor: { ...logistic, intercept: logistic.intercept + more } });
}

/** The parts of the model file that require outcomes. */
export function learntOf(artifact: Artifact): Learnt {
  const learnt = learntFromOutcomes(artifact);
  if (learnt === undefined) throw new Error(`${artifact.name}: made without outcomes`);
  return learnt;
}

/** The weights of one feature, which must be of that kind. */
export function weightsOf<Kind extends Weights['kind']>(
  artifact: Pick<Artifact, 'predictor'>,
  feature: string,
  kind: Kind,
): Extract<Weights, { kind: Kind }> {
  const found = logisticOf(artifact).features.find((weights) => weights.name === feature);
  if (found?.kind !== kind) throw new Error(`${feature} is not ${kind}`);
  return found as Extract<Weights, { kind: Kind }>;
}

/** The same model with weights changed by `change`, without a new version. */
export function withWeights(artifact: Artifact, change: (weights: Weights) => Weights): Artifact {
  const logistic = logisticOf(artifact);
  return { ...artifact, predictor: { ...logistic, features: logistic.features.map(change) } };
}
