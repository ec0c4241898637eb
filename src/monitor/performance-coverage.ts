import type { Cell, PerformanceSums } from './performance.ts';
import { byBand, decided, total } from './performance-figures.ts';

/** How many of the predictions that are old enough have an outcome. */
export type Coverage = {
  readonly predictions: number;
  readonly labelled: number;
  /** 0..1; `null` without predictions. */
  readonly share: number | null;
};

/**
 * Figures over all decisions need outcomes of all decisions: they count as identified while neither decision's coverage
 * falls below this share of the other's.
 */
export const minCoverageRatio = 0.5;

export type Coverages = {
  readonly all: Coverage;
  /** By predicted class, negative first. */
  readonly byDecision: readonly [Coverage, Coverage];
  readonly byBand: readonly Coverage[];
  /**
   * Whether accuracy, recall, F1 and AUC are valid for all predictions. They are not if one decision hardly ever
   * produces an outcome: applicants who are declined a loan never default on it.
   */
  readonly isIdentified: boolean;
};

/** The labelled share of the predictions that are old enough, by decision and by band of the score. */
export function measureCoverage(cells: readonly Cell[], sums: PerformanceSums): Coverages {
  const labelled = sums.positives.map((positives, i) => positives + sums.negatives[i]);
  const decision = (isPositive: boolean) =>
    coverage(decided(cells, isPositive, sums.matured), decided(cells, isPositive, labelled));
  const bands = { predictions: byBand(cells, sums.matured), labelled: byBand(cells, labelled) };
  const byDecision = [decision(false), decision(true)] as const;
  return {
    all: coverage(total(sums.matured), total(labelled)),
    byDecision,
    byBand: Array.from(bands.predictions, (count, i) => coverage(count, bands.labelled[i])),
    isIdentified: areComparable(byDecision[0].share, byDecision[1].share),
  };
}

function coverage(predictions: number, labelled: number): Coverage {
  return { predictions, labelled, share: predictions > 0 ? labelled / predictions : null };
}

/** A decision that was never made needs no outcomes. */
function areComparable(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return true;
  return Math.min(one, other) >= minCoverageRatio * Math.max(one, other);
}
