import { indexCategories } from '../stats/category-text.ts';
import type { Artifact, CategoricalFeature, Feature, NumericFeature } from './artifact.ts';
import { createValueReader, type Row } from './row.ts';

/** A feature's share of the log-odds for one value. */
export type Contribution = (value: unknown) => number;

/** Computes P(positive class) of one row, keyed by feature name. */
export type Scorer = (row: Row) => number;

function numericContribution(feature: NumericFeature): Contribution {
  const { mean, deviation } = feature.standardisation;
  const slope = feature.coefficient / deviation;
  const missing = feature.missingLogOdds ?? feature.meanContribution;
  return (value) => (typeof value === 'number' && Number.isFinite(value) ? slope * (value - mean) : missing);
}

function categoricalContribution(feature: CategoricalFeature): Contribution {
  const other = feature.otherLogOdds ?? feature.unseenLogOdds;
  const logOddsOf = indexCategories([
    ...feature.categories.map((category, i) => [category, feature.coefficients[i]] as const),
    ...feature.grouped.map((category) => [category, other] as const),
  ]);
  const missing = feature.missingLogOdds ?? feature.meanContribution;
  return (value) => {
    const logOdds = logOddsOf(value);
    return logOdds === null ? missing : (logOdds ?? feature.unseenLogOdds);
  };
}

/**
 * How one feature adds to the log-odds: `coefficient · (x − mean) / deviation`, or the coefficient of its
 * category (see `indexCategories` for how a value names one).
 * A missing value (null, undefined, for a number also anything that is not a finite number) adds `missingLogOdds`;
 * where training had none it is neutral, and so is a category never seen: it adds the mean contribution.
 */
export function createContribution(feature: Feature): Contribution {
  return feature.kind === 'numeric' ? numericContribution(feature) : categoricalContribution(feature);
}

/** P = 1 / (1 + e^−logOdds), without overflow. */
export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** Makes the model's scorer. It trusts its rows: validate them at the edge. It never throws. */
export function createScorer(artifact: Artifact): Scorer {
  const readers = artifact.features.map(({ name }) => createValueReader(name));
  const contributions = artifact.features.map(createContribution);
  return (row) => {
    let logOdds = artifact.intercept;
    for (let i = 0; i < readers.length; i++) logOdds += contributions[i](readers[i](row));
    return logistic(logOdds);
  };
}
