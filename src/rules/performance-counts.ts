import { byModel, bySource, byWindow, withBand, withRole } from './performance-labels.ts';
import { promql, sumBy } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';
import type { Count, WindowedCount } from './window-rules.ts';

/** A counter by cell, by score bin and role of the prediction. */
function byDecision(counter: string): Count {
  return (rise) => promql`
    sum by (${byModel}, score_bin, predicted) (
      ${withRole(sumBy(`${byModel}, score_bin, prediction`, rise(counter)), 'prediction', 'predicted')}
    )`;
}

/** A counter by cell, by band of the score. */
function perBand(counter: string): Count {
  return (rise) => promql`
    sum by (${byModel}, score_band) (
      ${withBand(sumBy(`${byModel}, score_bin`, rise(counter)))}
    )`;
}

/** A counter by the values of these labels. */
function per(labels: string, counter: string): Count {
  return (rise) => sumBy(labels, rise(counter));
}

/** What is added up over each window, from the counts of all replicas. */
export const counts: readonly WindowedCount[] = [
  { name: 'model_score_bin:predictions', count: byDecision('model_score_bin_predictions_total') },
  {
    name: 'model_score_bin:expected_positives',
    count: byDecision('model_score_bin_expected_positives_total'),
  },
  {
    name: 'model_score_bin:matured_predictions',
    count: byDecision('model_score_bin_matured_predictions_total'),
  },
  {
    name: 'model_score_bin:outcomes',
    count: (rise) => promql`
      sum by (${byModel}, score_bin, predicted, actual) (
        ${withRole(
          withRole(
            sumBy(`${byModel}, score_bin, prediction, outcome`, rise('model_outcomes_total')),
            'prediction',
            'predicted',
          ),
          'outcome',
          'actual',
        )}
      )`,
  },
  {
    name: 'model_score_bin:expected_negatives_below',
    count: per(`${byModel}, score_bin`, 'model_score_bin_expected_negatives_below_total'),
  },
  {
    name: 'model_score_bin:expected_positives_above',
    count: per(`${byModel}, score_bin`, 'model_score_bin_expected_positives_above_total'),
  },
  {
    name: 'model_score_bin:outcome_negatives_below',
    count: per(`${byModel}, score_bin`, 'model_outcome_negatives_below_total'),
  },
  { name: 'model_score_band:outcome_scores', count: perBand('model_outcome_scores_total') },
  { name: 'model_score_band:outcome_expected', count: perBand('model_outcome_expected_total') },
  { name: 'model_score_band:outcome_variance', count: perBand('model_outcome_variance_total') },
  { name: 'model:outcome_squared_errors', count: per(byModel, 'model_outcome_squared_errors_total') },
  { name: 'model:outcome_log_losses', count: per(byModel, 'model_outcome_log_losses_total') },
  {
    name: 'model:outcomes_accepted',
    count: per('model', 'model_outcome_delay_seconds_count'),
  },
  {
    name: 'model_outcome:delay_seconds_bucket',
    count: per(`${byModel}, outcome, le`, 'model_outcome_delay_seconds_bucket'),
  },
];

/** Once for the outcomes that came, once for what the calibrated probabilities of all predictions promise (CBPE). */
export const rows: readonly RecordingRule[] = [
  {
    record: 'model_confusion:rows',
    labels: { source: 'realised' },
    expr: `sum by (${byWindow}, predicted, actual) (model_score_bin:outcomes:increase)`,
  },
  {
    record: 'model_confusion:rows',
    labels: { source: 'estimated' },
    expr: promql`
      label_replace(
        sum by (${byWindow}, predicted) (model_score_bin:expected_positives:increase),
        "actual", "positive", "", "")
      or
      label_replace(
        clamp_min(
          sum by (${byWindow}, predicted) (model_score_bin:predictions:increase)
            - sum by (${byWindow}, predicted) (model_score_bin:expected_positives:increase),
          0),
        "actual", "negative", "", "")`,
  },
  {
    record: 'model_score_bin:positives',
    labels: { source: 'realised' },
    expr: `sum by (${byWindow}, score_bin) (model_score_bin:outcomes:increase{actual="positive"})`,
  },
  {
    record: 'model_score_bin:positives',
    labels: { source: 'estimated' },
    expr: `sum by (${byWindow}, score_bin) (model_score_bin:expected_positives:increase)`,
  },
  {
    record: 'model_score_bin:negatives',
    labels: { source: 'realised' },
    expr: `sum by (${byWindow}, score_bin) (model_score_bin:outcomes:increase{actual="negative"})`,
  },
  {
    record: 'model_score_bin:negatives',
    labels: { source: 'estimated' },
    expr: promql`
      clamp_min(
        sum by (${byWindow}, score_bin) (model_score_bin:predictions:increase)
          - sum by (${byWindow}, score_bin) (model_score_bin:expected_positives:increase),
        0)`,
  },
  {
    record: 'model_score_bin:negatives_below',
    labels: { source: 'realised' },
    expr: 'model_score_bin:outcome_negatives_below:increase',
  },
  {
    record: 'model_score_bin:negatives_below',
    labels: { source: 'estimated' },
    expr: 'model_score_bin:expected_negatives_below:increase',
  },
  {
    record: 'model:performance_samples',
    expr: `sum by (${bySource}) (model_confusion:rows)`,
  },
  {
    record: 'model:positives',
    expr: `sum by (${bySource}) (model_confusion:rows{actual="positive"})`,
  },
  {
    record: 'model:negatives',
    expr: `sum by (${bySource}) (model_confusion:rows{actual="negative"})`,
  },
];
