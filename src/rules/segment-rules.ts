import { seasons } from '../alerts/alert-windows.ts';
import { leastTimesWhole } from '../alerts/drift-conditions.ts';
import { driftRule } from '../stats/drift.ts';
import { type DayOrWeek, onDayOrWeek } from './day-or-week.ts';
import {
  comparedReference,
  distance,
  observations,
  type Subject,
  seasonRules,
  totalObservations,
  valueBins,
} from './distance-rules.ts';
import { drifting, enoughRequests, unlessSeason } from './drifting.ts';
import { byFeature, bySegment, promql } from './promql.ts';
import type { RecordingRule, RuleGroup } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';
import { windowVerdict } from './verdict-rules.ts';
import { longWindowGroups, longWindows } from './window-rules.ts';

const segments: Subject = {
  prefix: 'model_segment',
  by: bySegment,
  ceilingZ: driftRule.segmentCeilingZ,
};

const reference: readonly RecordingRule[] = [
  {
    // A segment without rows in the reference cannot be compared.
    record: 'model_segment:reference_samples:max',
    expr: `max by (${bySegment}) (model_segment_reference_samples) > 0`,
  },
  {
    record: 'model_segment_bin:reference_ratio:max',
    expr: promql`
      max by (${bySegment}, bin) (model_segment_reference_ratio)
        and on (${bySegment}) model_segment:reference_samples:max`,
  },
  ...comparedReference(segments),
  {
    // Value bins of numeric variables, which are those that have a mid-rank among all rows.
    record: 'model_segment:empty_bins:count',
    expr: promql`
      count by (${bySegment}) (
        model_segment_bin:reference_ratio:max == 0
          and on (${byFeature}, bin) ${valueBins}
      )
        or 0 * model_segment:bins:count`,
  },
];

/** The larger PSI of the two windows where a segment drifts, and not all rows together with it. */
export const segmentPsiOnDayOrWeek = 'model_segment:day_or_week_psi';

/** A change in all rows, such as a season, is reported once, by the alerts on all rows. */
function psiOnDayOrWeek(scales: Scales): RecordingRule {
  const condition = (window: DayOrWeek) => {
    const alone = promql`
      ${drifting('model_segment', window, scales)}
        and model_segment:psi > on (${byFeature}, window) group_left () ${leastTimesWhole} * model_feature:psi
      unless on (${byFeature})
        (${drifting('model_feature', window, scales)})`;
    return window === '7d'
      ? alone
      : promql`
          ${alone}
            and ${enoughRequests('model_segment', window, scales)}
          ${unlessSeason(segments, scales)}`;
  };
  return {
    record: segmentPsiOnDayOrWeek,
    expr: promql`
      ${onDayOrWeek(`max by (${bySegment})`, condition)}
      unless on (${byFeature})
        ALERTS{alertname=~"ModelFeatureDrift|ModelScoreDrift"}`,
  };
}

/**
 * Drift within segments, over the long windows: a segment has few rows an hour. Every 2 min and without the figures
 * that no alert needs, as a model may have 10,000 bins in segments.
 */
export function segmentGroups(scales: Scales): RuleGroup[] {
  const isLong = ({ window }: (typeof seasons)[number]) => longWindows.some((long) => long === window);
  return longWindowGroups('model-segments', [observations(segments)], scales, {
    before: reference,
    after: [
      totalObservations(segments),
      ...distance(segments),
      ...seasons.filter(isLong).flatMap((season) => seasonRules(segments, season, scales)),
      windowVerdict(segments),
      psiOnDayOrWeek(scales),
    ],
  });
}
