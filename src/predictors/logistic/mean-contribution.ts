import type { Feature, NumericFeature } from '../../model/artifact.ts';
import { type Bins, missingBin } from '../../stats/binning.ts';
import { sumCounts } from '../../stats/smoothing.ts';
import { summableBounds } from '../../stats/summable.ts';
import { createContribution, unseenContribution } from './score.ts';

/** The values of one feature over some rows, summed up. */
export type Counted = {
  /** By bin, `missing` and `unseen` included, in the order of `binLabels`. */
  readonly counts: ArrayLike<number>;
  /** Of the values that are summed; `null` when there are none or it is not known, and for a categorical feature. */
  readonly mean: number | null;
  /** How many numbers lie so far out that they are left out of the mean. */
  readonly far: FarCounts;
};

/** How many values lie below and above the bounds of what is summed. */
export type FarCounts = readonly [below: number, above: number];

export const noFarValues: FarCounts = [0, 0];

/** The rows that the artifact's reference stands for, in the form that live rows are counted in. */
export function countedReference(feature: Feature): Counted {
  const mean = feature.kind === 'numeric' ? (referenceSummary(feature)?.mean ?? null) : null;
  return { counts: feature.reference.counts, mean, far: noFarValues };
}

/** What is known of the reference's values; `null` where only their bins are, and the summary is of an older one. */
export function referenceSummary({ summary, reference }: NumericFeature): NumericFeature['summary'] | null {
  return reference.binsOnly ? null : summary;
}

/** The values of a feature that its sums and means hold. */
function featureBounds({ summary: { min, max } }: NumericFeature): ReturnType<typeof summableBounds> {
  return summableBounds([min, max]);
}

/**
 * What a feature contributed to the log-odds on average. The model is linear in them, so it follows exactly: for
 * numbers it is the contribution of their mean, for categories that of each by its count. Numbers too far out to be
 * summed count as the bound that they lie beyond.
 *
 * @param bins what the counts stand in, which need not be the feature's own
 * @returns `null` without rows, or for numbers whose mean is not known
 */
export function meanContribution(
  feature: Feature,
  bins: Bins,
  { counts, mean, far }: Counted,
): number | null {
  const contribution = createContribution(feature);
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
  return (sum + counts[missing + 1] * unseenContribution(feature)) / rows;
}
