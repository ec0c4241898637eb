import { expectedWithin } from '../model/segments.ts';
import { binsOf } from '../stats/binning.ts';
import { driftRule } from '../stats/drift.ts';
import { compareImportance, compareSegments } from '../stats/effect.ts';
import { judgeAll } from '../stats/judge-all.ts';
import { joinsRare } from '../stats/rare-categories.ts';
import { segmentCounts } from '../stats/segment-cells.ts';
import { binNames } from '../text/bin-names.ts';
import type { ReferenceVariable } from './compute/drift-reference.ts';
import type { DriftReport, ReportSegment } from './compute/drift-report.ts';
import { type Counted, measureVariable } from './compute/measure-variable.ts';
import { createSortSpace } from './compute/number-column.ts';
import type { SegmentColumn, SegmentCounter } from './compute/segment-counts.ts';
import { describeVariable, type Words } from './describe/describe-variable.ts';

/**
 * How often one comparison without drift is called drifting, at most: what `segmentCeilingZ` is sized for. docs/drift.md
 * has what is measured.
 */
const falseAlarmsPerComparison = 5e-6;

/** What segments do not keep. */
const onlyCounts: Omit<Counted, 'reference' | 'counts'> = {
  below: 0,
  logs: null,
  above: 0,
  column: null,
  unseenTexts: new Map(),
};
const spaces = { reference: createSortSpace(), live: createSortSpace() };

/** Judges each segment against the same segment of the reference, with limits for its own numbers of rows. */
export function measureSegments(
  by: readonly SegmentColumn[],
  reference: SegmentCounter,
  live: SegmentCounter,
  score: ReferenceVariable | null,
  words: Words,
): NonNullable<DriftReport['segments']> {
  const segments = by
    .flatMap((column, at) => measureColumn(column, at, reference, live, score, words))
    .sort(compareSegments);
  const comparisons = segments.reduce((sum, { variables }) => sum + variables.length, 0);
  return {
    by: by.map(({ name }) => name),
    comparisons,
    expectedFalseAlarms: comparisons * falseAlarmsPerComparison,
    segments,
  };
}

function measureColumn(
  { name: column, bins, isWhole }: SegmentColumn,
  at: number,
  reference: SegmentCounter,
  live: SegmentCounter,
  score: ReferenceVariable | null,
  words: Words,
): ReportSegment[] {
  const cut = live.cuts[at];
  const names = binNames(binsOf(bins), isWhole);
  return names.flatMap((value, segment) => {
    const [samples, referenceSamples] = [live, reference].map(({ rows }) => rows[at][segment]);
    if (samples === 0 && referenceSamples === 0) return [];
    const measured = cut.variables.map((counted) => {
      const variable = live.variables[counted.place];
      const [before, now] = [reference, live].map(({ cells }) => segmentCounts(cut, segment, counted, cells));
      const expected = expectedWithin(variable.bins, before, reference.all[counted.place], variable.counts);
      return measureWithin(variable, expected, now, words, variable === score);
    });
    return [
      {
        column,
        value,
        samples,
        referenceSamples,
        verdict: judgeAll(measured.map(({ verdict }) => verdict)),
        variables: measured.sort(compareImportance),
      },
    ];
  });
}

type SegmentVariable = ReportSegment['variables'][number];

function measureWithin(
  variable: ReferenceVariable,
  before: readonly number[],
  counts: Float64Array,
  words: Words,
  isScore: boolean,
): SegmentVariable {
  const reference = { ...variable, counts: before, summary: null, column: null };
  const measured = measureVariable({ ...onlyCounts, reference, counts }, spaces, [], 0, {
    // a segment holds no unseen names of its own to tell how many to expect
    areRareJoined: joinsRare(variable.bins, variable.counts),
    ceilingZ: driftRule.segmentCeilingZ,
  });
  const { name, samples, referenceSamples, psi, psiNoiseCeiling, threshold, rankTrend, effect, verdict } =
    measured;
  const isChange = verdict === 'drifting' || verdict === 'moved';
  return {
    name,
    samples,
    referenceSamples,
    psi,
    psiNoiseCeiling,
    threshold,
    rankTrend,
    effect,
    verdict,
    sentence: isChange ? describeVariable(measured, words, isScore) : null,
  };
}
