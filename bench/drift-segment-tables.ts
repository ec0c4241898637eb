import { driftRule } from '../src/stats/drift.ts';
import type { Results, Size } from './drift-plan.ts';
import { type SegmentPower, segmentShifts } from './drift-segment-power.ts';
import { segmentWorlds } from './drift-segment-worlds.ts';
import {
  type SegmentAlarms,
  segmentReferenceSizes,
  segmentsOfLooks,
  segmentWindowSizes,
  sendsOfSegments,
} from './drift-segments.ts';
import { grouped, percent, perTenThousand, significant, table } from './markdown.ts';

const mostSegments = Math.max(...segmentsOfLooks);
const mostSends = sendsOfSegments[sendsOfSegments.length - 1];
const range = (sizes: readonly number[]) =>
  `${grouped(Math.min(...sizes))} to ${grouped(Math.max(...sizes))}`;

/** The measurements of segments as Markdown. */
export function renderSegmentTables(results: Results, { segments }: Size): string[] {
  return [
    '### In segments',
    `Nothing changes: false alarms in a million comparisons of a feature within a segment, of ${range(segmentReferenceSizes)} reference rows and ${range(segmentWindowSizes)} live ones. The verdict with z = ${driftRule.ceilingZ}, as for all rows, is given for comparison. ${grouped(segments.looks)} checks of ${mostSegments} segments each.`,
    falseComparisons(results),
    `The same, in 10,000 checks of a feature with so many segments: checks with a false alarm in any segment. Alerts are for rows sent ${mostSends} times each.`,
    falseLooks(results),
    `A fifth of the rows is one segment, in which a normal variable moves: share of windows in which it is found in all rows together, and in the segment. M and N are those of all rows. ${grouped(segments.windows)} windows per cell.`,
    foundWithin(results),
  ];
}

function falseComparisons(results: Results): string {
  const rows = Object.entries(segmentWorlds).map(([key, { title }]) => {
    const { looks, drifting, alerts } = alarmsOf(results, key);
    const perMillion = (count: number) => significant((count / (looks * mostSegments)) * 1e6);
    return [title, ...[drifting.withCeilingZ, drifting.withSegmentCeilingZ, ...alerts].map(perMillion)];
  });
  return table(
    [
      'variable',
      ...[driftRule.ceilingZ, driftRule.segmentCeilingZ].map((z) => `drifting, z = ${z}`),
      ...sendsOfSegments.map((sends) => (sends === 1 ? 'alert' : `alert, rows sent ${sends} times`)),
    ],
    rows,
  );
}

function falseLooks(results: Results): string {
  const rows = Object.entries(segmentWorlds).map(([key, { title }]) => {
    const { looks, looksWith } = alarmsOf(results, key);
    return [
      title,
      ...looksWith.map(({ drifting }) => perTenThousand(drifting / looks)),
      ...looksWith.map(({ alerts }) => perTenThousand(alerts[alerts.length - 1] / looks)),
    ];
  });
  const heads = ['drifting', 'alert'].flatMap((finding) =>
    segmentsOfLooks.map((size) => `${finding}, ${size === 1 ? '1 segment' : `${size} segments`}`),
  );
  return table(['variable', ...heads], rows);
}

function foundWithin(results: Results): string {
  const rows = segmentShifts.flatMap((shift) => {
    const found = results.segmentPower.get(shift);
    if (found === undefined) throw new Error(`nothing was measured for + ${shift} σ`);
    return found.map(({ referenceSamples, samples, windows, whole, segment }: SegmentPower) => [
      `+ ${shift} σ`,
      grouped(referenceSamples),
      grouped(samples),
      ...[whole.drifting, segment.drifting, whole.alert, segment.alert].map((count) =>
        percent(count / windows),
      ),
    ]);
  });
  return table(
    ['change', 'M', 'N', ...['drifting', 'alert'].flatMap((finding) => [`${finding}: all rows`, 'segment'])],
    rows,
  );
}

function alarmsOf(results: Results, key: string): SegmentAlarms {
  const alarms = results.segments.get(key);
  if (alarms === undefined) throw new Error(`nothing was measured for ${key}`);
  return alarms;
}
