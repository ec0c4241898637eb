import { type Artifact, sealArtifact } from '../src/model/artifact.ts';
import { logisticSchema, type Weights } from '../src/predictors/logistic/schema.ts';

/**
 * A model like `artifact`, with `count` features: its own, repeated under other names, each with a contribution so
 * small that scores stay about the same. It names no segments.
 *
 * @param variant models of different variants are different versions
 */
export function widen(artifact: Artifact, count: number, variant = 0): Artifact {
  const { version: _version, segments: _segments, features, ...rest } = artifact;
  const logistic = logisticSchema.parse(artifact.predictor);
  const part = features.length / count;
  const nameOf = (i: number) => `feature_${String(i).padStart(3, '0')}`;
  const wide = Array.from({ length: count }, (_, i) => ({
    ...features[i % features.length],
    name: nameOf(i),
  }));
  const weights = wide.map(({ name }, i) =>
    weaken({ ...logistic.features[i % features.length], name }, part),
  );
  return sealArtifact({
    ...rest,
    features: wide,
    protected: [wide[0].name],
    sensitive: [],
    predictor: { ...logistic, intercept: logistic.intercept + variant / 1000, features: weights },
  });
}

function weaken(weights: Weights, part: number): Weights {
  const scale = <Value extends number | null>(value: Value) =>
    (value === null ? value : value * part) as Value;
  const common = {
    missingLogOdds: scale(weights.missingLogOdds),
    meanContribution: scale(weights.meanContribution),
  };
  if (weights.kind === 'numeric') return { ...weights, ...common, coefficient: scale(weights.coefficient) };
  return {
    ...weights,
    ...common,
    coefficients: weights.coefficients.map(scale),
    otherLogOdds: scale(weights.otherLogOdds),
    unseenLogOdds: scale(weights.unseenLogOdds),
  };
}
