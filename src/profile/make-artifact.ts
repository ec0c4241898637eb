import {
  type Artifact,
  type Evaluation,
  type Feature,
  formatVersion,
  type Output,
  sealArtifact,
  validateArtifact,
} from '../model/artifact.ts';
import { calibrate } from '../model/calibrate.ts';
import { featureBins } from '../model/features.ts';
import type { Explanation } from '../predictors/explanation.ts';
import { associatedEffects, ownEffects, type ScoreSpread, scoreSpread } from './bin-effects.ts';
import type { Column } from './columns.ts';
import { numericReference } from './make-reference.ts';
import { referenceSegments } from './reference-segments.ts';
import { binScores } from './score-bins.ts';
import { describeSmallestDetectableDrift } from './smallest-detectable-drift.ts';

/** Rows that the model was not fitted on, with their outcomes: only they show how well it will do on new rows. */
export type HeldOut = {
  readonly scores: Float64Array;
  /** Parallel to `scores`; 1 for positive, 0 for negative. */
  readonly outcomes: Uint8Array;
  readonly evaluation: Evaluation;
};

/** What a model file is made from. */
export type Profile = {
  readonly name: string;
  readonly columns: readonly Column[];
  /** What `describeColumns` makes of the columns. */
  readonly features: readonly Feature[];
  readonly output: Pick<Output, 'kind' | 'column' | 'positive' | 'negative' | 'threshold'>;
  /** The model's score of each row of the columns. */
  readonly scores: Float64Array;
  /** Absent if no outcomes are known. */
  readonly heldOut?: HeldOut;
  readonly protected: readonly string[];
  readonly sensitive: readonly string[];
  /** Categorical features whose categories are watched as segments. */
  readonly segments: readonly string[];
  /** SHA-256 of the data that the rows were read from. */
  readonly dataDigest: string;
  readonly ridge?: number;
  /** How the model computes, if the file is to say it. */
  readonly predictor?: Artifact['predictor'];
  /**
   * Explains the scores, if they can be: the bins' effects are then exact, otherwise averages of the scores in each
   * bin.
   */
  readonly explanation?: Explanation;
};

function withEffects(
  feature: Feature,
  { values }: Column,
  spread: ScoreSpread | null,
  explanation: Explanation | undefined,
): Feature {
  if (spread === null) return feature;
  const bins = featureBins(feature);
  const effects =
    explanation === undefined
      ? associatedEffects(bins, values, spread)
      : ownEffects(explanation, feature.name, bins, values, spread);
  return { ...feature, reference: { ...feature.reference, effects } } as Feature;
}

function scoreReference(scores: Float64Array, spread: ScoreSpread | null): Output['score']['reference'] {
  const reference = numericReference(scores);
  if (spread === null) return reference;
  return {
    ...reference,
    effects: associatedEffects({ kind: 'numeric', edges: reference.edges }, scores, spread),
  };
}

/** The parts of the file that need outcomes. */
function learn(heldOut: HeldOut | undefined, rows: number) {
  if (heldOut === undefined) return { bins: {}, calibration: {}, training: {}, evaluation: {} };
  const { scores, outcomes, evaluation } = heldOut;
  const { scores: knots, probabilities } = calibrate(scores, outcomes);
  const calibration = { scores: [...knots], probabilities: [...probabilities] };
  const positives = outcomes.reduce((sum, outcome) => sum + outcome, 0);
  return {
    bins: { bins: binScores(scores, outcomes, calibration) },
    calibration: { calibration },
    training: { positives, prevalence: positives / rows },
    evaluation: { evaluation },
  };
}

/**
 * Makes the model file of any binary model from rows and its scores for them: bins and reference, and if outcomes are
 * known, calibration and evaluation. The same rows give the same bytes.
 *
 * @throws Error for inconsistent input, such as segments with too many counts
 */
export function makeArtifact(profile: Profile): Artifact {
  const { name, columns, output, scores, heldOut, ridge, predictor, explanation } = profile;
  const rows = scores.length;
  const spread = scoreSpread(scores);
  const reference = scoreReference(scores, spread);
  const learnt = learn(heldOut, rows);
  const segments = referenceSegments(columns, profile.features, reference, scores, profile.segments);
  const artifact = sealArtifact({
    formatVersion,
    name,
    features: profile.features.map((feature, i) => withEffects(feature, columns[i], spread, explanation)),
    output: { ...output, score: { reference, ...learnt.bins }, ...learnt.calibration },
    protected: [...profile.protected],
    sensitive: [...profile.sensitive],
    ...(segments.length > 0 && { segments }),
    training: {
      rows,
      ...learnt.training,
      dataDigest: profile.dataDigest,
      ...(ridge !== undefined && { ridge }),
      smallestDetectableDrift: describeSmallestDetectableDrift(rows),
    },
    ...learnt.evaluation,
    ...(predictor !== undefined && { predictor }),
  });
  return validateArtifact(artifact, name);
}
