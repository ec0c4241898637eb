import { type Artifact, type Output, scoreFeature } from './artifact.ts';
import { featureBins, scoreBins } from './features.ts';
import type { Reference } from './reference.ts';

/** The reference of an artifact, in the form that a monitor takes. */
export function referenceOf(artifact: Artifact): Reference {
  return {
    model: artifact.name,
    version: artifact.version,
    output: {
      negative: artifact.output.negative,
      positive: artifact.output.positive,
      threshold: artifact.output.threshold.value,
      ...(artifact.output.column !== undefined && { column: artifact.output.column }),
    },
    dataDigest: artifact.training.dataDigest,
    features: artifact.features.map((feature) => ({
      name: feature.name,
      bins: featureBins(feature),
      ...countsOf(feature.reference),
      ...(feature.kind === 'numeric' && { range: [feature.summary.min, feature.summary.max] as const }),
    })),
    score: { name: scoreFeature, bins: scoreBins(artifact), ...countsOf(artifact.output.score.reference) },
    ...(artifact.segments !== undefined && { segments: artifact.segments }),
  };
}

function countsOf({ counts, effects }: Pick<Output['score']['reference'], 'counts' | 'effects'>) {
  return { counts, ...(effects !== undefined && { effects }) };
}
