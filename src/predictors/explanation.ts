import type { Counted } from '../model/counted.ts';
import type { Row } from '../model/row.ts';
import type { Bins } from '../stats/binning.ts';

/** A reason for a score: one feature, and by how much it moved the log-odds. */
export type Reason = {
  readonly feature: string;
  /** The feature's contribution minus its mean over the reference. A value above 0 favours the positive class. */
  readonly logOdds: number;
};

/** Returns the reasons for one row, strongest first; features without any influence are omitted. */
export type Explainer = (row: Row) => Reason[];

/** A feature's share of the log-odds for one value. */
export type Contribution = (value: unknown) => number;

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
  /** Mean log-odds of the live rows minus that of the reference rows: the sum of the features' shifts. */
  readonly total: number;
  /** The feature that moves the score most comes first. */
  readonly features: readonly FeatureShift[];
};

/**
 * Offered by a predictor whose log-odds are a sum of one contribution per feature, so that its scores can be explained
 * exactly. Features are given by name; an unknown name throws.
 */
export type Explanation = {
  /** What a value of the feature adds to the log-odds. */
  contributionOf(feature: string): Contribution;
  /** What a value in a bin adds. @param bins need not be the feature's own */
  contributionWithin(feature: string, bins: Bins, bin: number): number;
  /**
   * What a feature contributed to the log-odds on average.
   *
   * @param bins the bins of the counts, which need not be the feature's own
   * @returns `null` without rows, or for numbers whose mean is not known
   */
  meanContribution(feature: string, bins: Bins, counted: Counted): number | null;
  /** Makes the explainer of scores, which mentions only the features named. */
  createExplainer(features: readonly string[]): Explainer;
  /**
   * Explains the change of the mean score by the features.
   *
   * @param live in the order of the model's features; each over the same rows
   * @returns `null` without live rows, or if only the bins of a numeric feature's reference are known
   */
  attributeScoreShift(live: readonly Counted[]): ScoreShift | null;
};
