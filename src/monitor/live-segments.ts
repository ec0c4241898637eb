import type { SegmentReference } from '../model/segments.ts';
import { type Bin, binsOf } from '../stats/binning.ts';
import { type Drift, driftRule, measureDrift, type Verdict } from '../stats/drift.ts';
import { compareImportance, compareSegments, measureEffect } from '../stats/effect.ts';
import { judgeAll } from '../stats/judge-all.ts';
import { joinsRare } from '../stats/rare-categories.ts';
import { type SegmentCut, segmentCounts } from '../stats/segment-cells.ts';
import type { Monitor } from './monitor.ts';
import type { WindowName } from './windows.ts';

/** The drift within one segment in one window. */
export type LiveSegment = {
  /** The feature that cuts. */
  readonly feature: string;
  /** Its bin. */
  readonly segment: Bin;
  readonly samples: number;
  readonly verdict: Verdict;
  /** The other features and the score, most important first. */
  readonly variables: readonly SegmentDrift[];
};

/** The drift of one variable within a segment. */
export type SegmentDrift = Drift & {
  readonly name: string;
  /** The effect of its move on the scores of the segment: see `measureEffect`. `null` if that is not known. */
  readonly effect: number | null;
};

/**
 * The drift within every segment over one window of one replica, the worst first: by the rule for all rows, with the
 * segment's own row counts and the ceiling for many comparisons. Empty for a model that names no segments.
 */
export function liveSegments(monitor: Monitor, window: WindowName): LiveSegment[] {
  return windowSegments(monitor, monitor.window(window));
}

/** What `liveSegments` gives. @param counts of the whole window */
export function windowSegments(monitor: Monitor, counts: Float64Array): LiveSegment[] {
  const { segments = [] } = monitor.reference;
  return segments
    .flatMap((reference, i) => {
      const cut = monitor.segments[i];
      const { name, bins } = monitor.variables[cut.place];
      const segments = binsOf(bins).slice(0, cut.segments);
      return segments.map((segment, s): LiveSegment => {
        const variables = segmentDrifts(monitor, reference, cut, s, counts);
        return {
          feature: name,
          segment,
          // every row of a segment is counted in each of its variables
          samples: variables[0].samples,
          verdict: judgeAll(variables.map(({ verdict }) => verdict)),
          variables: variables.sort(compareImportance),
        };
      });
    })
    .sort(compareSegments);
}

function segmentDrifts(
  { variables }: Monitor,
  reference: SegmentReference,
  cut: SegmentCut,
  segment: number,
  counts: Float64Array,
): SegmentDrift[] {
  return cut.variables.map((counted, i) => {
    const variable = variables[counted.place];
    const expected = reference.variables[i].counts[segment];
    const live = segmentCounts(cut, segment, counted, counts);
    return {
      name: variable.name,
      ...measureDrift(variable.bins, expected, live, {
        areRareJoined: joinsRare(variable.bins, variable.counts),
        ceilingZ: driftRule.segmentCeilingZ,
      }),
      effect: measureEffect(expected, live, variable.effects),
    };
  });
}
