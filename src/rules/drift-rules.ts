import { seasons } from '../alerts/alert-windows.ts';
import { driftRule } from '../stats/drift.ts';
import {
  comparedReference,
  distance,
  observations,
  rare,
  type Subject,
  seasonRules,
  totalObservations,
  valueBins,
} from './distance-rules.ts';
import { effectRules } from './effect-rules.ts';
import { byFeature, perFeature, promql } from './promql.ts';
import { rankTrend } from './rank-trend-rules.ts';
import type { RecordingRule, RuleGroup } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';
import { verdictRules } from './verdict-rules.ts';
import { windowGroups } from './window-rules.ts';

const features: Subject = { prefix: 'model_feature', by: byFeature, ceilingZ: driftRule.ceilingZ };

const reference: readonly RecordingRule[] = [
  // Replicas of a version carry the same reference: however many export it, it counts once.
  {
    record: 'model_feature_bin:reference_ratio:max',
    expr: `max by (${byFeature}, bin) (model_feature_reference_ratio)`,
  },
  {
    record: 'model_feature:reference_samples:max',
    expr: `max by (${byFeature}) (model_feature_reference_samples)`,
  },
  {
    record: rare,
    expr: promql`
      model_feature_bin:reference_ratio:max{bin=~"other|unseen"}
        and on (${byFeature}) model_feature_bin:reference_ratio:max{bin="other"}
        and on (${byFeature}) model_feature_bin:reference_ratio:max{bin="unseen"} > 0`,
  },
  ...comparedReference(features),
  {
    record: valueBins,
    expr: `max by (${byFeature}, bin) (model_feature_reference_mid_rank)`,
  },
  {
    record: 'model_feature_bin:reference_values',
    expr: promql`
      (model_feature_bin:reference_ratio:max and ${valueBins})
        * ${perFeature} model_feature:reference_samples:max`,
  },
  {
    // Bins below, above and between frequent numbers may be empty.
    record: 'model_feature:empty_bins:count',
    expr: promql`
      count by (${byFeature}) (model_feature_bin:reference_values == 0)
        or 0 * model_feature:bins:count`,
  },
  {
    record: 'model_feature:reference_values',
    expr: `sum by (${byFeature}) (model_feature_bin:reference_values)`,
  },
];

const liveRatio: RecordingRule = {
  record: 'model_feature_bin:live_ratio',
  expr: promql`
    model_feature_bin:observations:increase
      / on (${byFeature}, window) group_left ()
    (model_feature:observations:increase > 0)`,
};

/** Live counts, PSI, its ceiling and the verdicts, over all windows. */
export function driftGroups(scales: Scales): RuleGroup[] {
  return windowGroups('model-drift', [observations(features)], scales, {
    before: reference,
    after: [
      totalObservations(features),
      liveRatio,
      ...distance(features),
      ...rankTrend,
      ...seasons.flatMap((season) => seasonRules(features, season, scales)),
      ...verdictRules(scales),
      ...effectRules(scales),
    ],
  });
}
