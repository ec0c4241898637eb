import type { Feature, NumericFeature } from '../../model/artifact.ts';
import type { Counted } from '../../model/counted.ts';
import { type Bins, missingBin } from '../../stats/binning.ts';
import { sumCounts } from '../../stats/smoothing.ts';
import { summableBounds } from '../../stats/summable.ts';
import type { Contribution } from '../explanation.ts';
import type { Weights } from './schema.ts';
import { unseenContribution } from './score.ts';

/** The range of a feature's values that go into sums and means. */
function featureBounds({ summary: { min, max } }: NumericFeature): ReturnType<typeof summableBounds> {
  return summableBounds([min, max]);
}

/**
 * What a feature contributed to the log-odds on average. The model is linear in them, so it follows exactly: for
 * numbers it is the contribution of their mean, for categories that of each by its count. Numbers too far out to be
 * summed count as the bound that they lie beyond.
 *
 * @param bins the bins of the counts, which need not be the feature's own
 * @returns `null` without rows, or for numbers whose mean is not known
 */
export function meanContribution(
  feature: Feature,
  weights: Weights,
  contribution: Contribution,
  bins: Bins,
  { counts, mean, far }: Counted,
): number | null {
  const missing = missingBin(bins);
  const rows = sumCounts(counts);
  if (rows === 0) return null;
  let sum = counts[missing] > 0 ? counts[missing] * contribution(null) : 0;
  if (feature.kind === 'numeric') {
    const [below, above] = far;
    const summed = rows - counts[missing] - below - above;
    if (summed > 0 && mean === null) return null;
    const [low, high] = featureBounds(feature);
    if (below > 0) sum += below * contribution(low);
    if (above > 0) sum += above * contribution(high);
    return (sum + (summed > 0 ? summed * contribution(mean) : 0)) / rows;
  }
  if (bins.kind === 'numeric') return null;
  const { categories, grouped } = bins;
  for (const [i, category] of categories.entries()) sum += counts[i] * contribution(category);
  if (grouped.length > 0) sum += counts[categories.length] * contribution(grouped[0]);
  return (sum + counts[missing + 1] * unseenOf(weights)) / rows;
}

/** What a value in the bin adds. @param bins need not be the feature's own */
export function contributionWithin(
  weights: Weights,
  contribution: Contribution,
  bins: Bins,
  bin: number,
): number {
  const missing = missingBin(bins);
  if (bin === missing) return contribution(null);
  if (bins.kind === 'numeric') return contribution(bins.edges[Math.min(bin, bins.edges.length - 1)] ?? null);
  if (bin < missing) return contribution(bins.categories[bin] ?? bins.grouped[0]);
  return unseenOf(weights);
}

function unseenOf(weights: Weights): number {
  return weights.kind === 'categorical' ? unseenContribution(weights) : 0;
}
