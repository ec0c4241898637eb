import { type Bins, type NumericBins, numericRanges } from '../stats/binning.ts';
import { type Artifact, type Feature, type NumericFeature, scoreFeature } from './artifact-schema.ts';

/** The bins of a feature's reference counts, into which its live values are counted, too. */
export function featureBins(feature: Feature): Bins {
  return feature.kind === 'numeric'
    ? { kind: 'numeric', edges: feature.reference.edges }
    : { kind: 'categorical', categories: feature.categories, grouped: feature.grouped };
}

/** The bins of the model's score, monitored under the name `scoreFeature`. */
export function scoreBins(artifact: Artifact): NumericBins {
  return { kind: 'numeric', edges: artifact.output.score.reference.edges };
}

/** Everything that is watched about a model: its features in their order, then the score. */
export function modelVariables(artifact: Artifact): { readonly name: string; readonly bins: Bins }[] {
  return [
    ...artifact.features.map((feature) => ({ name: feature.name, bins: featureBins(feature) })),
    { name: scoreFeature, bins: scoreBins(artifact) },
  ];
}

/**
 * Whether a feature's values are whole numbers, as far as its reference shows: its extremes are whole, and its edges
 * lie at whole numbers, halfway between two, or around one.
 */
export function isWhole({ summary: { min, max }, reference: { edges } }: NumericFeature): boolean {
  const ends = numericRanges(edges)
    .slice(0, -1)
    .map(({ upper }) => upper);
  return Number.isInteger(min) && Number.isInteger(max) && ends.every((end) => Number.isInteger(2 * end));
}
