import type { Counted } from '../../model/counted.ts';
import type { Explanation } from '../../predictors/explanation.ts';
import type { Bins } from '../../stats/binning.ts';

/**
 * How much a feature's mean contribution to the log-odds has changed: how far it alone has moved the scores. Exact for
 * a model that is linear in them: the mean contribution of numbers is the contribution of their mean.
 *
 * @returns `null` where a side has no rows, or numbers whose mean is not known
 */
export function logOddsChange(
  explanation: Explanation,
  feature: string,
  bins: Bins,
  reference: Counted,
  live: Counted,
): number | null {
  const before = explanation.meanContribution(feature, bins, reference);
  const after = explanation.meanContribution(feature, bins, live);
  return before === null || after === null ? null : after - before;
}
