import { outcomeRule } from '../monitor/performance-calibration.ts';
import { compared } from './performance-figure-rules.ts';
import { byModel, byWindow, withRole } from './performance-labels.ts';
import { promql } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';

type Side = 'live' | 'training';

const figures = 'model:performance:compared';
const outcomes = 'model:outcomes:compared';
const variance = 'model:performance:comparison_variance';

const figure = (metric: string, of: Side) =>
  `sum by (${byWindow}) (${figures}{metric="${metric}", figure="${of}"})`;
const rows = (side: Side, actual = '') => `sum by (${byWindow}) (${outcomes}{side="${side}"${actual}})`;

/** The variance of a figure of so many rows: of a share, and of an AUC as `rocAucStandardError` in `src/stats` has it. */
const varianceOf = {
  accuracy: (of: Side, side: Side) => {
    const share = figure('accuracy', of);
    return promql`
      ${share} * (1 - ${share})
        / ${rows(side)}`;
  },
  roc_auc: (of: Side, side: Side) => {
    const area = figure('roc_auc', of);
    const positives = rows(side, ', actual="positive"');
    const negatives = rows(side, ', actual="negative"');
    return promql`
      clamp_min(
        ${area} * (1 - ${area})
          + (${positives} - 1) * (${area} / (2 - ${area}) - ${area} ^ 2)
          + (${negatives} - 1) * (2 * ${area} ^ 2 / (1 + ${area}) - ${area} ^ 2),
        0)
        / (${positives} * ${negatives} > 0)`;
  },
};

/** What is known of the training rows, in each window that has the figure or the count of the live ones. */
const inEveryWindow = (live: string, labels: string, known: string) =>
  `0 * ${live} + on (${labels}) group_left () ${known}`;
const ofTraining = (metric: string) => `max by (${byModel}, metric) (${metric})`;

/**
 * How far a realised figure can be from that of the model file when nothing has changed. Few errors, or few positives,
 * on either side may look better than they are by chance, and then their own standard error is too small as well. So the
 * variance of each side is taken at its own figure and at the other's, and the larger one counts.
 */
export const comparison: readonly RecordingRule[] = [
  {
    record: figures,
    labels: { figure: 'live' },
    expr: `sum by (${byWindow}, metric) (model:performance{source="realised", metric=~"${compared}"})`,
  },
  {
    record: figures,
    labels: { figure: 'training' },
    expr: inEveryWindow(
      `${figures}{figure="live"}`,
      `${byModel}, metric`,
      ofTraining('model_performance_reference'),
    ),
  },
  {
    record: outcomes,
    labels: { side: 'live' },
    expr: `sum by (${byWindow}, actual) (model_confusion:rows{source="realised"})`,
  },
  {
    record: outcomes,
    labels: { side: 'training' },
    expr: inEveryWindow(
      `${outcomes}{side="live"}`,
      `${byModel}, actual`,
      promql`
        sum by (${byModel}, actual) (
          ${withRole(`sum by (${byModel}, outcome) (max by (${byModel}, score_bin, outcome) (model_score_bin_reference_rows))`, 'outcome', 'actual')}
        )`,
    ),
  },
  ...(['accuracy', 'roc_auc'] as const).flatMap((metric) =>
    (
      [
        { side: 'live', figure: 'live' },
        { side: 'live', figure: 'training' },
        { side: 'training', figure: 'live' },
      ] as const
    ).map(({ side, figure }) => ({
      record: variance,
      labels: { metric, side, figure },
      expr: varianceOf[metric](figure, side),
    })),
  ),
  {
    record: variance,
    labels: { side: 'training', figure: 'training' },
    expr: inEveryWindow(
      `${figures}{figure="live"}`,
      `${byModel}, metric`,
      `${ofTraining('model_evaluation_standard_error')} ^ 2`,
    ),
  },
  {
    record: 'model:performance:comparison_error',
    expr: promql`
      sqrt(
        ${outcomeRule.designEffect} * max by (${byWindow}, metric) (${variance}{side="live"})
          + max by (${byWindow}, metric) (${variance}{side="training"})
      )`,
  },
];
