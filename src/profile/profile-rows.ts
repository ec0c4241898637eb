import type { Artifact, Output } from '../model/artifact.ts';
import type { Column } from './columns.ts';
import { describeColumns } from './describe-columns.ts';
import { evaluateHeldOut } from './held-out-figures.ts';
import { makeArtifact } from './make-artifact.ts';
import { requireSegments } from './reference-segments.ts';

/** What can be known about a model without having it. */
export type Profiled = {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly output: Pick<Output, 'kind' | 'column' | 'positive' | 'negative' | 'threshold'>;
  /** P(positive) of each row of the columns, by a model that was not fitted on them. */
  readonly scores: Float64Array;
  /** Parallel to `scores`; 1 for positive, 0 for negative. Absent if they are not known. */
  readonly outcomes?: Uint8Array | undefined;
  readonly protected: readonly string[];
  readonly sensitive: readonly string[];
  /** Categorical features whose categories are watched as segments. */
  readonly segments: readonly string[];
  /** SHA-256 of the data that the rows were read from. */
  readonly dataDigest: string;
  /** How the model computes, if the file is to say it. */
  readonly predictor?: Artifact['predictor'] | undefined;
};

/**
 * Makes the model file of any binary model from rows that it has scored and was not fitted on. With outcomes, the file
 * contains how good the scores were and what they mean; without, only what is normal.
 *
 * @throws Error for inconsistent input, as `makeArtifact` does
 */
export function profileRows({ outcomes, ...profiled }: Profiled): Artifact {
  const { columns, output, scores, segments } = profiled;
  const features = describeColumns(columns);
  requireSegments(features, segments);
  return makeArtifact({
    ...profiled,
    features,
    ...(outcomes !== undefined && {
      heldOut: { scores, outcomes, evaluation: evaluateHeldOut(scores, outcomes, output.threshold.value) },
    }),
  });
}
