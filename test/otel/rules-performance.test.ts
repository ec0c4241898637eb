import { compareObserved, testCalibration } from '../../src/monitor/performance-calibration.ts';
import { measureCoverage } from '../../src/monitor/performance-coverage.ts';
import { estimatedFigures, realisedFigures } from '../../src/monitor/performance-figures.ts';
import { requireTool } from '../support/tools.ts';
import { near } from './support/near.ts';
import {
  artifact,
  cells,
  type PerformancePhase,
  performanceSeries,
  windowSums,
} from './support/performance-series.ts';
import { type Pace, type Query, runRuleTest, spanOf } from './support/promtool.ts';

/** Every figure that Prometheus records is what `src/monitor` makes of the same counts. */
function agree(replicas: readonly (readonly PerformancePhase[])[], window: string, at: string): Query[] {
  const sums = windowSums(replicas, window, at);
  const coverage = measureCoverage(cells, sums);
  const realised = realisedFigures(cells, sums);
  const estimated = estimatedFigures(cells, sums);
  const whole = (value: number | null) => (coverage.isIdentified ? value : null);
  const figure = (source: string, metric: string, value: number | null) =>
    near(at, 'model:performance', { source, metric, window }, value);
  const error = (source: string, metric: string, value: number | null) =>
    near(at, 'model:performance_standard_error', { source, metric, window }, value);
  const calibration = testCalibration(cells, sums, artifact.score.bins.counts);
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
    error('estimated', 'recall', estimated.recall.standardError),
    error('realised', 'f1', whole(realised.f1.standardError)),
    error('estimated', 'f1', estimated.f1.standardError),
    error('realised', 'roc_auc', whole(realised.rocAuc.standardError)),
    error('estimated', 'roc_auc', estimated.rocAuc.standardError),
    near(at, 'model:coverage', { window }, coverage.all.share),
    near(at, 'model_decision:coverage', { predicted: 'negative', window }, coverage.byDecision[0].share),
    near(at, 'model_decision:coverage', { predicted: 'positive', window }, coverage.byDecision[1].share),
    near(at, 'model_score_band:coverage', { score_band: '0.2-0.3', window }, coverage.byBand[2].share),
    near(
      at,
      'model:observed_expected:z',
      { window },
      compareObserved(
        sums,
        artifact.score.bins.counts.reduce((sum, count) => sum + count, 0),
      ).z,
    ),
    near(at, 'model:calibration:chi_square', { window }, calibration.chiSquare),
    near(at, 'model:calibration:bands', { window }, calibration.bands),
    near(at, 'model:calibration:chi_square_noise_ceiling', { window }, calibration.ceiling),
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
  { from: '0m', traffic: { predictions: 20, labelled: ({ isPositive }) => (isPositive ? 0.02 : 1) } },
];

describe('the performance rules', function () {
  this.timeout(120_000);
  const stories: [string, PerformancePhase[][], Pace, string[], string][] = [
    ['over replicas and short windows', [steady, changing], 'minute', ['10m', '1h'], '75m'],
    ['over long windows', [steady, changing], 'five minutes', ['24h', '7d'], '2h'],
    ['where the declined have no outcome', [declined], 'minute', ['10m', '1h'], '70m'],
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
});
