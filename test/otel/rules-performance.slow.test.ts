import assert from 'node:assert/strict';
import { comparisonError } from '../../bench/outcomes-comparison.ts';
import { createHistogram, histogramQuantile } from '../../src/monitor/histogram.ts';
import { createOutcomeDelays } from '../../src/monitor/outcome-delays.ts';
import { compareBands, compareObserved, testCalibration } from '../../src/monitor/performance-calibration.ts';
import { comparedWith } from '../../src/monitor/performance-comparison.ts';
import { measureCoverage } from '../../src/monitor/performance-coverage.ts';
import { estimatedFigures, realisedFigures } from '../../src/monitor/performance-figures.ts';
import { trainingShare } from '../../src/monitor/performance-reference.ts';
import { scoreBandEdges } from '../../src/monitor/score-bands.ts';
import { compareScoreMean } from '../../src/monitor/score-mean.ts';
import { binLabels } from '../../src/stats/binning.ts';
import { learntOf } from '../support/model-parts.ts';
import { requireTool } from '../support/tools.ts';
import { near } from './support/near.ts';
import {
  artifact,
  cells,
  model,
  type PerformancePhase,
  performanceSeries,
  windowSums,
} from './support/performance-series.ts';
import { type Pace, type Query, runRuleTest, spanOf } from './support/promtool.ts';
import { counter, replicaLabels, type Series, type Span, sum } from './support/series.ts';

const thirdBand = binLabels({ kind: 'numeric', edges: scoreBandEdges(learntOf(artifact).bins.edges) })[2];

/** Every figure that Prometheus records is what `src/monitor` makes of the same counts. */
function agree(replicas: readonly (readonly PerformancePhase[])[], window: string, at: string): Query[] {
  const sums = windowSums(replicas, window, at);
  const coverage = measureCoverage(cells, sums);
  const realised = realisedFigures(cells, sums);
  const estimated = estimatedFigures(cells, sums, learntOf(artifact).bins);
  const whole = (value: number | null) => (coverage.isIdentified ? value : null);
  const figure = (source: string, metric: string, value: number | null) =>
    near(at, 'model:performance', { source, metric, window }, value);
  const error = (source: string, metric: string, value: number | null) =>
    near(at, 'model:performance_standard_error', { source, metric, window }, value);
  const known = comparedWith(learntOf(artifact).evaluation, learntOf(artifact).bins);
  const { positives, rows } = learntOf(artifact);
  const calibrationError = (metric: string, value: number | null) =>
    near(at, 'model:performance_calibration_error', { source: 'estimated', metric, window }, value);
  const scoreMean = compareScoreMean(
    cells,
    sums,
    trainingShare(artifact) ?? assert.fail('it is of training'),
  );
  const bands = compareBands(cells, sums, learntOf(artifact).bins.counts);
  const observed = compareObserved(bands);
  const calibration = testCalibration(bands);
  return [
    near(at, 'model:performance_samples', { source: 'realised', window }, realised.samples),
    near(at, 'model:performance_samples', { source: 'estimated', window }, estimated.samples),
    ...(['accuracy', 'recall', 'f1'] as const).flatMap((metric) => [
      figure('realised', metric, whole(realised[metric].value)),
      figure('estimated', metric, estimated[metric].value),
    ]),
    figure('realised', 'precision', realised.precision.value),
    figure('estimated', 'precision', estimated.precision.value),
    figure('realised', 'roc_auc', whole(realised.rocAuc.value)),
    figure('estimated', 'roc_auc', estimated.rocAuc.value),
    figure('realised', 'brier', realised.brier),
    figure('realised', 'log_loss', realised.logLoss),
    figure('realised', 'calibration_error', realised.expectedCalibrationError),
    near(at, 'model:roc_auc_max_error', { source: 'realised', window }, realised.rocAuc.maxError),
    error('realised', 'accuracy', whole(realised.accuracy.standardError)),
    error('realised', 'precision', realised.precision.standardError),
    error('realised', 'f1', whole(realised.f1.standardError)),
    error('realised', 'roc_auc', whole(realised.rocAuc.standardError)),
    ...(['accuracy', 'precision', 'recall', 'f1'] as const).map((metric) =>
      error('estimated', metric, estimated[metric].standardError),
    ),
    error('estimated', 'roc_auc', estimated.rocAuc.standardError),
    calibrationError('accuracy', estimated.accuracy.calibrationError),
    calibrationError('roc_auc', estimated.rocAuc.calibrationError),
    near(at, 'model:coverage', { window }, coverage.all.share),
    near(at, 'model_decision:coverage', { predicted: 'negative', window }, coverage.byDecision[0].share),
    near(at, 'model_decision:coverage', { predicted: 'positive', window }, coverage.byDecision[1].share),
    near(at, 'model_score_band:coverage', { score_band: thirdBand, window }, coverage.byBand[2].share),
    near(at, 'model:observed_expected:z', { window }, observed.z),
    near(at, 'model:observed_expected:effect_ratio', { window }, observed.effect),
    near(
      at,
      'model:calibration:chi_square',
      { window },
      calibration.bands > 0 ? calibration.chiSquare : null,
    ),
    near(at, 'model:score_mean', { window }, scoreMean.mean),
    near(at, 'model:score_mean:z', { window }, scoreMean.z),
    near(at, 'model:calibration:bands', { window }, calibration.bands || null),
    near(at, 'model:calibration:chi_square_noise_ceiling', { window }, calibration.ceiling),
    near(at, 'model:calibration:effect_ratio', { window }, calibration.effect),
    ...(['accuracy', 'rocAuc'] as const).flatMap((metric) => {
      const value = whole(realised[metric].value);
      const alike = comparisonError(metric, realised, known, { positives, negatives: rows - positives });
      const errors = 1 - (known[metric]?.value ?? Number.NaN);
      const labels = { metric: metric === 'rocAuc' ? 'roc_auc' : metric, window };
      const effect = value && (1 - value) / errors - 1;
      return [
        near(at, 'model:performance:effect_ratio', { source: 'realised', ...labels }, effect),
        near(at, 'model:performance:comparison_error', labels, whole(alike)),
      ];
    }),
  ];
}

const steady: PerformancePhase[] = [
  { from: '0m', traffic: { predictions: 20, risk: (p) => Math.min(1, p * 1.2) } },
];
const changing: PerformancePhase[] = [
  { from: '0m', traffic: { predictions: 7, labelled: () => 0.5 } },
  { from: '10m', traffic: { predictions: 31, risk: (p) => 0.9 * p + 0.02, weight: (bin) => 50 - bin } },
];
const declined: PerformancePhase[] = [
  { from: '0m', traffic: { predictions: 60, labelled: ({ isPositive }) => (isPositive ? 0.02 : 1) } },
];

describe('the performance rules', () => {
  const stories: [string, PerformancePhase[][], Pace, string[], string][] = [
    ['over replicas and short windows', [steady, changing], 'ten minutes', ['10m', '1h'], '80m'],
    ['over long windows', [steady, changing], 'five minutes', ['24h', '7d'], '2h'],
    ['where the declined have no outcome', [declined], 'ten minutes', ['10m', '1h'], '70m'],
  ];
  for (const [story, replicas, pace, windows, at] of stories) {
    it(`give the figures of the service ${story}`, async function () {
      await runRuleTest(requireTool(this, 'promtool'), {
        name: story,
        files: ['model-performance'],
        pace,
        series: performanceSeries(replicas, spanOf(pace, at)),
        queries: windows.flatMap((window) => agree(replicas, window, at)),
      });
    });
  }

  for (const [pace, windows, at] of [
    ['ten minutes', ['10m', '1h'], '70m'],
    ['five minutes', ['24h', '7d'], '2h'],
  ] as const) {
    it(`give the delay of outcomes as the service does, over ${windows.join(' and ')}`, async function () {
      await runRuleTest(requireTool(this, 'promtool'), {
        name: 'delays',
        files: ['model-performance'],
        pace,
        series: delaySeries(spanOf(pace, at)),
        queries: windows.flatMap((window) => agreeOnDelays(window, at)),
      });
    });
  }
});

/** How many outcomes come in a minute by how late they are, on each of two replicas; none of a third class. */
const perMinute = {
  good: [
    [0, 1, 3, 0, 4, 6, 2, 0, 0, 0, 0, 0],
    [2, 0, 0, 0, 5, 5, 1, 0, 0, 0, 0, 0],
  ],
  bad: [
    [0, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2],
  ],
  never: [new Array<number>(12).fill(0)],
};
const { boundaries } = createOutcomeDelays(2).histograms[0];

function delaySeries(span: Span): Series[] {
  return Object.entries(perMinute).flatMap(([outcome, replicas]) =>
    replicas.flatMap((counts, replica) =>
      [...boundaries, '+Inf'].map((le, bucket) => ({
        metric: 'model_outcome_delay_seconds_bucket',
        labels: { ...model, outcome, le: String(le), ...replicaLabels(replica) },
        values: counter([{ from: '0m', perMinute: sum(counts.slice(0, bucket + 1)) }], span),
      })),
    ),
  );
}

function agreeOnDelays(window: string, at: string): Query[] {
  const quantile = (q: number, replicas: readonly number[][]) => {
    const histogram = createHistogram(boundaries);
    for (const counts of replicas) {
      for (const [bucket, count] of counts.entries()) histogram.counts[bucket] += count;
    }
    return histogramQuantile(histogram, q);
  };
  return [0.5, 0.95].flatMap((q) => {
    const labels = { window, quantile: String(q) };
    return [
      near(
        at,
        'model:outcome_delay_seconds:quantile',
        labels,
        quantile(q, Object.values(perMinute).flat()),
        1e-3,
      ),
      ...Object.entries(perMinute).map(([outcome, replicas]) =>
        near(at, 'model_outcome:delay_seconds:quantile', { ...labels, outcome }, quantile(q, replicas), 1e-3),
      ),
    ];
  });
}
