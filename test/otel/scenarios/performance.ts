import { defaultAlertSettings } from '../../../src/alerts/alert-settings.ts';
import {
  compareBands,
  compareObserved,
  testCalibration,
} from '../../../src/monitor/performance-calibration.ts';
import { comparedWith } from '../../../src/monitor/performance-comparison.ts';
import { estimatedFigures, realisedFigures } from '../../../src/monitor/performance-figures.ts';
import { learntOf } from '../../support/model-parts.ts';
import {
  artifact,
  cells,
  middle,
  model,
  type PerformancePhase,
  performanceSeries,
  windowSums,
} from '../support/performance-series.ts';
import type { Firing, Scenario } from '../support/scenario.ts';
import { counter, gauge, type Series, type Span } from '../support/series.ts';

const { minPredictions } = defaultAlertSettings.thresholds;

const files = ['model-performance'];
const window = '24h';

/** The risk of everyone rises by four tenths of a whole. */
const riskier: PerformancePhase[] = [
  { from: '0m', traffic: { predictions: 6 } },
  { from: '2h', traffic: { predictions: 6, risk: (p) => Math.min(1, p + 0.4) } },
  { from: '4h', traffic: { predictions: 100 } },
];
/** Low scores mean more risk than high ones; over all there is as much as before. */
const reversed: PerformancePhase[] = [
  { from: '0m', traffic: { predictions: 10 } },
  {
    from: '2h',
    traffic: { predictions: 20, risk: (p) => Math.max(0, 2 * learntOf(artifact).prevalence - p) },
  },
  { from: '4h', traffic: { predictions: 300 } },
];
/** Only applicants whose scores are close to the threshold, and all alike. */
const harder: PerformancePhase[] = [
  { from: '0m', traffic: { predictions: 10, labelled: () => 0 } },
  {
    from: '2h',
    traffic: {
      predictions: 60,
      labelled: () => 0,
      weight: (bin) => (Math.abs(middle(bin) - 0.47) < 0.02 ? 1 : 0),
    },
  },
  { from: '4h', traffic: { predictions: 600, labelled: () => 0 } },
];

function firing(phases: readonly PerformancePhase[], at: string) {
  const sums = windowSums([phases], window, at);
  const bands = compareBands(cells, sums, learntOf(artifact).bins.counts);
  const on = (value: number | null, labels: Record<string, string> = {}): Firing => {
    if (value === null) throw new Error('the window is empty');
    return { labels: { ...model, ...labels }, value };
  };
  const against = (source: 'realised' | 'estimated', metric: 'accuracy' | 'rocAuc') => {
    const figures =
      source === 'realised'
        ? realisedFigures(cells, sums)
        : estimatedFigures(cells, sums, learntOf(artifact).bins);
    const difference =
      (figures[metric].value ?? Number.NaN) -
      (comparedWith(learntOf(artifact).evaluation, learntOf(artifact).bins)[metric]?.value ?? Number.NaN);
    const name = metric === 'rocAuc' ? 'roc_auc' : metric;
    return on(difference, { metric: name });
  };
  return {
    unexpected: on(Math.abs(compareObserved(bands).z ?? Number.NaN)),
    uncalibrated: on(testCalibration(bands).chiSquare),
    scoreMean: on(
      sums.expectedPositives.reduce((sum, value) => sum + value, 0) /
        sums.predictions.reduce((sum, value) => sum + value, 0),
    ),
    against,
  };
}

/** The estimate is low for 80 minutes. The day never has enough predictions for a verdict, the week does from 30 minutes on. */
function estimateSeries(span: Span): Series[] {
  const series = (metric: string, labels: Record<string, string>, values: Series['values']): Series => ({
    metric,
    labels: { ...model, ...labels },
    values,
  });
  const constant = (value: number) => gauge([['0m', value]], span);
  const accuracy = { metric: 'accuracy' };
  const estimated = { ...accuracy, source: 'estimated' };
  return [
    series('model_performance_reference', accuracy, constant(0.75)),
    series('model_evaluation_standard_error', accuracy, constant(0.01)),
    ...(['24h', '7d'] as const).flatMap((window) => [
      series(
        'model:performance',
        { ...estimated, window },
        gauge(
          [
            ['0m', 0.5],
            ['80m', 0.75],
          ],
          span,
        ),
      ),
      series('model:performance_standard_error', { ...estimated, window }, constant(0.02)),
      series('model:performance_calibration_error', { ...estimated, window }, constant(0.01)),
      series(
        'model:performance_samples',
        { source: 'estimated', window },
        window === '24h'
          ? constant(minPredictions - 1)
          : gauge(
              [
                ['0m', minPredictions - 1],
                ['30m', minPredictions],
              ],
              span,
            ),
      ),
    ]),
  ];
}

const day = 1440;
const reports = [
  ...Array.from({ length: 9 }, (_, i) => [{ from: `${i * 24}h`, perMinute: 100 / day }]).flat(),
  { from: '216h', perMinute: 0 },
  { from: '246h', perMinute: 100 / day },
];

export const performanceScenarios: readonly Scenario[] = [
  {
    name: 'the same features come to mean another risk',
    files,
    pace: 'five minutes',
    until: '7h',
    series: (span) => performanceSeries([riskier], span),
    courses: [
      {
        alert: 'ModelOutcomesUnexpected',
        silent: ['1h', '2h'],
        firing: { '4h': [firing(riskier, '4h').unexpected] },
        resolved: ['7h'],
      },
      {
        alert: 'ModelPerformanceBelowCrossValidated',
        silent: ['1h', '2h'],
        firing: { '4h': [firing(riskier, '4h').against('realised', 'accuracy')] },
        resolved: ['7h'],
      },
      { alert: 'ModelPerformanceEstimatedFalling', silent: ['2h', '4h', '7h'] },
    ],
  },
  {
    name: 'scores come to mean the reverse',
    files,
    pace: 'five minutes',
    until: '7h',
    series: (span) => performanceSeries([reversed], span),
    courses: [
      {
        alert: 'ModelCalibrationBroken',
        silent: ['1h', '2h'],
        firing: { '4h': [firing(reversed, '4h').uncalibrated] },
        resolved: ['7h'],
      },
      { alert: 'ModelOutcomesUnexpected', silent: ['2h', '4h', '7h'] },
    ],
  },
  {
    name: 'only cases come that the model cannot tell apart, and no outcome is there yet',
    files,
    pace: 'five minutes',
    until: '7h',
    series: (span) => performanceSeries([harder], span),
    courses: [
      {
        alert: 'ModelPerformanceEstimatedFalling',
        silent: ['1h', '2h'],
        firing: {
          '4h': [firing(harder, '4h').against('estimated', 'rocAuc')],
        },
        resolved: ['7h'],
      },
      {
        alert: 'ModelScoreMeanShifted',
        silent: ['1h', '2h'],
        firing: { '4h': [firing(harder, '4h').scoreMean] },
        resolved: ['7h'],
      },
      { alert: 'ModelOutcomesUnexpected', silent: ['4h'] },
    ],
  },
  {
    name: 'few requests, of which only a week has enough',
    files,
    pace: 'minute',
    until: '150m',
    series: estimateSeries,
    courses: [
      {
        alert: 'ModelPerformanceEstimatedFalling',
        silent: ['29m', '59m'],
        firing: { '70m': [{ labels: { ...model, metric: 'accuracy' }, value: -0.25 }] },
        resolved: ['145m'],
      },
    ],
  },
  {
    name: 'outcomes stop coming, after a week of them',
    files,
    // It misses two of three increments, and so counts a third.
    pace: 'quarter of an hour',
    until: '260h',
    series: (span) => [
      {
        metric: 'model_outcome_delay_seconds_count',
        labels: { ...model, outcome: 'good', job: 'vigia', instance: 'replica-0' },
        values: counter(reports, span),
      },
    ],
    courses: [
      {
        alert: 'ModelOutcomesStopped',
        silent: ['100h', '216h', '235h'],
        firing: { '243h': [{ labels: { model: model.model }, value: 0 }] },
        resolved: ['250h'],
      },
    ],
  },
];
