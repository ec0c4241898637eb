import { binLabels } from '../stats/binning.ts';
import { driftRule } from '../stats/drift.ts';
import { compareImportance, nearness } from '../stats/effect.ts';
import { joinsRare } from '../stats/rare-categories.ts';
import { binNames } from './bin-names.ts';
import { describeVariable, type Words } from './describe-variable.ts';
import type { DriftReport, ReportSegment } from './drift-report.ts';
import { judgeAll } from './judge-all.ts';
import { type Counted, measureVariable } from './measure-variable.ts';
import { createSortSpace } from './number-column.ts';
import type { ReferenceVariable } from './reference.ts';
import type { SegmentColumn, SegmentCount, SegmentCounter } from './segment-counts.ts';

/**
 * How often one comparison without drift is called drifting, at most: what `segmentCeilingZ` is sized for. docs/drift.md
 * has what is measured.
 */
const falseAlarmsPerComparison = 5e-6;

/** What segments do not keep. */
const onlyCounts: Omit<Counted, 'reference' | 'counts'> = {
  below: 0,
  above: 0,
  column: null,
  unseenTexts: new Map(),
};
const spaces = { reference: createSortSpace(), live: createSortSpace() };

/** Segments that cannot be judged come last: one has nothing to say of them. */
const ranks = { drifting: 0, moved: 1, stable: 2, undetermined: 3 } as const;

/** Judges each segment against the same segment of the reference, with limits for its own numbers of rows. */
export function measureSegments(
  by: readonly SegmentColumn[],
  reference: SegmentCounter,
  live: SegmentCounter,
  score: ReferenceVariable | null,
  words: Words,
): NonNullable<DriftReport['segments']> {
  const segments = by
    .flatMap((column, at) =>
      measureColumn(column, reference.segments[at], live.segments[at], live.variables, score, words),
    )
    .sort(byImportance);
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
  reference: readonly SegmentCount[],
  live: readonly SegmentCount[],
  all: readonly ReferenceVariable[],
  score: ReferenceVariable | null,
  words: Words,
): ReportSegment[] {
  // within a segment the column itself is constant, or nearly so
  const variables = all.flatMap((variable, i) => (variable.name === column && variable !== score ? [] : [i]));
  const names = binNames({ bins: binLabels(bins).map((label) => ({ label })), wholeNumbers: isWhole });
  return live.flatMap((segment, i) => {
    const before = reference[i];
    if (segment.rows === 0 && before.rows === 0) return [];
    const measured = variables.map((at) =>
      measureWithin(all[at], before.counts[at], segment.counts[at], words, all[at] === score),
    );
    return [
      {
        column,
        value: names[i],
        samples: segment.rows,
        referenceSamples: before.rows,
        verdict: judgeAll(measured.map(({ verdict }) => verdict)),
        variables: measured.sort(compareImportance),
      },
    ];
  });
}

type SegmentVariable = ReportSegment['variables'][number];

function measureWithin(
  variable: ReferenceVariable,
  before: Float64Array,
  counts: Float64Array,
  words: Words,
  isScore: boolean,
): SegmentVariable {
  const reference = { ...variable, counts: [...before], summary: null, column: null };
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

function byImportance(a: ReportSegment, b: ReportSegment): number {
  const worst = ({ variables }: ReportSegment) => (variables.length === 0 ? -1 : nearness(variables[0]));
  return ranks[a.verdict] - ranks[b.verdict] || worst(b) - worst(a);
}
