import type { CategoricalWeights, Logistic, NumericWeights } from '../predictors/logistic/schema.ts';
import { countBins } from '../stats/binning.ts';
import { roundDecimals } from '../stats/round-decimals.ts';
import type { CategoricalCode, Code, NumericCode } from './design.ts';

function roundLogOdds(value: number): number {
  return roundDecimals(value, 10);
}

function numericWeights(code: NumericCode, weights: Float64Array): NumericWeights {
  const { column, feature, at, missingAt } = code;
  const { values, name, kind } = column;
  const missingLogOdds = missingAt === null ? null : roundLogOdds(weights[missingAt]);
  const missing = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
  const { mean, deviation } = feature.summary;
  return {
    name,
    kind,
    standardisation: { mean, deviation },
    coefficient: roundLogOdds(weights[at]),
    missingLogOdds,
    // The standardised values have the mean 0.
    meanContribution: roundLogOdds(((missingLogOdds ?? 0) * missing) / values.length),
  };
}

/**
 * The one-hot columns of a feature add up to the intercept's, so that a constant can be moved between them. It is moved
 * so that the mean contribution is 0: a coefficient shows how a category differs from the average row.
 */
function categoricalWeights(
  code: CategoricalCode,
  weights: Float64Array,
): { decoded: CategoricalWeights; moved: number } {
  const { column, feature, at, otherAt, missingAt } = code;
  const { categories, grouped } = feature;
  const counts = countBins({ kind: 'categorical', categories, grouped }, column.values);
  const weightOf = (place: number | null) => (place === null ? null : weights[place]);
  const raw = [
    ...categories.map((_, i) => weights[at + i]),
    ...(otherAt === null ? [] : [weights[otherAt]]),
    weightOf(missingAt) ?? 0,
  ];
  const moved = raw.reduce((sum, weight, i) => sum + weight * counts[i], 0) / column.values.length;
  const centred = (weight: number | null) => (weight === null ? null : roundLogOdds(weight - moved));
  const decoded: CategoricalWeights = {
    name: column.name,
    kind: 'categorical',
    coefficients: categories.map((_, i) => roundLogOdds(weights[at + i] - moved)),
    otherLogOdds: centred(weightOf(otherAt)),
    missingLogOdds: centred(weightOf(missingAt)),
    unseenLogOdds: 0,
    meanContribution: 0,
  };
  return { decoded, moved };
}

/** The weights of the design's columns as the logistic regression of the features that they code. */
export function decodeWeights(codes: readonly Code[], weights: Float64Array): Logistic {
  let intercept = weights[0];
  const features = codes.map((code) => {
    if (code.kind === 'numeric') return numericWeights(code, weights);
    const { decoded, moved } = categoricalWeights(code, weights);
    intercept += moved;
    return decoded;
  });
  return { kind: 'logistic', intercept: roundLogOdds(intercept), features };
}
