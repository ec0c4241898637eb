import {
  type Artifact,
  type Feature,
  type NumericFeature,
  sealArtifact,
  validateArtifact,
} from '../model/artifact.ts';
import type { SegmentReference } from '../model/segments.ts';
import type { NumericBins } from '../stats/binning.ts';
import { describeSmallestDetectableDrift } from './smallest-detectable-drift.ts';

/** What was seen of one variable: counts of all its bins, in the artifact's order. */
export type NewReference = {
  readonly counts: readonly number[];
  /** What a row in each bin brings to the score, where it is known. */
  readonly effects?: readonly number[];
  /** New edges for `counts`, numeric only; without them the counts are of the artifact's bins. */
  readonly edges?: NumericBins['edges'];
  /** Numeric only, where raw values were seen. */
  readonly summary?: NumericFeature['summary'];
};

export type Rebaseline = {
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly reason: string;
};

function replaceReference(feature: Feature, reference: NewReference): Feature {
  if (feature.kind === 'categorical') return { ...feature, reference: countsOf(reference) };
  const { edges, summary } = reference;
  return {
    ...feature,
    summary: summary ?? feature.summary,
    reference: {
      edges: [...(edges ?? feature.reference.edges)],
      ...countsOf(reference),
      ...(summary === undefined && { binsOnly: true }),
    },
  };
}

function countsOf({ counts, effects }: NewReference) {
  return { counts: [...counts], ...(effects !== undefined && { effects: [...effects] }) };
}

/**
 * Makes a new artifact whose reference is what was seen lately: drift is measured from there on. Predictor,
 * threshold, calibration and evaluation stay, so that every row scores as before; the version changes, and says which
 * one it replaces.
 *
 * @param features the new reference of every feature, by name
 * @param score that of the score
 * @param segments that of each segment, counted in the new bins. Without it the new artifact has no segments: the counts of
 *   the older ones are of the older reference
 * @throws Error when a feature has no new reference, or one does not fit the model
 */
export function rebaseline(
  artifact: Artifact,
  features: ReadonlyMap<string, NewReference>,
  score: NewReference,
  { by, at, reason }: Rebaseline,
  segments: readonly SegmentReference[] = [],
): Artifact {
  const { version: replaces, segments: _older, ...content } = artifact;
  const { output } = artifact;
  const rebased = sealArtifact({
    ...content,
    features: artifact.features.map((feature) => {
      const reference = features.get(feature.name);
      if (reference === undefined) throw new Error(`feature ${feature.name} has no new reference`);
      return replaceReference(feature, reference);
    }),
    output: {
      ...output,
      score: {
        ...output.score,
        reference: { edges: [...(score.edges ?? output.score.reference.edges)], ...countsOf(score) },
      },
    },
    training: {
      ...artifact.training,
      smallestDetectableDrift: describeSmallestDetectableDrift(
        score.counts.reduce((sum, count) => sum + count, 0),
      ),
    },
    ...(segments.length > 0 && { segments: [...segments] }),
    rebaseline: { by, at, reason, replaces },
  });
  return validateArtifact(rebased, 'new reference');
}
