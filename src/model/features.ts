import type { Bins, NumericBins } from '../stats/binning.ts';
import type { Artifact, Feature } from './artifact.ts';

/** The bins that a feature's reference counts stand in, and its live values are counted into. */
export function featureBins(feature: Feature): Bins {
  return feature.kind === 'numeric'
    ? { kind: 'numeric', edges: feature.reference.edges }
    : { kind: 'categorical', categories: feature.categories, grouped: feature.grouped };
}

/** The bins of the model's score, monitored under the name `scoreFeature`. */
export function scoreBins(artifact: Artifact): NumericBins {
  return { kind: 'numeric', edges: artifact.score.reference.edges };
}
