import type { Verdict } from '../../stats/drift.ts';
import { formatAmount, formatChance, formatPsi } from '../../text/format.ts';
import type { DriftReport, ReportSegment } from '../compute/drift-report.ts';

type Segments = NonNullable<DriftReport['segments']>;

/** So many segments of one kind are named in a line. */
const maxNamed = 5;

/** The verdict of the report: a segment that drifts or has moved counts though all rows together have not. */
export function withSegments(whole: Verdict, segments: Segments | null): Verdict {
  return worstSegment(whole, segments)?.verdict ?? whole;
}

/** Puts what segments show, and all rows together do not, before the sentence on all rows. */
export function describeWithSegments(headline: string, whole: Verdict, segments: Segments | null): string {
  const worst = worstSegment(whole, segments);
  if (worst === undefined || segments === null) return headline;
  const [first, ...others] = worst.variables.filter(({ verdict }) => verdict === worst.verdict);
  const [has, have] =
    worst.verdict === 'drifting' ? ['has drifted', 'have drifted'] : ['has moved', 'have moved'];
  const more = segments.segments.filter(({ verdict }) => verdict === worst.verdict).length - 1;
  const too =
    others.length > 0
      ? `, and so ${others.length === 1 ? 'has 1 other' : `have ${others.length} others`}`
      : '';
  const elsewhere = more > 0 ? ` In ${formatAmount(more, 'more segment')} features ${have}.` : '';
  return `Where ${segmentTitle(worst)}, ${first.name} ${has} (PSI ${formatPsi(first.psi)}, threshold ${formatPsi(first.threshold)})${too}.${elsewhere} All rows together: ${headline}`;
}

/** The worst segment, where it is worse than all rows together. */
function worstSegment(whole: Verdict, segments: Segments | null): ReportSegment | undefined {
  const worst = segments?.segments[0];
  if (worst?.verdict === 'drifting') return whole === 'drifting' ? undefined : worst;
  return worst?.verdict === 'moved' && whole !== 'drifting' && whole !== 'moved' ? worst : undefined;
}

/** `region is north` */
export function segmentTitle({ column, value }: Pick<ReportSegment, 'column' | 'value'>): string {
  return `${column} is ${value}`;
}

/** The segments that drift or have moved. */
export function changedSegments({ segments }: Segments): ReportSegment[] {
  return segments.filter(({ verdict }) => verdict === 'drifting' || verdict === 'moved');
}

/** One line each on the segments that are stable and those that cannot be judged. */
export function describeOtherSegments({ segments }: Segments): string[] {
  const named = (verdict: Verdict) => {
    const titles = segments.filter((each) => each.verdict === verdict).map(segmentTitle);
    const shown =
      titles.length > maxNamed
        ? [...titles.slice(0, maxNamed - 1), `${titles.length - maxNamed + 1} more`]
        : titles;
    return { count: titles.length, list: shown.join(', ') };
  };
  const stable = named('stable');
  const unclear = named('undetermined');
  return [
    ...(stable.count > 0 ? [`Stable: ${stable.list}.`] : []),
    ...(unclear.count > 0 ? [`Too small to be judged in every feature: ${unclear.list}.`] : []),
  ];
}

/** How many comparisons there were, and what that means for false alarms. */
export function describeComparisons({ segments, comparisons, expectedFalseAlarms }: Segments): string {
  const often =
    comparisons === 0
      ? ''
      : ` Chance alone calls one of them drifting ${formatChance(expectedFalseAlarms, 'report')}.`;
  return `${formatAmount(segments.length, 'segment')}, each compared with the same segment of the reference, with thresholds for its own number of rows: ${formatAmount(comparisons, 'comparison')}.${often}`;
}
