import { binLabels } from '../stats/binning.ts';
import type { Confusion } from '../stats/confusion.ts';
import { type OutcomeRates, outcomeRates } from '../stats/outcome-rates.ts';
import { type GroupLayout, type GroupOutcomes, groupCountIndex } from './group-outcomes.ts';

/** True- and false-positive rates by bin of one protected feature. */
export type GroupRates = {
  readonly feature: string;
  readonly bins: readonly ({ readonly bin: string } & OutcomeRates)[];
};

/** The confusion matrix of one bin. */
export function groupConfusion(layout: GroupLayout, bin: number, counts: ArrayLike<number>): Confusion {
  const count = (predicted: number, outcome: number) =>
    counts[groupCountIndex(layout, bin, predicted, outcome)];
  return {
    truePositives: count(1, 1),
    falsePositives: count(1, 0),
    trueNegatives: count(0, 0),
    falseNegatives: count(0, 1),
  };
}

/**
 * The rates of every bin of every protected feature whose outcomes are counted.
 *
 * @param counts laid out as `GroupOutcomes` says
 * @param isIdentified whether the outcomes represent all decisions (see `measureCoverage`); if not, no rate is known
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
