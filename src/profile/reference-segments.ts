import { type Feature, type Output, scoreFeature } from '../model/artifact-schema.ts';
import { featureBins } from '../model/features.ts';
import { countSegments, newSegments, type SegmentReference } from '../model/segments.ts';
import type { Column } from './columns.ts';
import { binsPerVariable } from './make-reference.ts';

/**
 * Rejects impossible segments before time is spent on fitting. The score is assumed to have as many bins as it has if
 * none of its values is frequent.
 *
 * @throws Error for an unknown feature, a feature that holds numbers, and too many counts
 */
export function requireSegments(features: readonly Feature[], by: readonly string[]): void {
  if (by.length === 0) return;
  for (const name of by) {
    if (features.find((feature) => feature.name === name)?.kind === 'numeric') {
      throw new Error(
        `segments: ${name} holds numbers, and only categories are segments: omit it, or if the numbers are codes, use --categorical ${name}`,
      );
    }
  }
  const variables = features.map((feature) => ({ name: feature.name, bins: featureBins(feature) }));
  const score = Array.from({ length: binsPerVariable - 1 }, (_, i) => i);
  newSegments([...variables, { name: scoreFeature, bins: { kind: 'numeric', edges: score } }], by);
}

/**
 * The reference of the segments in the rows of the columns.
 *
 * @param scores of the same rows
 * @throws RangeError as `newSegments` does
 */
export function referenceSegments(
  columns: readonly Column[],
  features: readonly Feature[],
  { edges, counts }: Output['score']['reference'],
  scores: Float64Array,
  by: readonly string[],
): SegmentReference[] {
  const variables = features.map((feature, i) => ({
    name: feature.name,
    bins: featureBins(feature),
    counts: feature.reference.counts,
    values: columns[i].values,
  }));
  const last = { name: scoreFeature, bins: { kind: 'numeric', edges }, counts, values: scores } as const;
  return countSegments([...variables, last], by);
}
