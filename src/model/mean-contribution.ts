import { type Bins, missingBin } from '../stats/binning.ts';
import type { Feature } from './artifact.ts';
import { createContribution } from './score.ts';

/** The values of one feature over some rows, summed up. */
export type Counted = {
  /** By bin, `missing` and `unseen` included, in the order of `binLabels`. */
  readonly counts: ArrayLike<number>;
  /** Of the values that are not missing; `null` when it is not known, and for a categorical feature. */
  readonly mean: number | null;
};

/**
 * What a feature contributed to the log-odds on average. The model is linear in them, so it follows exactly: for
 * numbers it is the contribution of their mean, for categories that of each by its count.
 *
 * @param bins what the counts stand in, which need not be the feature's own
 * @returns `null` without rows, or for numbers whose mean is not known
 */
export function meanContribution(feature: Feature, bins: Bins, { counts, mean }: Counted): number | null {
  const contribution = createContribution(feature);
  const missing = missingBin(bins);
  let rows = 0;
  for (let i = 0; i < counts.length; i++) rows += counts[i];
  if (rows === 0) return null;
  let sum = counts[missing] > 0 ? counts[missing] * contribution(null) : 0;
  if (bins.kind === 'numeric') {
    const present = rows - counts[missing];
    if (present > 0 && mean === null) return null;
    return (sum + (present > 0 ? present * contribution(mean) : 0)) / rows;
  }
  const { categories, grouped } = bins;
  for (const [i, category] of categories.entries()) sum += counts[i] * contribution(category);
  if (grouped.length > 0) sum += counts[categories.length] * contribution(grouped[0]);
  const unseen = feature.kind === 'categorical' ? feature.unseenLogOdds : 0;
  return (sum + counts[missing + 1] * unseen) / rows;
}
