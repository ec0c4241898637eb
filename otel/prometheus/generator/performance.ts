import { calibrationRule } from '../../../src/monitor/performance-calibration.ts';
import { minCoverageRatio } from '../../../src/monitor/performance-coverage.ts';
import { scoreBands } from '../../../src/monitor/performance-figures.ts';
import { chiSquareQuantile, promql } from './promql.ts';
import type { RecordingRule, RuleGroup } from './rule-file.ts';
import type { Scales } from './settings.ts';
import { type WindowedCount, windowGroups } from './windows.ts';

const byModel = 'model, version';
const byWindow = `${byModel}, window`;
const bySource = `${byWindow}, source`;

/** Adds a label with the role, positive or negative, of the class in another label. */
function withRole(expr: string, classLabel: 'prediction' | 'outcome', roleLabel: string): string {
  return promql`
    ${expr}
      * on (${byModel}, ${classLabel}) group_left (${roleLabel})
    label_replace(label_replace(
      max by (${byModel}, class, role) (model_class_info),
      "${classLabel}", "$1", "class", "(.*)"), "${roleLabel}", "$1", "role", "(.*)")`;
}

/** Adds the tenth of the scores that a score bin is in, of which there are fifty: `0.3-0.4` for `17 (0.34, 0.36]`. */
function withBand(expr: string): string {
  return Array.from({ length: scoreBands }, (_, band) => band).reduce((inner, band) => {
    const bins = `${Math.floor(band / 2)}[${band % 2 === 0 ? '0-4' : '5-9'}]`;
    const label = `${(band / scoreBands).toFixed(1)}-${((band + 1) / scoreBands).toFixed(1)}`;
    return `label_replace(${inner}, "score_band", "${label}", "score_bin", "${bins} .*")`;
  }, expr);
}

/** A counter by cell, by score bin and role of the prediction. */
function byDecision(metric: string): (range: string) => string {
  return (range) => promql`
    sum by (${byModel}, score_bin, predicted) (
      ${withRole(`sum by (${byModel}, score_bin, prediction) (increase(${metric}[${range}]))`, 'prediction', 'predicted')}
    )`;
}

/** A counter by cell, by band of the score. */
function perBand(metric: string): (range: string) => string {
  return (range) => promql`
    sum by (${byModel}, score_band) (
      ${withBand(`sum by (${byModel}, score_bin) (increase(${metric}[${range}]))`)}
    )`;
}

const perModel = (metric: string) => (range: string) => `sum by (${byModel}) (increase(${metric}[${range}]))`;
const perBin = (metric: string) => (range: string) =>
  `sum by (${byModel}, score_bin) (increase(${metric}[${range}]))`;

const counts: readonly WindowedCount[] = [
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
    count: (range) => promql`
      sum by (${byModel}, score_bin, predicted, actual) (
        ${withRole(
          withRole(
            `sum by (${byModel}, score_bin, prediction, outcome) (increase(model_outcomes_total[${range}]))`,
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
    count: perBin('model_score_bin_expected_negatives_below_total'),
  },
  {
    name: 'model_score_bin:outcome_negatives_below',
    count: perBin('model_outcome_negatives_below_total'),
  },
  { name: 'model_score_band:outcome_scores', count: perBand('model_outcome_scores_total') },
  { name: 'model_score_band:outcome_expected', count: perBand('model_outcome_expected_total') },
  { name: 'model_score_band:outcome_variance', count: perBand('model_outcome_variance_total') },
  { name: 'model:outcome_squared_errors', count: perModel('model_outcome_squared_errors_total') },
  { name: 'model:outcome_log_losses', count: perModel('model_outcome_log_losses_total') },
  {
    name: 'model:outcomes_accepted',
    count: (range) => `sum by (model) (increase(model_outcome_delay_seconds_count[${range}]))`,
  },
  {
    name: 'model_outcome:delay_seconds_bucket',
    count: (range) =>
      `sum by (${byModel}, outcome, le) (increase(model_outcome_delay_seconds_bucket[${range}]))`,
  },
];

/** Once for the outcomes that came, once for what the calibrated probabilities of all predictions promise (CBPE). */
const rows: readonly RecordingRule[] = [
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

/** How many of the predictions that are old enough have an outcome, and whether the outcomes speak for all of them. */
const coverage: readonly RecordingRule[] = [
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
    // There for what holds for all predictions, absent for what does not; the value says nothing.
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
const delays: readonly RecordingRule[] = [
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

const cell = (predicted: string, actual: string) =>
  `sum by (${bySource}) (model_confusion:rows{predicted="${predicted}", actual="${actual}"})`;
const truePositives = cell('positive', 'positive');
const falsePositives = cell('positive', 'negative');
const falseNegatives = cell('negative', 'positive');
const trueNegatives = cell('negative', 'negative');
const performance = 'model:performance';
const standardError = 'model:performance_standard_error';
const identified = `and on (${bySource}) model:speaks_for_all`;

/** The standard error of a share that is recorded under this metric, of so many samples. */
function shareError(metric: string, samples: string): RecordingRule {
  const share = `sum by (${bySource}) (${performance}{metric="${metric}"})`;
  return {
    record: standardError,
    labels: { metric },
    expr: promql`
      sqrt(
        ${share} * (1 - ${share})
          / (${samples} > 0)
      )`,
  };
}

const f1 = `sum by (${bySource}) (${performance}{metric="f1"})`;
const jaccard = `(${f1} / (2 - ${f1}))`;
const area = `sum by (${bySource}) (${performance}{metric="roc_auc"})`;

/** The figures as `src/stats` defines them, from the same sums. Absent where they are not defined or not identified. */
const figures: readonly RecordingRule[] = [
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
    record: performance,
    labels: { metric: 'roc_auc' },
    expr: promql`
      sum by (${bySource}) (model_score_bin:positives * model_score_bin:negatives_below)
        / (model:positives * model:negatives > 0)
      ${identified}`,
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
  shareError('accuracy', 'model:performance_samples'),
  shareError('precision', `(${truePositives} + ${falsePositives})`),
  shareError('recall', 'model:positives'),
  {
    // By the delta method, as `f1StandardError` in `src/stats`: 2 J/(1 + J) of the share J.
    record: standardError,
    labels: { metric: 'f1' },
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
    labels: { metric: 'roc_auc' },
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

/** Outcomes by band of the score, and how they compare with the calibrated probabilities of the same rows. */
const bands: readonly RecordingRule[] = [
  {
    record: 'model_score_band:predictions',
    expr: promql`
      sum by (${byWindow}, score_band, predicted) (
        ${withBand(`sum by (${byWindow}, score_bin, predicted) (model_score_bin:predictions:increase)`)}
      )`,
  },
  {
    record: 'model_score_band:outcomes',
    expr: promql`
      sum by (${byWindow}, score_band) (
        ${withBand(`sum by (${byWindow}, score_bin) (model_score_bin:outcomes:increase)`)}
      )`,
  },
  {
    record: 'model_score_band:positives',
    expr: promql`
      sum by (${byWindow}, score_band) (
        ${withBand('model_score_bin:positives{source="realised"}')}
      )`,
  },
  {
    record: 'model_score_band:reference_rows',
    expr: promql`
      sum by (${byModel}, score_band) (
        ${withBand(`max by (${byModel}, score_bin, outcome) (model_score_bin_reference_rows)`)}
      )`,
  },
];

const bandRows = `on (${byModel}, score_band) group_left () model_score_band:reference_rows`;

const observedExpected: readonly RecordingRule[] = [
  {
    record: 'model:observed_expected:z',
    expr: promql`
      (
        sum by (${byWindow}) (model_score_band:positives)
          - sum by (${byWindow}) (model_score_band:outcome_expected:increase)
      )
        /
      sqrt(
        (sum by (${byWindow}) (model_score_band:outcome_variance:increase) > 0)
          * (
            1 + sum by (${byWindow}) (model_score_band:outcomes)
              / on (${byModel}) group_left () sum by (${byModel}) (model_score_band:reference_rows)
          )
      )`,
  },
  {
    // Of the bands that say something.
    record: 'model_score_band:observed_expected:z',
    expr: promql`
      (model_score_band:positives - model_score_band:outcome_expected:increase)
        /
      sqrt(
        (model_score_band:outcome_variance:increase >= ${calibrationRule.minVariance})
          * (1 + model_score_band:outcomes / ${bandRows})
      )
      and on (${byModel}, score_band) model_score_band:reference_rows >= ${calibrationRule.minReferenceRows}`,
  },
  {
    record: 'model:calibration:chi_square',
    expr: `sum by (${byWindow}) (model_score_band:observed_expected:z ^ 2)`,
  },
  {
    record: 'model:calibration:bands',
    expr: `count by (${byWindow}) (model_score_band:observed_expected:z)`,
  },
  {
    record: 'model:calibration:chi_square_noise_ceiling',
    expr: chiSquareQuantile('model:calibration:bands', calibrationRule.ceilingZ),
  },
];

/** Realised and estimated performance over all windows, from the counts of all replicas. */
export function performanceGroups(scales: Scales): RuleGroup[] {
  return windowGroups('model-performance', counts, scales, {
    after: [...rows, ...coverage, ...delays, ...bands, ...figures, ...observedExpected],
  });
}
