import type { Artifact } from '../../model/artifact.ts';
import { createDisclosure } from '../../model/disclosure.ts';
import { describeSegments, type SegmentReference } from '../../model/segments.ts';
import { type NewReference, type Rebaseline, rebaseline } from '../../profile/rebaseline.ts';
import { missingBin } from '../../stats/binning.ts';
import type { DriftReference, ReferenceVariable } from './drift-reference.ts';
import type { SegmentCounter } from './segment-counts.ts';

function newReference({ bins, counts, effects, summary }: ReferenceVariable): NewReference {
  const known = { counts, ...(effects !== undefined && { effects }) };
  if (bins.kind === 'categorical') return known;
  return { ...known, edges: bins.edges, ...(summary !== null && { summary }) };
}

/**
 * Makes a new artifact whose reference is that of rows (see `rebaseline`).
 *
 * @param reference made of the rows, without what lies far beyond the artifact's own
 * @param segments the same rows, cut by the features that the artifact names in `segments`, where there are any
 * @throws Error when the rows leave out a feature or the score, or all values of a feature lie far beyond
 */
export function rebaselineOn(
  artifact: Artifact,
  reference: DriftReference,
  decision: Rebaseline,
  segments: SegmentCounter | null = null,
): Artifact {
  const withheld = reference.features.find(({ counts }) => counts.every((count) => count === 0));
  if (withheld !== undefined && createDisclosure(artifact).isWithheld(withheld.name)) {
    throw new Error(
      `${withheld.name}: no row holds a value, as samples withhold what the model calls sensitive: give a table (CSV) of the traffic, with all features`,
    );
  }
  if (withheld !== undefined) {
    throw new Error(
      `${withheld.name}: no row holds a value: a new reference needs the values or bins of all features`,
    );
  }
  const far = reference.features.find(({ counts, summary, far: [below, above] }) => {
    const values = counts.slice(0, -1).reduce((sum, count) => sum + count, 0);
    return summary === null && below + above > 0 && below + above === values;
  });
  if (far !== undefined) {
    throw new Error(
      `${far.name}: every value lies far beyond the reference of ${artifact.version}: the model has never seen such values, retrain it`,
    );
  }
  if (reference.score === null)
    throw new Error('no row has a score, and not all features to compute one from');
  const features = new Map(reference.features.map((variable) => [variable.name, newReference(variable)]));
  const { summary: _, ...score } = newReference(reference.score);
  return rebaseline(artifact, features, score, decision, segments ? segmentReferences(segments) : []);
}

/** A model has no segments of missing and unseen values, which come last. */
function segmentReferences({ cuts, cells, variables, all }: SegmentCounter): SegmentReference[] {
  return cuts.map((cut) => {
    const segments = missingBin(variables[cut.place].bins);
    return describeSegments({ ...cut, segments }, cells, variables, all);
  });
}
