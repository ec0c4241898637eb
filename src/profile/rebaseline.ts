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
  /** What a row in each bin adds to the score, if known. */
  readonly effects?: readonly number[];
  /** New edges for `counts`, numeric only; without them the counts are of the artifact's bins. */
  readonly edges?: NumericBins['edges'];
  /** Numeric only, if raw values were seen. */
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
 * Makes a new artifact whose reference is recent traffic, from which drift is then measured. Predictor, threshold,
 * calibration and evaluation stay, so every row scores as before; the version changes, and the artifact names the one
 * it replaces.
 *
 * @param features the new reference of every feature, by name
 * @param score the new reference of the score
 * @param segments the new reference of each segment, counted in the new bins. Without it the new artifact has no
 *   segments, as the old counts belong to the old reference
 * @throws Error if a feature has no new reference, or one does not match the model
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
