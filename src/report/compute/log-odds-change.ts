import type { Feature } from '../../model/artifact.ts';
import { type Counted, meanContribution } from '../../predictors/logistic/mean-contribution.ts';
import type { Bins } from '../../stats/binning.ts';

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
