import { byFeature, perBin, perFeature, promql } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';

const values = '(model_feature:values:increase > 0)';
const referenceValues = `${perFeature} model_feature:reference_values`;

/** The rank trend as `rankTrend` in `src/stats` defines it; absent where there are no values to rank. */
export const rankTrend: readonly RecordingRule[] = [
  {
    record: 'model_feature:values:increase',
    expr: promql`
      sum by (${byFeature}, window) (
        model_feature_bin:observations:increase
          and on (${byFeature}, bin) model_feature_bin:reference_mid_rank:max
      )`,
  },
  {
    record: 'model_feature:rank_trend',
    expr: promql`
      sum by (${byFeature}, window) (
        model_feature_bin:observations:increase
          * ${perBin} model_feature_bin:reference_mid_rank:max
      )
        / ${values}`,
  },
  {
    // Values of one bin are ties; both samples are pooled.
    record: 'model_feature:rank_tie_correction',
    expr: promql`
      1 - sum by (${byFeature}, window) (
        (model_feature_bin:observations:increase + ${perBin} model_feature_bin:reference_values) ^ 3
          - (model_feature_bin:observations:increase + ${perBin} model_feature_bin:reference_values)
      )
        /
      (
        (${values} + ${referenceValues}) ^ 3
          - (${values} + ${referenceValues})
      )`,
  },
  {
    record: 'model_feature:rank_trend:z',
    expr: promql`
      (model_feature:rank_trend - 0.5)
        * sqrt(
          12 * ${values} * ${referenceValues}
            / (${values} + ${referenceValues} + 1)
            / (model_feature:rank_tie_correction > 0)
        )`,
  },
];
