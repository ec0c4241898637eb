import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboards } from '../../otel/prometheus/generator/links.ts';
import { minOutcomes } from '../../otel/prometheus/generator/performance-alerts.ts';
import { outcomeRule } from '../../src/monitor/performance-calibration.ts';
import { scoreMeanRule } from '../../src/monitor/score-mean.ts';
import { alertsTable, orNoAlert } from './alerts-table.ts';
import { alertAnnotation, compose, type Row, versionAnnotation } from './compose.ts';
import { bucketHeatmap } from './heatmaps.ts';
import { binNames, colours, performanceWords, variable } from './language.ts';
import { asPanelLink, type DataLink, toDashboard, toRunbook } from './links.ts';
import { approvedBy, of, version } from './model-queries.ts';
import {
  comparisonVerdict,
  confusion,
  confusionCells,
  coverageByDecision,
  crossValidated,
  estimateVerdict,
  expectationVerdict,
  figure,
  intervalEnd,
  perBand,
  performanceVerdict,
  perOutcome,
  type Source,
  samples,
} from './performance-queries.ts';
import { noneBelow, shortBins } from './promql.ts';
import { bars, liveBars, matrix, number, referenceBars, table } from './tables.ts';
import { asIntervalEnd, asLimit, asLive, asReference, stacked, timeSeries } from './time-series.ts';
import * as variables from './variables.ts';
import { stat, verdictStat } from './verdict-panels.ts';

const { z, leastEffect } = outcomeRule;
const percent = (share: number) => `${share * 100} %`;
/** What a deviation must exceed besides chance. */
const least = `${percent(leastEffect['24h'])} (over 7d: ${percent(leastEffect['7d'])})`;

const uid = dashboards.performance;
const noOutcome = 'no outcome in the window';
const notCounted = 'nothing was counted for this version in the window';

const comparisonWords = {
  good: 'as cross-validated',
  unsure: 'too few to judge',
  bad: 'below cross-validation',
} as const;

const glance: Row = {
  question: 'Are the answers as good as they were in training?',
  panels: [
    verdictStat(
      {
        title: 'Verdict',
        description: `What the alerts on performance say of the chosen window, taken together. Not as expected: outcomes differ from the calibrated scores, or a figure is below cross-validation, by more than ${z} standard errors and by more than ${least}. Undetermined: fewer than ${minOutcomes} outcomes count.`,
        noData: notCounted,
      },
      { expr: performanceVerdict },
      performanceWords,
    ).links([asPanelLink(toRunbook('ModelOutcomesUnexpected'))]),
    stat(
      {
        title: 'Accuracy',
        description:
          'Share of the outcomes in the window that the model predicted. It stays empty where one decision’s outcomes hardly ever come: those who are declined cannot fail to repay, and without them accuracy is not known.',
        unit: 'percentunit',
        noData: 'no outcome, or not identified by those that came',
      },
      { expr: figure('realised', 'accuracy') },
      { expr: comparisonVerdict('realised', 'accuracy'), words: comparisonWords },
    )
      .decimals(1)
      .links([asPanelLink(toRunbook('ModelPerformanceBelowCrossValidated'))]),
    stat(
      {
        title: 'Estimated accuracy',
        description:
          'What the calibrated scores of all predictions in the window promise, before any outcome is there. It sees that cases have become harder; it cannot see that the same features have come to mean another risk. It is in doubt while inputs lie outside of what training has seen, or scores come where training had hardly any.',
        unit: 'percentunit',
        noData: 'no prediction in the window',
      },
      { expr: figure('estimated', 'accuracy') },
      {
        expr: estimateVerdict('accuracy'),
        words: { ...comparisonWords, unsure: 'in doubt or too few' },
      },
    )
      .decimals(1)
      .links([asPanelLink(toRunbook('ModelPerformanceEstimatedFalling'))]),
    stat(
      {
        title: 'Observed against expected',
        description: `Positive outcomes less those that the calibrated scores of the same rows promise, in standard deviations. Above 0 there are more than promised. Every ${outcomeRule.designEffect} outcomes count as one, and the error of the calibration is included. Beyond ±${z}, and by more than ${least} of what is expected, the model is no longer right about its population. Σ p(1 − p) counts as ${outcomeRule.minVariance} at least.`,
        unit: 'suffix: σ',
        noData: noOutcome,
      },
      { expr: `max(${of('model:observed_expected:z')})` },
      {
        expr: expectationVerdict,
        words: { good: 'as expected', unsure: 'too few to judge', bad: 'unexpected' },
      },
    )
      .decimals(1)
      .links([asPanelLink(toRunbook('ModelOutcomesUnexpected'))]),
    stat(
      {
        title: 'Outcomes that count',
        description:
          'Outcomes in the window of predictions that are old enough: what every realised figure rests on. They speak for all decisions when neither decision is labelled less than half as often as the other.',
        unit: 'short',
        noData: notCounted,
      },
      { expr: `max(${samples('realised')})` },
      {
        expr: `1 - min(${of('model:outcomes_identified')}) or 0 * max(${samples('realised')})`,
        words: { good: 'for all decisions', unsure: 'of one decision mostly' },
      },
    )
      .decimals(0)
      .links([asPanelLink(toRunbook('ModelOutcomesStopped'))]),
    stat(
      {
        title: 'Coverage',
        description:
          'Outcomes that count in the window as a share of the predictions that became old enough in it. It may exceed 100 % for a while when outcomes of earlier predictions come late.',
        unit: 'percentunit',
        noData: 'no prediction became old enough in the window',
      },
      { expr: `max(${of('model:coverage')})` },
    ).decimals(0),
  ],
};

const figureNames = [
  {
    type: 'value',
    options: {
      accuracy: { text: 'Accuracy', index: 0 },
      roc_auc: { text: 'ROC AUC', index: 1 },
      precision: { text: 'Precision', index: 2 },
      recall: { text: 'Recall', index: 3 },
      f1: { text: 'F1', index: 4 },
      brier: { text: 'Brier score', index: 5 },
      log_loss: { text: 'Log loss', index: 6 },
      calibration_error: { text: 'Calibration error', index: 7 },
    },
  },
];
const openFigure = toDashboard(
  uid,
  'Open this figure',
  ['datasource', 'model', 'version', 'window', 'protected'],
  `var-metric=${variable('__value.raw')}`,
);
const decimals = number('none', 3);
const aucError = `label_replace(max(${of('model:roc_auc_max_error', 'source="realised"')}), "metric", "roc_auc", "", "")`;

const compared: Row = {
  question: 'How good are the answers, and how good should they be?',
  panels: [
    table(
      {
        title: 'Realised, estimated and cross-validated',
        description:
          'Every figure over the chosen window with its 95 % interval, beside what the calibrated scores promise (estimated) and what training found (cross-validated, ± its standard error). A dash: not defined, or not identified by the outcomes that came. AUC error: how far the AUC over score bins can be from that of the scores themselves. A click on a name opens it at the right.',
        unit: 'none',
        noData: notCounted,
      },
      [
        { expr: figure('realised') },
        { expr: intervalEnd('realised', 'lower') },
        { expr: intervalEnd('realised', 'upper') },
        { expr: figure('estimated') },
        { expr: intervalEnd('estimated', 'lower') },
        { expr: intervalEnd('estimated', 'upper') },
        { expr: crossValidated() },
        { expr: `max by (metric) (model_evaluation_standard_error{${version}})` },
        { expr: aucError },
      ],
      'metric',
      [
        {
          from: { label: 'metric' },
          name: 'Figure',
          look: [
            { id: 'mappings', value: figureNames },
            { id: 'links', value: [openFigure] },
          ],
        },
        { from: { query: 'A' }, name: 'Realised', look: decimals },
        { from: { query: 'B' }, name: 'from', look: decimals },
        { from: { query: 'C' }, name: 'to', look: decimals },
        { from: { query: 'D' }, name: 'Estimated', look: decimals },
        { from: { query: 'E' }, name: 'from ', look: decimals },
        { from: { query: 'F' }, name: 'to ', look: decimals },
        { from: { query: 'G' }, name: 'Cross-validated', look: decimals },
        { from: { query: 'H' }, name: '±', look: decimals },
        { from: { query: 'I' }, name: 'AUC error', look: decimals },
      ],
    )
      .height(10)
      .span(14)
      .links([asPanelLink(toRunbook('ModelPerformanceBelowCrossValidated'))]),
    timeSeries(
      {
        title: '$metric over time',
        description:
          'Realised (orange, with its 95 % interval), estimated without outcomes (dashed) and cross-validated in training (grey). Realised leaving estimated means that the same features have come to mean another risk; both falling together means harder cases. Brier score, log loss and calibration error are not estimated: less is better there.',
        unit: 'none',
        noData: 'no outcome in the window, or the figure is not identified by those that came',
      },
      [
        { expr: figure('realised', '$metric'), legend: 'realised' },
        { expr: figure('estimated', '$metric'), legend: 'estimated' },
        { expr: crossValidated('$metric'), legend: 'cross-validated' },
        { expr: intervalEnd('realised', 'lower', '$metric'), legend: '95 % from' },
        { expr: intervalEnd('realised', 'upper', '$metric'), legend: '95 % to' },
      ],
    )
      .height(10)
      .span(10)
      .decimals(3)
      .overrideByQuery('A', [...asLive, { id: 'custom.fillOpacity', value: 0 }])
      .overrideByQuery('B', asLimit())
      .overrideByQuery('C', [...asReference])
      .overrideByQuery('D', asIntervalEnd(colours.live))
      .overrideByQuery('E', asIntervalEnd(colours.live, '95 % from')),
  ],
};

const shareOfAll = (source: Source) =>
  `${confusionCells(source)} / on () group_left () (sum(${confusionCells(source)}) > 0)`;

const decisions: Row = {
  question: 'What came of the decisions?',
  panels: [
    matrix(
      {
        title: 'Confusion matrix, realised',
        description:
          'Outcomes that count in the window: a row for each class that was predicted, a column for each that it turned out to be.',
        unit: 'short',
        noData: noOutcome,
      },
      { expr: confusion('realised') },
      'prediction',
      'outcome',
    ).decimals(0),
    matrix(
      {
        title: 'Confusion matrix, estimated',
        description:
          'All predictions in the window, each counted by its calibrated probability: what the outcomes would be if the scores are right. Compare the shares at the right, for the rows differ in number.',
        unit: 'short',
        noData: 'no prediction in the window',
      },
      { expr: confusion('estimated') },
      'prediction',
      'outcome',
    ).decimals(0),
    table(
      {
        title: 'The same as shares of all',
        description:
          'Each cell of both matrices as a share of its own total. Where outcomes come for one decision only, realised shares say nothing of the other.',
        unit: 'percentunit',
        noData: notCounted,
      },
      [{ expr: shareOfAll('realised') }, { expr: shareOfAll('estimated') }],
      'cell',
      [
        { from: { label: 'cell' }, name: 'Decision and outcome' },
        { from: { query: 'A' }, name: 'Realised', look: number('percentunit', 1) },
        { from: { query: 'B' }, name: 'Estimated', look: number('percentunit', 1) },
      ],
    )
      .height(6)
      .span(12),
  ],
};

const calibrated = perOutcome('model_score_band:outcome_expected:increase');
const cameTrue = perOutcome('model_score_band:positives');
const overTime = (metric: string) => `max(${of(metric)})`;

const calibration: Row = {
  question: 'Do the scores still mean what they say?',
  panels: [
    bars(
      {
        title: 'Reliability diagram',
        description:
          'For each band of the score, a tenth of the training rows: the share of positive outcomes that the calibrated scores promise (grey outline) and the share that came (orange), over the chosen window. Of the same height: the scores are probabilities. Bands with few outcomes differ by chance; the table at the right says how few.',
        unit: 'percentunit',
        noData: noOutcome,
      },
      [{ expr: calibrated }, { expr: cameTrue }],
      'score_band',
      [
        { from: { label: 'score_band' }, name: 'Score' },
        { from: { query: 'A' }, name: 'expected', look: referenceBars },
        { from: { query: 'B' }, name: 'observed', look: liveBars },
      ],
    )
      .max(1)
      .span(13),
    table(
      {
        title: 'Outcomes by band of the score',
        description: `The bars in numbers. Score: the mean of the model’s own scores, before calibration. σ: how many standard deviations observed is from expected, the error of the calibration included; only where there is enough to say so. The sum of their squares is the χ² below.`,
        unit: 'none',
        noData: noOutcome,
      },
      [
        { expr: `${perBand('model_score_band:outcomes')} > 0` },
        { expr: perOutcome('model_score_band:outcome_scores:increase') },
        { expr: calibrated },
        { expr: cameTrue },
        { expr: perBand('model_score_band:observed_expected:z') },
      ],
      'score_band',
      [
        { from: { label: 'score_band' }, name: 'Band' },
        { from: { query: 'A' }, name: 'Outcomes', look: number('short', 0) },
        { from: { query: 'B' }, name: 'Score', look: number('percentunit', 1) },
        { from: { query: 'C' }, name: 'Expected', look: number('percentunit', 1) },
        { from: { query: 'D' }, name: 'Observed', look: number('percentunit', 1) },
        { from: { query: 'E' }, name: 'σ', look: number('none', 1) },
      ],
    )
      .height(10)
      .span(11),
    timeSeries(
      {
        title: 'Observed against expected',
        description: `Positive outcomes less expected ones in standard deviations, all scores together. Between the dashed lines at ±${z} is what chance does; beyond them the alert asks for a deviation of more than ${least} of what is expected, too.`,
        unit: 'none',
        noData: noOutcome,
      },
      [
        { expr: overTime('model:observed_expected:z'), legend: 'observed − expected' },
        { expr: `${z} + 0 * ${overTime('model:observed_expected:z')}`, legend: 'too many' },
        { expr: `-${z} + 0 * ${overTime('model:observed_expected:z')}`, legend: 'too few' },
      ],
    )
      .overrideByQuery('A', [...asLive, { id: 'custom.fillOpacity', value: 0 }])
      .overrideByQuery('B', asLimit())
      .overrideByQuery('C', asLimit())
      .links([asPanelLink(toRunbook('ModelOutcomesUnexpected'))]),
    timeSeries(
      {
        title: 'Calibration over the bands',
        description: `Sum of the squared σ of the bands (χ²): too many positives in one band are not made up for by too few in another. Above the ceiling, which chance passes at z = ${outcomeRule.bandsZ}, and by more than ${least} of what is expected, the calibration is broken.`,
        unit: 'none',
        noData: 'no band of the score has enough outcomes yet',
      },
      [
        { expr: overTime('model:calibration:chi_square'), legend: 'χ²' },
        { expr: overTime('model:calibration:chi_square_noise_ceiling'), legend: 'noise ceiling' },
      ],
    )
      .overrideByQuery('A', [...asLive])
      .overrideByQuery('B', asLimit())
      .links([asPanelLink(toRunbook('ModelCalibrationBroken'))]),
    timeSeries(
      {
        title: 'Positives to be expected',
        description: `The mean calibrated score over the chosen window (orange) beside the share of positives in training (grey). No outcome is needed. The alert asks for more than ${scoreMeanRule.minChange * 100} % of that share and ${scoreMeanRule.ceilingZ} standard errors between them, over a day or a week.`,
        unit: 'percentunit',
        noData: 'no prediction in the window',
      },
      [
        { expr: overTime('model:score_mean'), legend: 'mean calibrated score' },
        { expr: `max(model_training_positive_ratio{${version}})`, legend: 'positives in training' },
      ],
    )
      .span(24)
      .overrideByQuery('A', [...asLive, { id: 'custom.fillOpacity', value: 0 }])
      .overrideByQuery('B', [...asReference])
      .links([asPanelLink(toRunbook('ModelScoreMeanShifted'))]),
  ],
};

const delayBuckets = `model_outcome_delay_seconds_bucket{${version}}`;
const came = of('model_outcome:delay_seconds_bucket:increase', 'le="+Inf"');
const delay = (quantile: string) =>
  `max(${of('model:outcome_delay_seconds:quantile', `quantile="${quantile}"`)})`;
const delayByOutcome = (quantile: string) =>
  `max by (outcome) (${of('model_outcome:delay_seconds:quantile', `quantile="${quantile}"`)})`;
const received = 'rate(outcomes_received_total{job="vigia"}[$__rate_interval])';

const arrival: Row = {
  question: 'How many outcomes have come, and how late?',
  panels: [
    timeSeries(
      {
        title: 'Coverage by decision',
        description:
          'Outcomes that count as a share of the predictions that became old enough in the window, by the class predicted. When one falls below half of the other, accuracy, recall, F1 and AUC are no longer identified.',
        unit: 'percentunit',
        noData: 'no prediction became old enough in the window',
      },
      [{ expr: coverageByDecision, legend: '{{prediction}}' }],
    ).span(8),
    bars(
      {
        title: 'Coverage by band of the score',
        description:
          'The same by band of the score, a tenth of the training rows. Bands without outcomes are those of which nothing realised is known.',
        unit: 'percentunit',
        noData: 'no prediction became old enough in the window',
      },
      [{ expr: perBand('model_score_band:coverage') }],
      'score_band',
      [
        { from: { label: 'score_band' }, name: 'Score' },
        { from: { query: 'A' }, name: 'labelled', look: liveBars },
      ],
    )
      .span(8)
      .height(8),
    stacked(
      timeSeries(
        {
          title: 'Outcomes received',
          description:
            'Outcomes a second by what became of them, of all models. Duplicates, expired and invalid ones do not count; deferred ones were asked for again.',
          unit: 'cps',
          noData: 'no replica is scraped',
        },
        [
          {
            expr: noneBelow(`sum by (result) (${received})`, `sum(${received})`, 'result'),
            legend: '{{result}}',
          },
        ],
      ),
    )
      .span(8)
      .links([asPanelLink(toRunbook('ModelOutcomesStopped'))]),
    bucketHeatmap(
      {
        title: 'How late outcomes come',
        description:
          'Outcomes by the time since their prediction: the darker, the more. If one class comes later than the other, recent figures lean to the class that comes first: OUTCOME_MATURITY_DAYS guards against that.',
        unit: 's',
        noData: 'no outcome in this time',
      },
      { expr: `sum by (le) (rate(${delayBuckets}[$__rate_interval]))`, legend: '{{le}}' },
    )
      .span(8)
      .height(8),
    timeSeries(
      {
        title: 'Delay',
        description:
          'How long after their prediction the outcomes of the window came, of both classes: half and ninety-five of a hundred were there by then. Realised figures speak of predictions as old as that.',
        unit: 's',
        noData: 'no outcome in the window',
      },
      [
        { expr: delay('0.5'), legend: 'half within' },
        { expr: delay('0.95'), legend: '95 % within' },
      ],
    ).span(8),
    table(
      {
        title: 'Delay by outcome',
        description:
          'The same for each class: how many outcomes of the window came, due to count or not, and by when half and ninety-five of a hundred of them were there.',
        unit: 's',
        noData: 'no outcome in the window',
      },
      [
        { expr: `sum by (outcome) (${came}) > 0` },
        { expr: delayByOutcome('0.5') },
        { expr: delayByOutcome('0.95') },
      ],
      'outcome',
      [
        { from: { label: 'outcome' }, name: 'Outcome' },
        { from: { query: 'A' }, name: 'Came', look: number('short', 0) },
        { from: { query: 'B' }, name: 'Half within', look: number('s', 1) },
        { from: { query: 'C' }, name: '95 % within', look: number('s', 1) },
      ],
    )
      .span(8)
      .height(8),
  ],
};

const byBand = (metric: string) => `sum by (score_band) (${of(metric)})`;
const inBin = (matcher = '') => of('model_feature_bin:decisions:increase', matcher);
const approvedIn = (matcher?: string) => approvedBy('feature, bin', inBin(matcher));
const group = (expr: string) => `label_join(${shortBins(expr)}, "group", ": ", "feature", "bin")`;

const approval: Row = {
  question: 'Who is approved, and are groups treated alike?',
  panels: [
    bars(
      {
        title: 'Approval and bad rate by band of the score',
        description:
          'For each band of the score over the chosen window: the share that was not predicted to be the positive class, of which the model warns (grey outline), and the share of outcomes that were (orange). The higher the score, the worse the outcomes should be.',
        unit: 'percentunit',
        noData: 'no prediction in the window',
      },
      [
        {
          expr: `sum by (score_band) (${of('model_score_band:predictions', 'predicted="negative"')}) / (${byBand('model_score_band:predictions')} > 0)`,
        },
        { expr: cameTrue },
      ],
      'score_band',
      [
        { from: { label: 'score_band' }, name: 'Score' },
        { from: { query: 'A' }, name: 'approved', look: referenceBars },
        { from: { query: 'B' }, name: 'bad', look: liveBars },
      ],
    )
      .max(1)
      .span(12),
    bars(
      {
        title: 'Approval rate by $protected',
        description:
          'Share of the predictions over the chosen window that are not the class the model warns of, by bin of the protected feature. It says who is approved how often, not why: groups may differ in risk.',
        unit: 'percentunit',
        noData: 'the model names no protected feature, or no prediction in the window',
      },
      [{ expr: shortBins(`max by (bin) (${approvedIn('feature="$protected"')})`) }],
      'bin',
      [
        { from: { label: 'bin' }, name: 'Bin', look: [{ id: 'mappings', value: binNames }] },
        { from: { query: 'A' }, name: 'approved', look: liveBars },
      ],
    )
      .max(1)
      .span(12),
    table(
      {
        title: 'Approval by bin of every protected feature',
        description:
          'Of the highest: the approval rate as a share of the highest among the bins of the same feature. Below 80 % many ask for a reason (the four-fifths rule); where few requests are behind a bin it may be chance.',
        unit: 'none',
        noData: 'the model names no protected feature, or no prediction in the window',
      },
      [
        { expr: group(`sum by (feature, bin) (${inBin()}) > 0`) },
        { expr: group(approvedIn()) },
        {
          expr: group(
            `(${approvedIn()}) / on (feature) group_left () (max by (feature) (${approvedIn()}) > 0)`,
          ),
        },
      ],
      'group',
      [
        { from: { label: 'group' }, name: 'Feature and bin' },
        { from: { query: 'A' }, name: 'Predictions', look: number('short', 0) },
        { from: { query: 'B' }, name: 'Approved', look: number('percentunit', 1) },
        { from: { query: 'C' }, name: 'Of the highest', look: number('percentunit', 0) },
      ],
    ),
  ],
};

const alertNames = 'ModelOutcomes.+|ModelCalibration.+|ModelPerformance.+';
const alerts = `max by (alertname, alertstate, severity, version, metric, window) (ALERTS{alertname=~"${alertNames}",model="$model"})`;
const ofVersions = (source: Source, metric: string) =>
  `max by (version) (model:performance{model="$model",window="$window",source="${source}",metric="${metric}"})`;
const toVersion: DataLink = toDashboard(
  uid,
  'Show this version',
  ['datasource', 'model', 'window', 'metric'],
  `var-version=${variable('__value.text')}`,
);

const versions: Row = {
  question: 'Which version does how well, and which alerts fire?',
  panels: [
    table(
      {
        title: 'Versions side by side',
        description:
          'Every version of the model that was counted over the chosen window, on the requests that it answered itself: versions that answer different populations are not compared by this. A click on a version shows this dashboard for it.',
        unit: 'none',
        noData: 'no version was counted in the window',
      },
      [
        {
          expr: 'sum by (version) (model:performance_samples{model="$model",window="$window",source="estimated"})',
        },
        {
          expr: 'sum by (version) (model:performance_samples{model="$model",window="$window",source="realised"})',
        },
        { expr: ofVersions('realised', 'accuracy') },
        { expr: ofVersions('estimated', 'accuracy') },
        { expr: ofVersions('realised', 'roc_auc') },
        { expr: ofVersions('estimated', 'roc_auc') },
        { expr: 'max by (version) (model:observed_expected:z{model="$model",window="$window"})' },
      ],
      'version',
      [
        { from: { label: 'version' }, name: 'Version', look: [{ id: 'links', value: [toVersion] }] },
        { from: { query: 'A' }, name: 'Predictions', look: number('short', 0) },
        { from: { query: 'B' }, name: 'Outcomes', look: number('short', 0) },
        { from: { query: 'C' }, name: 'Accuracy', look: number('percentunit', 1) },
        { from: { query: 'D' }, name: 'Estimated', look: number('percentunit', 1) },
        { from: { query: 'E' }, name: 'ROC AUC', look: number('none', 3) },
        { from: { query: 'F' }, name: 'Estimated AUC', look: number('none', 3) },
        { from: { query: 'G' }, name: 'σ', look: number('none', 1) },
      ],
    ).span(14),
    alertsTable(
      {
        title: 'Alerts on performance',
        description:
          'Pending alerts hold, but not yet for as long as the rule asks; firing ones have been sent. docs/alerts.md says what to do about each.',
        noData: 'no alert is pending or firing',
      },
      orNoAlert(alerts),
      [
        { from: { label: 'version' }, name: 'Version' },
        { from: { label: 'metric' }, name: 'Figure' },
        { from: { label: 'window' }, name: 'Window' },
      ],
    ).span(10),
  ],
};

/** Is it as good as in training, how good is it, what came of the decisions, can the scores be believed, and by what? */
export function modelPerformance(): Dashboard {
  return compose({
    uid,
    title: 'Model performance',
    description:
      'Whether the answers are as good as they were in training: realised from the outcomes that came, beside what is estimated without them. From top to bottom: the verdict, the figures, the decisions, the calibration, the outcomes behind it, the groups, the versions.',
    from: 'now-24h',
    variables: [
      variables.datasource,
      variables.model,
      variables.version,
      variables.outcomeWindow,
      variables.metric,
      variables.protectedFeature,
    ],
    annotations: [
      alertAnnotation(`alertname=~"${alertNames}",model="$model"`),
      versionAnnotation('model="$model"'),
    ],
    rows: [glance, compared, decisions, calibration, arrival, approval, versions],
  });
}
