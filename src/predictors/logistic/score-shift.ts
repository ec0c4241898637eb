import type { Artifact } from '../../model/artifact.ts';
import { featureBins } from '../../model/features.ts';
import { type Counted, countedReference, meanContribution } from './mean-contribution.ts';

/** How one feature moves the mean score, in log-odds. */
export type FeatureShift = {
  readonly name: string;
  /** Mean contribution to the log-odds over the reference rows, and over the live ones. */
  readonly reference: number;
  readonly live: number;
  /** `live − reference`. */
  readonly shift: number;
};

export type ScoreShift = {
  /** Mean log-odds of the live rows less that of the reference rows: the sum of the features' shifts. */
  readonly total: number;
  /** The one that moves the score most comes first. */
  readonly features: readonly FeatureShift[];
};

/**
 * Explains the change of the mean score by the features: which drift matters to the decisions. The model is linear in
 * the log-odds, so the parts add up to the whole exactly and each follows from counts and means alone. The reference is
 * the one in the artifact: the training rows, or the traffic that replaced them in a rebaseline.
 *
 * @param live in the order of the artifact's features; each over the same rows
 * @returns `null` without live rows, or where only the bins of a numeric feature's reference are known
 */
export function attributeScoreShift(artifact: Artifact, live: readonly Counted[]): ScoreShift | null {
  const features: FeatureShift[] = [];
  for (const [i, feature] of artifact.features.entries()) {
    const bins = featureBins(feature);
    const reference = meanContribution(feature, bins, countedReference(feature));
    const mean = meanContribution(feature, bins, live[i]);
    if (reference === null || mean === null) return null;
    features.push({ name: feature.name, reference, live: mean, shift: mean - reference });
  }
  features.sort((a, b) => Math.abs(b.shift) - Math.abs(a.shift));
  return { total: features.reduce((sum, { shift }) => sum + shift, 0), features };
}
