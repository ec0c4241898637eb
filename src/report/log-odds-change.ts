import type { Feature } from '../model/artifact.ts';
import { createContribution } from '../model/score.ts';
import { type Bins, missingBin } from '../stats/binning.ts';

/** Counts of a feature's bins, and the mean of the values behind them. */
export type Counted = { readonly counts: ArrayLike<number>; readonly mean: number | null };

/**
 * How much a feature's mean contribution to the log-odds has changed: how far it alone has moved the scores. Exact for
 * a linear model: the mean contribution of numbers is the contribution of their mean.
 *
 * @returns `null` where a side has no rows, or numbers whose mean is not known
 */
export function logOddsChange(
  feature: Feature,
  bins: Bins,
  reference: Counted,
  live: Counted,
): number | null {
  const before = meanContribution(feature, bins, reference);
  const after = meanContribution(feature, bins, live);
  return before === null || after === null ? null : after - before;
}

function meanContribution(feature: Feature, bins: Bins, { counts, mean }: Counted): number | null {
  const contribution = createContribution(feature);
  const missing = missingBin(bins);
  let rows = 0;
  for (let i = 0; i < counts.length; i++) rows += counts[i];
  if (rows === 0) return null;
  let sum = counts[missing] * contribution(null);
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
