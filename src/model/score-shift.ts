import { missingBin, unseenBin } from '../stats/binning.ts';
import type { Artifact, Feature } from './artifact.ts';
import { featureBins } from './features.ts';
import { createContribution } from './score.ts';

/** The live values of one feature, added up. */
export type FeatureSums = {
  /** Counts by bin, `missing` and `unseen` included, in the order of `binLabels`. */
  readonly bins: ArrayLike<number>;
  /** Sum of the values that are not missing; of no meaning for a categorical feature. */
  readonly sum: number;
};

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
 * the log-odds, so the parts add up to the whole exactly and each follows from counts and sums alone.
 *
 * @param live in the order of the artifact's features; each with the same number of rows
 * @returns `null` without live rows
 */
export function attributeScoreShift(artifact: Artifact, live: readonly FeatureSums[]): ScoreShift | null {
  const features: FeatureShift[] = [];
  for (const [i, feature] of artifact.features.entries()) {
    const rows = total(live[i].bins);
    if (rows === 0) return null;
    const mean = contributed(feature, live[i]) / rows;
    features.push({
      name: feature.name,
      reference: feature.meanContribution,
      live: mean,
      shift: mean - feature.meanContribution,
    });
  }
  features.sort((a, b) => Math.abs(b.shift) - Math.abs(a.shift));
  return { total: features.reduce((sum, { shift }) => sum + shift, 0), features };
}

/** Sum of the feature's contributions to the log-odds over all rows. */
function contributed(feature: Feature, { bins, sum }: FeatureSums): number {
  const contribution = createContribution(feature);
  const missing = missingBin(featureBins(feature));
  const ofMissing = bins[missing] > 0 ? bins[missing] * contribution(null) : 0;
  if (feature.kind === 'numeric') {
    const present = total(bins) - bins[missing];
    return ofMissing + (present > 0 ? present * contribution(sum / present) : 0);
  }
  const { categories, grouped, unseenLogOdds } = feature;
  const unseen = unseenBin({ kind: 'categorical', categories, grouped });
  const ofCategories = categories.reduce((all, category, i) => all + bins[i] * contribution(category), 0);
  const ofGrouped = grouped.length > 0 ? bins[categories.length] * contribution(grouped[0]) : 0;
  return ofCategories + ofGrouped + ofMissing + bins[unseen] * unseenLogOdds;
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i];
  return sum;
}
