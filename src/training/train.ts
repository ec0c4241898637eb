import {
  type Artifact,
  type Feature,
  formatVersion,
  sealArtifact,
  validateArtifact,
} from '../model/artifact.ts';
import { calibrate } from '../model/calibrate.ts';
import { featureBins } from '../model/features.ts';
import { createContribution, logistic } from '../predictors/logistic/score.ts';
import { associatedEffects, ownEffects, type ScoreSpread, scoreSpread } from '../profile/bin-effects.ts';
import { expectedCounts, numericReference } from '../profile/make-reference.ts';
import { binScores } from '../profile/score-bins.ts';
import { describeSmallestDetectableDrift } from '../profile/smallest-detectable-drift.ts';
import { countBins, missingBin } from '../stats/binning.ts';
import { crossValidate, protocolFor } from './cross-validate.ts';
import { type CategoricalCode, type Code, encodeDesign, type NumericCode } from './design.ts';
import { defaultRidge, fitLogistic } from './fit-logistic.ts';
import { requireSegments, trainSegments } from './train-segments.ts';
import type { TrainingSet } from './training-set.ts';

export type TrainingOptions = {
  readonly name: string;
  readonly threshold: Artifact['threshold'];
  readonly protected: string[];
  readonly sensitive: string[];
  /** Categorical features whose categories are watched as segments; none when left out. */
  readonly segments?: readonly string[];
  /** Of the fit, above 0; see `fitLogistic`. 1 when left out. */
  readonly ridge?: number;
  /** Called after each fit, with the number of fits done and of all. */
  readonly onProgress?: (done: number, total: number) => void;
};

/** Log-odds to ten places: more are noise of the arithmetic and make versions differ between machines. */
function roundLogOdds(value: number): number {
  return Math.round(value * 1e10) / 1e10 + 0;
}

function numericFeature(code: NumericCode, weights: Float64Array): Feature {
  const { column, summary, at, missingAt } = code;
  const { values, name, kind } = column;
  const missingLogOdds = missingAt === null ? null : roundLogOdds(weights[missingAt]);
  const missing = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
  return {
    name,
    kind,
    nullable: missingLogOdds !== null,
    standardisation: { mean: summary.mean, deviation: summary.deviation },
    coefficient: roundLogOdds(weights[at]),
    missingLogOdds,
    // The standardised values have the mean 0.
    meanContribution: roundLogOdds(((missingLogOdds ?? 0) * missing) / values.length),
    summary,
    reference: numericReference(values),
  };
}

/**
 * The one-hot columns of a feature add up to the intercept's, so that a constant can be moved between them. It is
 * moved so that the mean contribution is 0: a coefficient tells how a category differs from the average row.
 */
function categoricalFeature(
  code: CategoricalCode,
  weights: Float64Array,
): { feature: Feature; moved: number } {
  const { column, categories, grouped, counts: rows, at, otherAt, missingAt } = code;
  const bins = { kind: 'categorical', categories, grouped } as const;
  const counts = countBins(bins, column.values);
  const weightOf = (place: number | null) => (place === null ? null : weights[place]);
  const raw = [
    ...categories.map((_, i) => weights[at + i]),
    ...(otherAt === null ? [] : [weights[otherAt]]),
    weightOf(missingAt) ?? 0,
  ];
  const moved = raw.reduce((sum, weight, i) => sum + weight * counts[i], 0) / column.values.length;
  const centred = (weight: number | null) => (weight === null ? null : roundLogOdds(weight - moved));
  const feature: Feature = {
    name: column.name,
    kind: 'categorical',
    nullable: missingAt !== null,
    categories: [...categories],
    grouped: [...grouped],
    coefficients: categories.map((_, i) => roundLogOdds(weights[at + i] - moved)),
    otherLogOdds: centred(weightOf(otherAt)),
    missingLogOdds: centred(weightOf(missingAt)),
    unseenLogOdds: 0,
    meanContribution: 0,
    reference: { counts: expectedCounts(bins, rows, counts[missingBin(bins)]) },
  };
  return { feature, moved };
}

function decodeFeatures(codes: readonly Code[], weights: Float64Array) {
  let intercept = weights[0];
  const features = codes.map((code) => {
    if (code.kind === 'numeric') return numericFeature(code, weights);
    const { feature, moved } = categoricalFeature(code, weights);
    intercept += moved;
    return feature;
  });
  return { intercept: roundLogOdds(intercept), features };
}

/** The scores that the finished model gives its training rows, as the service will compute them. */
function scoreRows(intercept: number, features: readonly Feature[], set: TrainingSet): Float64Array {
  const contributions = features.map(createContribution);
  return Float64Array.from(set.outcomes, (_, row) => {
    const logOdds = set.columns.reduce(
      (sum, { values }, i) => sum + contributions[i](values[row]),
      intercept,
    );
    return logistic(logOdds);
  });
}

function withOwnEffects(feature: Feature, values: ArrayLike<unknown>, spread: ScoreSpread | null): Feature {
  if (spread === null) return feature;
  const effects = ownEffects(feature, featureBins(feature), values, spread);
  return feature.kind === 'numeric'
    ? { ...feature, reference: { ...feature.reference, effects } }
    : { ...feature, reference: { ...feature.reference, effects } };
}

function scoreReference(scores: Float64Array, spread: ScoreSpread | null): Artifact['score']['reference'] {
  const reference = numericReference(scores);
  if (spread === null) return reference;
  return {
    ...reference,
    effects: associatedEffects({ kind: 'numeric', edges: reference.edges }, scores, spread),
  };
}

/**
 * Trains a logistic regression and describes it, its reference distributions and its evaluation in an artifact.
 *
 * Whatever estimates how it will do on new rows (evaluation, calibration, score bins) comes from out-of-fold scores;
 * the score's reference distribution from the finished model on its training rows. The same set gives the same bytes.
 *
 * @param set at least two rows of each class
 * @throws Error when the columns hold numbers too large to compute with, there cannot be such segments, or the fit does
 * not reach its maximum
 */
export function train(set: TrainingSet, options: TrainingOptions): Artifact {
  const { columns, outcomes } = set;
  const rows = outcomes.length;
  const positives = outcomes.reduce((sum, outcome) => sum + outcome, 0);
  const { codes, matrix } = encodeDesign(columns, rows);
  const { ridge = defaultRidge, segments = [] } = options;
  requireSegments(codes, segments);
  const fit = fitLogistic(matrix, outcomes, { ridge });
  const { folds, repeats } = protocolFor(rows, positives);
  const fits = 1 + folds * repeats;
  options.onProgress?.(1, fits);
  const { evaluation, scores } = crossValidate(matrix, outcomes, {
    threshold: options.threshold.value,
    ridge,
    fit,
    onFit: (done) => options.onProgress?.(1 + done, fits),
  });
  const { intercept, features } = decodeFeatures(codes, fit.weights);
  const rowScores = scoreRows(intercept, features, set);
  const spread = scoreSpread(rowScores);
  const { scores: knots, probabilities } = calibrate(scores, outcomes);
  const calibration = { scores: [...knots], probabilities: [...probabilities] };
  const reference = scoreReference(rowScores, spread);
  const artifact = sealArtifact({
    formatVersion,
    name: options.name,
    target: set.target,
    threshold: options.threshold,
    protected: options.protected,
    sensitive: options.sensitive,
    intercept,
    features: features.map((feature, i) => withOwnEffects(feature, columns[i].values, spread)),
    score: {
      reference,
      bins: binScores(scores, outcomes, calibration),
    },
    ...trainSegments(set, features, reference, rowScores, segments),
    calibration,
    training: {
      rows,
      positives,
      prevalence: positives / rows,
      dataDigest: set.dataDigest,
      ridge,
      smallestDetectableDrift: describeSmallestDetectableDrift(rows),
    },
    evaluation,
  });
  return validateArtifact(artifact, options.name);
}
