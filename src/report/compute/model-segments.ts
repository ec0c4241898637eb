import type { Artifact } from '../../model/artifact.ts';
import { featureBins } from '../../model/features.ts';
import { segmentCounts } from '../../stats/segment-cells.ts';
import type { ReferenceVariable } from './drift-reference.ts';
import { createSegmentCounter, type SegmentColumn, type SegmentCounter } from './segment-counts.ts';

/** The columns that a model cuts rows by. @param names some of those that it names in `segments` */
export function modelSegmentColumns({ features }: Artifact, names: readonly string[]): SegmentColumn[] {
  return features
    .filter(({ name }) => names.includes(name))
    .map((feature) => ({ name: feature.name, bins: featureBins(feature), isWhole: false }));
}

/**
 * The reference of segments that a model brings along, as if its rows had been counted. It has none of missing and unseen
 * values.
 *
 * @param compared some of the model's features
 * @param by of `modelSegmentColumns`
 */
export function countModelSegments(
  artifact: Artifact,
  compared: readonly ReferenceVariable[],
  score: ReferenceVariable | null,
  by: readonly SegmentColumn[],
): SegmentCounter {
  const counter = createSegmentCounter(compared, score, by, true);
  const { variables, cuts, rows, cells, all } = counter;
  for (const [i, variable] of variables.entries()) all[i].set(variable.counts);
  for (const [at, cut] of cuts.entries()) {
    const reference = artifact.segments?.find(({ feature }) => feature === by[at].name);
    for (const counted of cut.variables) {
      const { name } = variables[counted.place];
      const counts = reference?.variables.find((variable) => variable.name === name)?.counts ?? [];
      for (const [segment, ofSegment] of counts.entries()) {
        segmentCounts(cut, segment, counted, cells).set(ofSegment);
        rows[at][segment] = ofSegment.reduce((sum, count) => sum + count, 0);
      }
    }
  }
  return counter;
}
