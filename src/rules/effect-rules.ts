import { largeEffect } from '../stats/effect.ts';
import { byFeature, perBin, promql } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';

/** Below this an effect that was large counts as small again: one that hovers around the threshold raises no new alerts. */
const smallAgain = 0.8 * largeEffect;

/** What moves do to the scores, as `measureEffect` in `src/stats` defines it; absent for models that export no effects. */
export function effectRules({ requests, thresholds }: Scales): RecordingRule[] {
  return [
    {
      record: 'model_feature_bin:effect:max',
      expr: `max by (${byFeature}, bin) (model_feature_bin_effect)`,
    },
    {
      record: 'model_feature:effect',
      expr: promql`
        abs(sum by (${byFeature}, window) (
          (
            model_feature_bin:live_ratio
              - ${perBin} model_feature_bin:reference_ratio:max
          )
            * ${perBin} model_feature_bin:effect:max
        ))`,
    },
    {
      // Over the last day or week, whichever is larger.
      record: 'model_feature:day_or_week_effect',
      expr: promql`
        max by (${byFeature}) (
          model_feature:effect{window="7d"}
          or
          (
            model_feature:effect{window="24h"}
              and model_feature:observations:increase >= ${requests(thresholds.minRequests['24h'])}
          )
        )`,
    },
    {
      // An effect that was large stays large until it falls below a lower threshold.
      record: 'model_feature:effect_size',
      labels: { effect: 'large' },
      expr: promql`
        model_feature:day_or_week_effect >= ${largeEffect}
          or
        (
          model_feature:day_or_week_effect >= ${smallAgain}
            and on (${byFeature}) model_feature:effect_size{effect="large"}
        )`,
    },
    {
      record: 'model_feature:effect_size',
      labels: { effect: 'small' },
      expr: promql`
        model_feature:day_or_week_effect
          unless on (${byFeature}) model_feature:effect_size{effect="large"}`,
    },
  ];
}

/** An alert on one feature with the label `effect`, `small` or `large`, where the effect is known. */
export function withEffect(alert: string): string {
  return promql`
    (
      ${alert}
    )
      + on (${byFeature}) group_left (effect) 0 * model_feature:effect_size
    or on (${byFeature})
    ${alert}`;
}

/** The effect in words, for a description; nothing where it is not known. */
export const effectInWords =
  '{{ with printf "model_feature:day_or_week_effect{model=%q,version=%q,feature=%q}" $labels.model $labels.version $labels.feature | query }} ' +
  'The move shifts the scores by {{ . | first | value | printf "%.2f" }} standard deviations.{{ end }}';
