import assert from 'node:assert/strict';
import { near } from '../otel/support/near.ts';
import { runRuleTest } from '../otel/support/promtool.ts';
import type { Labels, Series } from '../otel/support/series.ts';

/** The last value of one series. */
export type Sample = { readonly metric: string; readonly labels: Labels; readonly value: number };

/**
 * Everything that one replica exposed about predictions and outcomes at the end: the samples of {@link outcomeMetrics}.
 */
export type Counted = readonly Sample[];

/** The metrics that performance is computed from, as a regular expression. */
export const outcomeMetrics =
  'model_(score_bin|outcome|class|evaluation|training|feature_bin_outcomes)[a-z_]*';

/** What `npm run evaluate -- --json` prints and `/performance` shows for one model. */
type Evaluation = any;
type Shown = any;

const cells = ['truePositives', 'falsePositives', 'trueNegatives', 'falseNegatives'] as const;

/** The figures that follow exactly from the counts, and what the rules call them. */
export const exactFigures = [
  ['accuracy', 'accuracy'],
  ['precision', 'precision'],
  ['recall', 'recall'],
  ['f1', 'f1'],
  ['brier', 'brier'],
  ['logLoss', 'log_loss'],
] as const;

/** Reads a Prometheus exposition. */
export function readCounted(text: string): Counted {
  const lines = text.matchAll(new RegExp(`^(${outcomeMetrics})\\{(.*)\\} (\\S+)$`, 'gm'));
  return [...lines].map(([, metric, , labels, value]) => ({
    metric,
    labels: Object.fromEntries(
      [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, label]) => [name, label]),
    ),
    value: Number(value),
  }));
}

/** Adds up a counter over its labels and over replicas. */
export function sumOf(counted: Iterable<Counted>, name: string): number {
  let sum = 0;
  for (const samples of counted) {
    for (const { metric, value } of samples) if (metric === name) sum += value;
  }
  return sum;
}

/**
 * The same rows are in the counters of all replicas, in what each of them shows, and in their files; so are the
 * confusion matrix, the Brier score and the log-loss.
 */
export function expectSameCounts(
  predictions: number,
  counted: readonly Counted[],
  shown: readonly Shown[],
  evaluation: Evaluation,
): void {
  assert.equal(evaluation.samples, predictions);
  assert.deepEqual(evaluation.coverage.all, { predictions, labelled: predictions, share: 1 });
  assert.equal(sumOf(counted, 'model_outcomes_total'), predictions);
  assert.equal(sumOf(counted, 'model_score_bin_predictions_total'), predictions);
  // the model has one protected feature
  assert.equal(sumOf(counted, 'model_feature_bin_outcomes_total'), predictions);
  const realised = shown.map(({ sinceStart }) => sinceStart.realised);
  const addUp = (value: (figures: any) => number) => realised.reduce((sum, one) => sum + value(one), 0);
  for (const cell of cells) {
    assert.equal(
      addUp(({ confusion }) => confusion[cell]),
      evaluation.confusion[cell],
      cell,
    );
  }
  for (const [name, counter] of [
    ['brier', 'model_outcome_squared_errors_total'],
    ['logLoss', 'model_outcome_log_losses_total'],
  ]) {
    const told = addUp(({ samples, [name]: mean }) => samples * mean) / predictions;
    assert.ok(Math.abs(told - evaluation[name]) < 1e-9, name);
    assert.ok(Math.abs(sumOf(counted, counter) / predictions - evaluation[name]) < 1e-9, counter);
  }
}

/**
 * Asserts that the rules compute the figures of the files from the replicas' counters: to 1e-9, the AUC within its
 * bound.
 */
export async function expectSameFigures(
  promtool: string,
  counted: readonly Counted[],
  evaluation: Evaluation,
): Promise<void> {
  const at = '10m';
  const labels = { source: 'realised', window: '1h' };
  const figure = (metric: string, value: number, error = 1e-9) =>
    near(at, 'model:performance', { ...labels, metric }, value, error);
  const { binned } = evaluation;
  await runRuleTest(promtool, {
    name: 'the counters of all replicas',
    files: ['model-performance'],
    pace: 'minute',
    series: counted.flatMap((samples, i) => samples.map((sample) => toSeries(sample, `replica-${i}`))),
    queries: [
      near(at, 'model:performance_samples', labels, evaluation.samples, 1e-6),
      ...exactFigures.map(([name, metric]) => figure(metric, evaluation[name])),
      figure('calibration_error', evaluation.expectedCalibrationError),
      figure('calibration_error', binned.expectedCalibrationError),
      figure('roc_auc', binned.rocAuc),
      figure('roc_auc', evaluation.rocAuc, binned.rocAucMaxError),
      near(at, 'model:roc_auc_max_error', labels, binned.rocAucMaxError, 1e-9),
      near(at, 'model:coverage', { window: '1h' }, 1, 1e-9),
    ],
  });
  assert.ok(binned.rocAucMaxError < 0.05);
}

/** A counter that was 0 and has its last value from the next minute on; a gauge that always had it. */
function toSeries({ metric, labels, value }: Sample, instance: string): Series {
  const isCounter = /_(total|count|sum|bucket)$/.test(metric);
  return {
    metric,
    labels: { ...labels, job: 'vigia', instance },
    values: isCounter ? `0 ${value}x20` : `${value}x21`,
  };
}
