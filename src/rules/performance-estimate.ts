import { shrinkage } from './performance-figure-rules.ts';
import { byModel, byWindow } from './performance-labels.ts';
import { promql } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';

const estimated = { source: 'estimated' };
const standardError = 'model:performance_standard_error';
const calibrationError = 'model:performance_calibration_error';
const sum = (selector: string) => `sum by (${byWindow}) (${selector})`;
const perBin = (selector: string) => `sum by (${byWindow}, score_bin) (${selector})`;
const toBins = `on (${byWindow}) group_left ()`;
const cell = (predicted: string, actual: string) =>
  sum(`model_confusion:rows{source="estimated", predicted="${predicted}", actual="${actual}"}`);
const truePositives = cell('positive', 'positive');
const falseNegatives = cell('negative', 'positive');
const trueNegatives = cell('negative', 'negative');
const predictedPositives = sum('model_confusion:rows{source="estimated", predicted="positive"}');
const samples = sum('model:performance_samples{source="estimated"}');
const positives = sum('model:positives{source="estimated"}');
const negatives = sum('model:negatives{source="estimated"}');
const squares = (predicted: string) => sum(`model_decision:expected_squares{predicted="${predicted}"}`);
const squaresOfPositives = squares('positive');
const squaresOfNegatives = squares('negative');
const figure = (metric: string) => sum(`model:performance{source="estimated", metric="${metric}"}`);
const areaOverBins = sum('model:roc_auc_over_bins{source="estimated"}');
const binPositives = perBin('model_score_bin:positives{source="estimated"}');
const binNegatives = perBin('model_score_bin:negatives{source="estimated"}');
/** A bin without rows has no positives either: 0/0 must be 0. */
const leastRows = 1e-9;

/** The root of a sum of squares, which rounding may leave below 0, over what the figure has as its denominator. */
function ratioError(metric: string, squares: string, denominator: string): RecordingRule {
  return {
    record: standardError,
    labels: { metric, ...estimated },
    expr: promql`
      sqrt(clamp_min(
        ${squares},
        0))
        / (${denominator} > 0)`,
  };
}

/** The errors of the estimated figures, as `estimate-errors.ts` in `src/stats` defines them, from the same sums. */
export const estimateErrors: readonly RecordingRule[] = [
  {
    record: 'model_decision:expected_squares',
    expr: promql`
      sum by (${byWindow}, predicted) (
        model_score_bin:expected_positives:increase ^ 2
          / clamp_min(model_score_bin:predictions:increase, ${leastRows})
      )`,
  },
  ratioError(
    'accuracy',
    promql`
      ${squaresOfPositives} + ${squaresOfNegatives}
        + ${trueNegatives} - ${falseNegatives}
        - ${samples} * ${figure('accuracy')} ^ 2`,
    samples,
  ),
  ratioError(
    'precision',
    `${squaresOfPositives} - ${predictedPositives} * ${figure('precision')} ^ 2`,
    predictedPositives,
  ),
  ratioError(
    'recall',
    promql`
      ${squaresOfPositives} * (1 - ${figure('recall')}) ^ 2
        + ${squaresOfNegatives} * ${figure('recall')} ^ 2`,
    positives,
  ),
  ratioError(
    'f1',
    promql`
      (2 - ${figure('f1')}) ^ 2 * ${squaresOfPositives}
        - 2 * ${figure('f1')} * (2 - ${figure('f1')}) * ${truePositives}
        + ${figure('f1')} ^ 2 * (${predictedPositives} + ${squaresOfNegatives})`,
    `(${predictedPositives} + ${positives})`,
  ),
  {
    // What one more positive, or negative, in this bin adds to the AUC.
    record: 'model_score_bin:roc_auc_influence',
    labels: { actual: 'positive' },
    expr: promql`
      (
        ${perBin('model_score_bin:expected_negatives_below:increase')} / ${toBins} (${negatives} > 0)
          - ${toBins} ${areaOverBins}
      ) / ${toBins} (${positives} > 0)`,
  },
  {
    record: 'model_score_bin:roc_auc_influence',
    labels: { actual: 'negative' },
    expr: promql`
      (
        ${perBin('model_score_bin:expected_positives_above:increase')} / ${toBins} (${positives} > 0)
          - ${toBins} ${areaOverBins}
      ) / ${toBins} (${negatives} > 0)`,
  },
  {
    record: standardError,
    labels: { metric: 'roc_auc', ...estimated },
    expr: promql`
      sqrt(${sum(promql`
        (
          ${binPositives} * ${influence('positive')}
            + ${binNegatives} * ${influence('negative')}
        ) ^ 2
          / clamp_min(${binPositives} + ${binNegatives}, ${leastRows})`)})
        * ${shrinkage}`,
  },
  {
    record: 'model_score_bin:reference_rows',
    expr: promql`
      sum by (${byModel}, score_bin) (
        max by (${byModel}, score_bin, outcome) (model_score_bin_reference_rows)
      )`,
  },
  {
    // Of the expected positives of a bin, as far as the calibration's own rows leave them open.
    record: 'model_score_bin:calibration_variance',
    expr: promql`
      ${binPositives} * ${binNegatives}
        / on (${byModel}, score_bin) group_left () clamp_min(model_score_bin:reference_rows, 1)`,
  },
  {
    record: calibrationError,
    labels: { metric: 'accuracy', ...estimated },
    expr: promql`
      sqrt(${sum('model_score_bin:calibration_variance')})
        / (${samples} > 0)`,
  },
  {
    record: calibrationError,
    labels: { metric: 'roc_auc', ...estimated },
    expr: promql`
      sqrt(${sum(promql`
        model_score_bin:calibration_variance
          * (${influence('positive')} - ${influence('negative')}) ^ 2`)})
        * ${shrinkage}`,
  },
];

function influence(actual: 'positive' | 'negative'): string {
  return perBin(`model_score_bin:roc_auc_influence{actual="${actual}"}`);
}
