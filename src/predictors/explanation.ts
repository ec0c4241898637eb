import type { Counted } from '../model/counted.ts';
import type { Row } from '../model/row.ts';
import type { Bins } from '../stats/binning.ts';

/** Why a score is what it is: one feature, and by how much it moved the log-odds. */
export type Reason = {
  readonly feature: string;
  /**
   * The feature's contribution less its mean over the reference. Above 0 it speaks for the positive class.
   */
  readonly logOdds: number;
};

/** Gives the reasons of one row, the weightiest first; features that say nothing are left out. */
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
  /** Mean log-odds of the live rows less that of the reference rows: the sum of the features' shifts. */
  readonly total: number;
  /** The one that moves the score most comes first. */
  readonly features: readonly FeatureShift[];
};

/**
 * What a predictor offers whose log-odds are a sum of one contribution a feature, so that its scores can be explained
 * exactly. Features are given by name; another name than one of the model's throws.
 */
export type Explanation = {
  /** What a value of the feature adds to the log-odds. */
  contributionOf(feature: string): Contribution;
  /** What a value adds that lies in a bin. @param bins need not be the feature's own */
  contributionWithin(feature: string, bins: Bins, bin: number): number;
  /**
   * What a feature contributed to the log-odds on average.
   *
   * @param bins what the counts stand in, which need not be the feature's own
   * @returns `null` without rows, or for numbers whose mean is not known
   */
  meanContribution(feature: string, bins: Bins, counted: Counted): number | null;
  /** Makes the explainer of scores, which tells of the features named and no others. */
  createExplainer(features: readonly string[]): Explainer;
  /**
   * Explains the change of the mean score by the features.
   *
   * @param live in the order of the model's features; each over the same rows
   * @returns `null` without live rows, or where only the bins of a numeric feature's reference are known
   */
  attributeScoreShift(live: readonly Counted[]): ScoreShift | null;
};
