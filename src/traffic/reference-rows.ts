import type { Artifact, CategoricalFeature, Feature, NumericFeature } from '../model/artifact.ts';
import { featureBins, isWhole } from '../model/features.ts';
import { missingBin, numericRanges } from '../stats/binning.ts';
import { unseenCategory } from './drift.ts';
import type { Row } from './request-features.ts';

/** The index that a share of the counts' sum falls on. */
function drawIndex(counts: readonly number[], random: () => number): number {
  let rest = random() * counts.reduce((sum, count) => sum + count, 0);
  const index = counts.findIndex((count) => {
    rest -= count;
    return rest < 0;
  });
  return index >= 0 ? index : counts.findLastIndex((count) => count > 0);
}

function drawNumber(feature: NumericFeature, random: () => number): number | null {
  const { edges, counts } = feature.reference;
  const bin = drawIndex(counts, random);
  if (bin > edges.length) return null;
  const { min, max } = feature.summary;
  const { lower, upper, isClosed } = numericRanges(edges)[bin];
  const low = Math.max(lower, min);
  const high = Math.min(upper, max);
  // Bins hold their upper edge and not their lower one, so both draws stay inside (low, high].
  if (!isWhole(feature)) return high - random() * (high - low);
  const last = isClosed || high < upper ? Math.floor(high) : high - 1;
  return last - Math.floor(random() * Math.max(last - Math.floor(low), 1));
}

function drawCategory(feature: CategoricalFeature, random: () => number): string | null {
  const { categories, grouped, reference } = feature;
  const bins = featureBins(feature);
  const bin = drawIndex(reference.counts, random);
  if (bin < categories.length) return categories[bin];
  if (bin < missingBin(bins)) return grouped[Math.floor(random() * grouped.length)];
  return bin === missingBin(bins) ? null : unseenCategory;
}

function drawValue(feature: Feature, random: () => number): number | string | null {
  return feature.kind === 'numeric' ? drawNumber(feature, random) : drawCategory(feature, random);
}

/**
 * Rows like those of a model's reference, for want of the rows themselves: each feature by itself is distributed
 * as there (bin by bin, evenly within a bin), but features that belong together are drawn apart.
 */
export function drawFromReference(artifact: Pick<Artifact, 'features'>, random: () => number): () => Row {
  return () =>
    Object.fromEntries(artifact.features.map((feature) => [feature.name, drawValue(feature, random)]));
}
