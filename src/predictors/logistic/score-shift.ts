import type { FeatureShift, ScoreShift } from '../explanation.ts';

/** A feature's mean contribution to the log-odds on both sides; `null` if it is not known. */
type MeanContributions = {
  readonly name: string;
  readonly reference: number | null;
  readonly live: number | null;
};

/**
 * Explains the change of the mean score by the features: which drift matters to the decisions. The model is linear in
 * the log-odds, so the parts add up to the whole exactly and each follows from counts and means alone. The reference is
 * the one in the artifact: the training rows, or the traffic that replaced them in a rebaseline.
 *
 * @returns `null` if the contribution of a feature is not known
 */
export function sumShifts(contributions: readonly MeanContributions[]): ScoreShift | null {
  const features: FeatureShift[] = [];
  for (const { name, reference, live } of contributions) {
    if (reference === null || live === null) return null;
    features.push({ name, reference, live, shift: live - reference });
  }
  features.sort((a, b) => Math.abs(b.shift) - Math.abs(a.shift));
  return { total: features.reduce((sum, { shift }) => sum + shift, 0), features };
}
