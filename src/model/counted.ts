import type { Feature, NumericFeature } from './artifact.ts';

/** The values of one feature over some rows, summed up. */
export type Counted = {
  /** By bin, `missing` and `unseen` included, in the order of `binLabels`. */
  readonly counts: ArrayLike<number>;
  /** Mean of the values that are summed; `null` if there are none or it is not known, and for a categorical feature. */
  readonly mean: number | null;
  /** How many numbers lie so far out that they are excluded from the mean. */
  readonly far: FarCounts;
};

/** How many values lie below and above the bounds of what is summed. */
export type FarCounts = readonly [below: number, above: number];

export const noFarValues: FarCounts = [0, 0];

/** The rows behind the artifact's reference, in the same form as counted live rows. */
export function countedReference(feature: Feature): Counted {
  const mean = feature.kind === 'numeric' ? (referenceSummary(feature)?.mean ?? null) : null;
  return { counts: feature.reference.counts, mean, far: noFarValues };
}

/**
 * What is known about the reference's values; `null` if only their bins are known, and the summary is that of an older
 * reference.
 */
export function referenceSummary({ summary, reference }: NumericFeature): NumericFeature['summary'] | null {
  return reference.binsOnly ? null : summary;
}
