import { byModel, bySource, byWindow } from './performance-labels.ts';
import { promql } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';

const cell = (predicted: string, actual: string) =>
  `sum by (${bySource}) (model_confusion:rows{predicted="${predicted}", actual="${actual}"})`;
const truePositives = cell('positive', 'positive');
const falsePositives = cell('positive', 'negative');
const falseNegatives = cell('negative', 'positive');
const trueNegatives = cell('negative', 'negative');
const performance = 'model:performance';
const standardError = 'model:performance_standard_error';
const identified = `and on (${bySource}) model:speaks_for_all`;

/** The standard error of a share of outcomes that is recorded under this metric, of so many samples. */
function shareError(metric: string, samples: string): RecordingRule {
  const share = `sum by (${bySource}) (${performance}{metric="${metric}", source="realised"})`;
  return {
    record: standardError,
    labels: { metric, source: 'realised' },
    expr: promql`
      sqrt(
        ${share} * (1 - ${share})
          / (${samples} > 0)
      )`,
  };
}

const f1 = `sum by (${bySource}) (${performance}{metric="f1", source="realised"})`;
const jaccard = `(${f1} / (2 - ${f1}))`;
const area = `sum by (${bySource}) (${performance}{metric="roc_auc", source="realised"})`;

/** Brings the model's shrinkage of estimated AUCs to series of more labels, as a factor. */
export const shrinkage = `on (${byModel}) group_left () max by (${byModel}) (model_estimated_roc_auc_shrinkage)`;

/** Figures that are compared with those of the model file; both have a standard error. */
export const compared = 'accuracy|roc_auc';

/** The figures as `src/stats` defines them, from the same sums. Absent where they are not defined or not identified. */
export const figures: readonly RecordingRule[] = [
  {
    record: performance,
    labels: { metric: 'accuracy' },
    expr: promql`
      (${truePositives} + ${trueNegatives})
        / (model:performance_samples > 0)
      ${identified}`,
  },
  {
    record: performance,
    labels: { metric: 'precision' },
    expr: promql`
      ${truePositives}
        / (${truePositives} + ${falsePositives} > 0)`,
  },
  {
    record: performance,
    labels: { metric: 'recall' },
    expr: promql`
      ${truePositives}
        / (model:positives > 0)
      ${identified}`,
  },
  {
    record: performance,
    labels: { metric: 'f1' },
    expr: promql`
      2 * ${truePositives}
        / (2 * ${truePositives} + ${falsePositives} + ${falseNegatives} > 0)
      ${identified}`,
  },
  {
    record: 'model:roc_auc_over_bins',
    expr: promql`
      sum by (${bySource}) (model_score_bin:positives * model_score_bin:negatives_below)
        / (model:positives * model:negatives > 0)
      ${identified}`,
  },
  {
    record: performance,
    labels: { metric: 'roc_auc', source: 'realised' },
    expr: 'model:roc_auc_over_bins{source="realised"}',
  },
  {
    // Shrunk towards ½, as `rocAucShrinkage` in `src/monitor` says why.
    record: performance,
    labels: { metric: 'roc_auc', source: 'estimated' },
    expr: promql`
      0.5
        + (model:roc_auc_over_bins{source="estimated"} - 0.5)
          * ${shrinkage}`,
  },
  {
    // How far the AUC of the scores themselves can be from that of their bins.
    record: 'model:roc_auc_max_error',
    expr: promql`
      0.5 * sum by (${bySource}) (model_score_bin:positives * model_score_bin:negatives)
        / (model:positives * model:negatives > 0)`,
  },
  {
    record: performance,
    labels: { metric: 'brier', source: 'realised' },
    expr: promql`
      model:outcome_squared_errors:increase
        / (sum by (${byWindow}) (model_score_bin:outcomes:increase) > 0)`,
  },
  {
    record: performance,
    labels: { metric: 'log_loss', source: 'realised' },
    expr: promql`
      model:outcome_log_losses:increase
        / (sum by (${byWindow}) (model_score_bin:outcomes:increase) > 0)`,
  },
  {
    record: performance,
    labels: { metric: 'calibration_error', source: 'realised' },
    expr: promql`
      sum by (${byWindow}) (abs(model_score_band:outcome_scores:increase - model_score_band:positives))
        / (sum by (${byWindow}) (model_score_bin:outcomes:increase) > 0)`,
  },
  {
    // By how much what is short of 1, the errors, exceeds that of the model file.
    record: 'model:performance:effect_ratio',
    expr: promql`
      (1 - ${performance}{source="realised", metric=~"${compared}"})
        / on (${byModel}, metric) group_left () (1 - max by (${byModel}, metric) (model_performance_reference))
        - 1`,
  },
  shareError('accuracy', 'model:performance_samples'),
  shareError('precision', `(${truePositives} + ${falsePositives})`),
  shareError('recall', 'model:positives'),
  {
    // By the delta method, as `f1StandardError` in `src/stats`: 2 J/(1 + J) of the share J.
    record: standardError,
    labels: { metric: 'f1', source: 'realised' },
    expr: promql`
      2 / (1 + ${jaccard}) ^ 2
        * sqrt(
          ${jaccard} * (1 - ${jaccard})
            / (${truePositives} + ${falsePositives} + ${falseNegatives} > 0)
        )`,
  },
  {
    // Hanley and McNeil, as `rocAucStandardError` in `src/stats`.
    record: standardError,
    labels: { metric: 'roc_auc', source: 'realised' },
    expr: promql`
      sqrt(
        clamp_min(
          ${area} * (1 - ${area})
            + (model:positives - 1) * (${area} / (2 - ${area}) - ${area} ^ 2)
            + (model:negatives - 1) * (2 * ${area} ^ 2 / (1 + ${area}) - ${area} ^ 2),
          0)
        / (model:positives * model:negatives > 0)
      )`,
  },
];
