import { binLabels } from '../stats/binning.ts';
import { type OutcomeRates, outcomeRates } from '../stats/outcome-rates.ts';
import { type GroupOutcomes, groupConfusion } from './group-outcomes.ts';

/** True- and false-positive rates by bin of one protected feature. */
export type GroupRates = {
  readonly feature: string;
  readonly bins: readonly ({ readonly bin: string } & OutcomeRates)[];
};

/**
 * The rates of every bin of every protected feature whose outcomes are counted.
 *
 * @param counts laid out as `GroupOutcomes` says
 * @param isIdentified whether the outcomes speak for all decisions (see `measureCoverage`); without that no rate is known
 */
export function groupRates(
  { features }: GroupOutcomes,
  counts: ArrayLike<number>,
  isIdentified: boolean,
): GroupRates[] {
  return features.map((layout) => ({
    feature: layout.name,
    bins: binLabels(layout.bins).map((bin, b) => ({
      bin,
      ...outcomeRates(groupConfusion(layout, b, counts), isIdentified),
    })),
  }));
}
