import type { Feature, NumericFeature } from './artifact.ts';

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
