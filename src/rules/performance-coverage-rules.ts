import { minCoverageRatio } from '../monitor/performance-coverage.ts';
import { byWindow, withBand } from './performance-labels.ts';
import { promql } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';

/** How many of the predictions that are old enough have an outcome, and whether the outcomes speak for all of them. */
export const coverage: readonly RecordingRule[] = [
  {
    record: 'model_decision:coverage',
    expr: promql`
      sum by (${byWindow}, predicted) (model_score_bin:outcomes:increase)
        / (sum by (${byWindow}, predicted) (model_score_bin:matured_predictions:increase) > 0)`,
  },
  {
    record: 'model_score_band:coverage',
    expr: promql`
      sum by (${byWindow}, score_band) (
        ${withBand(`sum by (${byWindow}, score_bin) (model_score_bin:outcomes:increase)`)}
      )
        /
      (sum by (${byWindow}, score_band) (
        ${withBand(`sum by (${byWindow}, score_bin) (model_score_bin:matured_predictions:increase)`)}
      ) > 0)`,
  },
  {
    record: 'model:coverage',
    expr: promql`
      sum by (${byWindow}) (model_score_bin:outcomes:increase)
        / (sum by (${byWindow}) (model_score_bin:matured_predictions:increase) > 0)`,
  },
  {
    // 0 where one decision's outcomes hardly ever come: accuracy, recall, F1 and AUC then hold for the labelled alone.
    record: 'model:outcomes_identified',
    expr: promql`
      min by (${byWindow}) (model_decision:coverage)
        >= bool ${minCoverageRatio} * max by (${byWindow}) (model_decision:coverage)`,
  },
  {
    // Present for figures that hold for all predictions, absent for the others; the value has no meaning.
    record: 'model:speaks_for_all',
    expr: promql`
      label_replace(
        sum by (${byWindow}) (model_score_bin:outcomes:increase) unless model:outcomes_identified == 0,
        "source", "realised", "", "")
      or
      label_replace(
        sum by (${byWindow}) (model_score_bin:predictions:increase),
        "source", "estimated", "", "")`,
  },
];

/** Half, and nearly all, of the outcomes in the window had come by then. */
const delayQuantiles = [0.5, 0.95] as const;

/** How late the outcomes of the window came, of all of them and by class; absent while the window has none. */
export const delays: readonly RecordingRule[] = [
  { record: 'model:outcome_delay_seconds:quantile', by: byWindow },
  { record: 'model_outcome:delay_seconds:quantile', by: `${byWindow}, outcome` },
].flatMap(({ record, by }) =>
  delayQuantiles.map((quantile) => ({
    record,
    labels: { quantile: String(quantile) },
    expr: promql`
      histogram_quantile(${quantile}, sum by (${by}, le) (model_outcome:delay_seconds_bucket:increase))
        and on (${by}) sum by (${by}) (model_outcome:delay_seconds_bucket:increase{le="+Inf"}) > 0`,
  })),
);
