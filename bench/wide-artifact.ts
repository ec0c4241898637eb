import { type Artifact, type Feature, sealArtifact } from '../src/model/artifact.ts';

/**
 * A model like `artifact`, with `count` features instead of its own: they are its own again and again, under other
 * names, each with so small a part in the score that scores stay where they were. It names no segments.
 *
 * @param variant models of different variants are different versions
 */
export function widen(artifact: Artifact, count: number, variant = 0): Artifact {
  const { version: _version, segments: _segments, features, ...rest } = artifact;
  const part = features.length / count;
  const wide = Array.from({ length: count }, (_, i) =>
    weaken({ ...features[i % features.length], name: `feature_${String(i).padStart(3, '0')}` }, part),
  );
  return sealArtifact({
    ...rest,
    intercept: artifact.intercept + variant / 1000,
    features: wide,
    protected: [wide[0].name],
    sensitive: [],
  });
}

function weaken(feature: Feature, part: number): Feature {
  const scale = <Value extends number | null>(value: Value) =>
    (value === null ? value : value * part) as Value;
  const common = {
    missingLogOdds: scale(feature.missingLogOdds),
    meanContribution: scale(feature.meanContribution),
  };
  if (feature.kind === 'numeric') return { ...feature, ...common, coefficient: scale(feature.coefficient) };
  return {
    ...feature,
    ...common,
    coefficients: feature.coefficients.map(scale),
    otherLogOdds: scale(feature.otherLogOdds),
    unseenLogOdds: scale(feature.unseenLogOdds),
  };
}
