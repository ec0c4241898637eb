import type { Artifact } from '../../model/artifact.ts';
import { wantedColumn } from '../read/rows.ts';
import { createVersionFilter } from '../read/version-filter.ts';
import type { ReferenceVariable } from './drift-reference.ts';
import type { FileReference } from './file-reference.ts';
import { createRowScorer } from './row-scorer.ts';
import { createSegmentCounter, type SegmentCounter, segmentReading } from './segment-counts.ts';

/**
 * Counts the rows of a reference by segment. They are read once more, as the bins are known only at their end.
 *
 * @param compared the variables that are counted in each segment, some of the reference's features
 * @throws Error naming the file when it cannot be read again
 */
export async function countReferenceSegments(
  { score, version, by, sources }: FileReference,
  compared: readonly ReferenceVariable[],
  artifact: Artifact | null,
): Promise<SegmentCounter> {
  const counter = createSegmentCounter(compared, score, by, artifact !== null);
  const wanted = segmentReading(compared, by).map(({ name, bins }) => wantedColumn(name, bins, artifact));
  const filter = createVersionFilter(version);
  for (const source of sources) {
    const scoreOf = createRowScorer(artifact, wanted.slice(0, compared.length));
    await source.read(wanted, (row) => {
      if (filter.accepts(row)) counter.count(row, scoreOf(row));
    });
  }
  return counter;
}
