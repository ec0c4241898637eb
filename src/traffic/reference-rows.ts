import type { Artifact, CategoricalFeature, Feature, NumericFeature } from '../model/artifact.ts';
import { featureBins, isWhole } from '../model/features.ts';
import { missingBin, numericRanges } from '../stats/binning.ts';
import { unseenCategory } from './made-up-drift.ts';
import type { Row } from './request-features.ts';

/** The index at which a share of the counts' sum falls. */
function drawIndex(counts: readonly number[], random: () => number): number {
  let rest = random() * counts.reduce((sum, count) => sum + count, 0);
  const index = counts.findIndex((count) => {
    rest -= count;
    return rest < 0;
  });
  return index >= 0 ? index : counts.findLastIndex((count) => count > 0);
}

function numberIn(feature: NumericFeature, bin: number, random: () => number): number | null {
  const { edges } = feature.reference;
  if (bin > edges.length) return null;
  const { min, max } = feature.summary;
  const { lower, upper, isClosed } = numericRanges(edges)[bin];
  const low = Math.max(lower, min);
  const high = Math.min(upper, max);
  // Bins include their upper edge and not their lower one, so both draws stay inside (low, high].
  if (!isWhole(feature)) return high - random() * (high - low);
  const last = isClosed || high < upper ? Math.floor(high) : high - 1;
  return last - Math.floor(random() * Math.max(last - Math.floor(low), 1));
}

function categoryIn(feature: CategoricalFeature, bin: number, random: () => number): string | null {
  const { categories, grouped } = feature;
  const bins = featureBins(feature);
  if (bin < categories.length) return categories[bin];
  if (bin < missingBin(bins)) return grouped[Math.floor(random() * grouped.length)];
  return bin === missingBin(bins) ? null : unseenCategory;
}

/** A value of a feature in one of its bins. */
function valueIn(feature: Feature, bin: number, random: () => number): number | string | null {
  return feature.kind === 'numeric' ? numberIn(feature, bin, random) : categoryIn(feature, bin, random);
}

/**
 * Rows like those of a model's reference, if the rows themselves are not available: each feature has the same
 * distribution (bin by bin, uniform within a bin), but is drawn independently of the others. If the model has segments,
 * the features also have the same distribution within the segments of the first segmenting feature.
 */
export function drawFromReference(
  { features, segments = [] }: Pick<Artifact, 'features' | 'segments'>,
  random: () => number,
): () => Row {
  const [cut] = segments;
  const cutting = features.find(({ name }) => name === cut?.feature);
  const within = features.map(
    ({ name }) => cut?.variables.find((variable) => variable.name === name)?.counts,
  );
  return () => {
    const segment = cutting === undefined ? -1 : drawIndex(cutting.reference.counts, random);
    return Object.fromEntries(
      features.map((feature, i) => {
        const bin =
          feature === cutting ? segment : drawIndex(within[i]?.[segment] ?? feature.reference.counts, random);
        return [feature.name, valueIn(feature, bin, random)];
      }),
    );
  };
}
