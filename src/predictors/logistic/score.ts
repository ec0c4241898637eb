import type { Artifact, CategoricalFeature, Feature } from '../../model/artifact.ts';
import { createValueReader, type Row } from '../../model/row.ts';
import { indexCategories } from '../../stats/category-text.ts';
import type { Contribution } from '../explanation.ts';
import type { CategoricalWeights, Logistic, NumericWeights, Weights } from './schema.ts';

/** Computes P(positive class) of one row, keyed by feature name. */
export type Scorer = (row: Row) => number;

/**
 * What one feature adds to the log-odds is clipped at ±this. Odds of e^700 are already certainty in double precision,
 * and a sum of such contributions is finite, whatever values a caller chooses: otherwise two huge ones of opposite sign
 * would add up to ∞ − ∞, which is NaN.
 */
const maxLogOdds = 700;

function saturate(logOdds: number): number {
  return logOdds > maxLogOdds ? maxLogOdds : logOdds < -maxLogOdds ? -maxLogOdds : logOdds;
}

/** What the feature contributed on average over the training rows. */
export function referenceContribution(weights: Weights): number {
  return saturate(weights.meanContribution);
}

/** What a missing value adds. */
function missingContribution(weights: Weights): number {
  return saturate(weights.missingLogOdds ?? weights.meanContribution);
}

function numericContribution(weights: NumericWeights): Contribution {
  const { mean, deviation } = weights.standardisation;
  // finite if `value` is, like `value - mean`: the weights are checked for that
  const slope = weights.coefficient / deviation;
  const missing = missingContribution(weights);
  return (value) =>
    typeof value === 'number' && Number.isFinite(value) ? saturate(slope * (value - mean)) : missing;
}

/** What a category that training never saw adds. */
export function unseenContribution(weights: CategoricalWeights): number {
  return saturate(weights.unseenLogOdds);
}

function categoricalContribution(weights: CategoricalWeights, feature: CategoricalFeature): Contribution {
  const unseen = unseenContribution(weights);
  const other = saturate(weights.otherLogOdds ?? weights.unseenLogOdds);
  const logOddsOf = indexCategories([
    ...feature.categories.map((category, i) => [category, saturate(weights.coefficients[i])] as const),
    ...feature.grouped.map((category) => [category, other] as const),
  ]);
  const missing = missingContribution(weights);
  return (value) => {
    const logOdds = logOddsOf(value);
    return logOdds === null ? missing : (logOdds ?? unseen);
  };
}

/**
 * How one feature adds to the log-odds: `coefficient · (x − mean) / deviation`, or the coefficient of its category (see
 * `indexCategories` for how a value names one). A missing value (null, undefined, for a number also anything that is
 * not a finite number) adds `missingLogOdds`; if training had none, it is neutral, like an unseen category: it adds the
 * mean contribution. All are clipped at ±700.
 */
export function createContribution(weights: Weights, feature: Feature): Contribution {
  return weights.kind === 'numeric'
    ? numericContribution(weights)
    : categoricalContribution(weights, feature as CategoricalFeature);
}

/** P = 1 / (1 + e^−logOdds): within 0..1 for every number, ±∞ included. */
export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** Makes the model's scorer. It does not check its rows: validate them when they arrive. It never throws. */
export function createScorer(
  { intercept, features: weights }: Logistic,
  { features }: Pick<Artifact, 'features'>,
): Scorer {
  const readers = features.map(({ name }) => createValueReader(name));
  const contributions = features.map((feature, i) => createContribution(weights[i], feature));
  return (row) => {
    let logOdds = intercept;
    for (let i = 0; i < readers.length; i++) logOdds += contributions[i](readers[i](row));
    return logistic(logOdds);
  };
}
