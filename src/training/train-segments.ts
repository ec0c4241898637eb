import { type Artifact, type Feature, scoreFeature } from '../model/artifact-schema.ts';
import { featureBins } from '../model/features.ts';
import { countSegments, newSegments } from '../model/segments.ts';
import { binsPerVariable } from '../profile/make-reference.ts';
import type { Bins } from '../stats/binning.ts';
import { quantileEdges } from '../stats/quantile-edges.ts';
import type { Code } from './design.ts';
import type { TrainingSet } from './training-set.ts';

/**
 * Refuses segments that cannot be, before time is spent on a fit. The score is taken to have as many bins as it has when
 * none of its values is frequent.
 *
 * @throws Error for a name of no feature, a feature that holds numbers, and too many counts
 */
export function requireSegments(codes: readonly Code[], by: readonly string[]): void {
  if (by.length === 0) return;
  for (const name of by) {
    if (codes.find(({ column }) => column.name === name)?.kind === 'numeric') {
      throw new Error(
        `segments: ${name} holds numbers, and only categories are segments: leave it out, or if the numbers are codes use --categorical ${name}`,
      );
    }
  }
  const variables = codes.map((code) => ({ name: code.column.name, bins: binsOf(code) }));
  const score = Array.from({ length: binsPerVariable - 1 }, (_, i) => i);
  newSegments([...variables, { name: scoreFeature, bins: { kind: 'numeric', edges: score } }], by);
}

function binsOf(code: Code): Bins {
  return code.kind === 'numeric'
    ? { kind: 'numeric', edges: quantileEdges(code.column.values, binsPerVariable) }
    : { kind: 'categorical', categories: code.categories, grouped: code.grouped };
}

/** The reference of the segments in the training rows, as a part of the artifact; nothing where there are none. */
export function trainSegments(
  { columns }: TrainingSet,
  features: readonly Feature[],
  score: Artifact['score']['reference'],
  scores: Float64Array,
  by: readonly string[],
): Pick<Artifact, 'segments'> {
  if (by.length === 0) return {};
  const variables = features.map((feature, i) => ({
    name: feature.name,
    bins: featureBins(feature),
    counts: feature.reference.counts,
    values: columns[i].values,
  }));
  const { edges, counts } = score;
  const last = { name: scoreFeature, bins: { kind: 'numeric', edges }, counts, values: scores } as const;
  return { segments: countSegments([...variables, last], by) };
}
