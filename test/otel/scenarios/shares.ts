import { shareDesignEffect } from '../../../src/monitor/risen-share.ts';
import { binomialCeiling } from '../../../src/stats/binomial-ceiling.ts';
import type { Scenario } from '../support/scenario.ts';
import {
  counter,
  labelsOf,
  replicaLabels,
  type Series,
  type Span,
  type Variable,
  variableSeries,
} from '../support/series.ts';

const files = ['model-drift', 'model-shares'];

/** Two of a hundred: far too few for a PSI of 0.1. */
const missing: Variable = {
  feature: 'amount',
  bins: { kind: 'numeric', edges: [10, 20] },
  reference: [300, 400, 300, 0],
  replicas: [
    [
      { from: '0m', counts: [0.6, 0.8, 0.6, 0] },
      { from: '3h', counts: [0.6, 0.8, 0.56, 0.04] },
      { from: '28h', counts: [0.6, 0.8, 0.6, 0] },
    ],
  ],
};

const unseen: Variable = {
  feature: 'purpose',
  bins: { kind: 'categorical', categories: ['car', 'house'], grouped: [] },
  reference: [600, 400, 0, 0],
  replicas: [
    [
      { from: '0m', counts: [1.2, 0.8, 0, 0] },
      { from: '3h', counts: [1.16, 0.8, 0, 0.04] },
      { from: '28h', counts: [1.2, 0.8, 0, 0] },
    ],
  ],
};

/** Always two of a hundred, as in the reference. */
const habitual: Variable = {
  ...missing,
  feature: 'income',
  reference: [300, 400, 280, 20],
  replicas: [[{ from: '0m', counts: [0.6, 0.8, 0.56, 0.04] }]],
};

/** Three of a hundred in another unit: the bins are as they were, but for the last. */
const thousands: Variable = {
  ...missing,
  feature: 'limit',
  replicas: [[{ from: '0m', counts: [0.6, 0.8, 0.6, 0] }]],
};

/** Values outside the range of the reference, as one replica counts them. */
function outsideRange(variable: Variable, perMinute: number, span: Span): Series {
  return {
    metric: 'model_feature_outside_range_total',
    labels: { ...labelsOf(variable), ...replicaLabels(0) },
    values: counter(
      [
        { from: '0m', perMinute: 0 },
        { from: '3h', perMinute },
        { from: '28h', perMinute: 0 },
      ],
      span,
    ),
  };
}

/** Ten inputs a minute, of which a share is refused. */
function inputs(
  model: string,
  span: Span,
  phases: readonly (readonly [from: string, refused: number])[],
): Series[] {
  const labels = { model, version: 'v1', ...replicaLabels(0) };
  const total = phases[0][0] === '0m' ? 10 : 0;
  const idle = total === 0 ? [{ from: '0m', perMinute: 0 }] : [];
  return [
    {
      metric: 'model_predictions_total',
      labels: { ...labels, prediction: 'good' },
      values: counter(
        [...idle, ...phases.map(([from, share]) => ({ from, perMinute: 10 * (1 - share) }))],
        span,
      ),
    },
    {
      metric: 'model_inputs_refused_total',
      labels,
      values: counter([...idle, ...phases.map(([from, share]) => ({ from, perMinute: 10 * share }))], span),
    },
  ];
}

/** Eight predictions a minute, and from the third hour to the fourth so many failures besides. */
function failures(model: string, reason: string, perMinute: number, span: Span): Series[] {
  const labels = { model, version: 'v1', ...replicaLabels(0) };
  return [
    {
      metric: 'model_predictions_total',
      labels: { ...labels, prediction: 'good' },
      values: counter([{ from: '0m', perMinute: 8 }], span),
    },
    {
      metric: 'model_predict_failures_total',
      labels: { ...labels, reason },
      values: counter(
        [
          { from: '0m', perMinute: 0 },
          { from: '3h', perMinute },
          { from: '4h', perMinute: 0 },
        ],
        span,
      ),
    },
  ];
}

const shadowLabels = (shadow: string) => ({
  model: 'champion',
  version: 'v1',
  shadow,
  shadow_version: 's1',
});

/** Rows a minute that a shadow scores, and that it drops from the third hour to the fourth. */
function shadowRows(shadow: string, why: string, [scored, dropped]: [number, number], span: Span): Series[] {
  const labels = { ...shadowLabels(shadow), ...replicaLabels(0) };
  const drops = ['queue_full', 'failed'].map((reason) => ({
    metric: 'model_shadow_rows_dropped_total',
    labels: { ...labels, reason },
    values: counter(
      [
        { from: '0m', perMinute: 0 },
        { from: '3h', perMinute: reason === why ? dropped : 0 },
        { from: '4h', perMinute: 0 },
      ],
      span,
    ),
  }));
  const agreement = {
    metric: 'model_agreement_total',
    labels: { ...labels, prediction: 'good', shadow_prediction: 'good' },
    values: counter([{ from: '0m', perMinute: scored }], span),
  };
  return [...drops, agreement];
}

export const shareScenarios: readonly Scenario[] = [
  {
    name: 'a few values go missing, become unknown or are in another unit for a day and more',
    files,
    pace: 'five minutes',
    until: '56h',
    series: (span) => [
      ...[missing, unseen, habitual, thousands].flatMap((each) => variableSeries(each, span)),
      outsideRange(thousands, 0.06, span),
      // As many as the draw of the extremes explains.
      outsideRange(habitual, 0.02, span),
    ],
    courses: [
      {
        alert: 'ModelFeatureMissing',
        silent: ['3h'],
        firing: { '27h': [{ labels: labelsOf(missing), value: 0.02 }] },
        resolved: ['56h'],
      },
      {
        alert: 'ModelFeatureUnseen',
        silent: ['3h'],
        firing: { '27h': [{ labels: labelsOf(unseen), value: 0.02 }] },
        resolved: ['56h'],
      },
      {
        alert: 'ModelFeatureOutsideRange',
        silent: ['3h'],
        firing: { '27h': [{ labels: labelsOf(thousands), value: 0.03 }] },
        resolved: ['56h'],
      },
      { alert: 'ModelFeatureDrift', silent: ['27h'] },
    ],
    queries: [
      {
        at: '27h',
        expr: `abs(model_feature:outside_range_ratio_noise_ceiling{feature="limit", window="24h"} - ${binomialCeiling(2, 1000, 2880 / shareDesignEffect, 4.5)}) <= bool 1e-6`,
        samples: [{ labels: '{model="credit", version="v1", feature="limit", window="24h"}', value: 1 }],
      },
    ],
  },
  {
    name: 'inputs are rejected more often than the day before',
    files,
    pace: 'five minutes',
    until: '31h',
    series: (span) => [
      ...inputs('credit', span, [
        ['0m', 0.01],
        ['26h', 0.2],
        ['28h', 0.01],
      ]),
      // Nothing before to compare with.
      ...inputs('fresh', span, [
        ['26h', 0.1],
        ['28h', 0],
      ]),
      // As bad as ever.
      ...inputs('habitual', span, [['0m', 0.3]]),
    ],
    courses: [
      {
        alert: 'ModelInputsRefused',
        silent: ['25h', '26h'],
        firing: {
          '1650m': [
            { labels: { model: 'credit', version: 'v1', window: '1h' }, value: 0.2 },
            { labels: { model: 'fresh', version: 'v1', window: '1h' }, value: 0.1 },
          ],
        },
        resolved: ['31h'],
      },
    ],
  },
  {
    name: 'the server of a model fails for one row of five for an hour, and callers of another model go away',
    files,
    pace: 'five minutes',
    until: '8h',
    series: (span) => [
      ...failures('behind', 'timeout', 2, span),
      ...failures('left', 'aborted', 2, span),
      ...failures('seldom', 'timeout', 0.1, span),
    ],
    courses: [
      {
        alert: 'ModelPredictFailing',
        silent: ['3h'],
        firing: { '235m': [{ labels: { model: 'behind', version: 'v1' }, value: 0.2 }] },
        resolved: ['8h'],
      },
    ],
  },
  {
    name: 'a shadow is too slow for one row of five for an hour, and another one scores none',
    files,
    pace: 'five minutes',
    until: '8h',
    series: (span) => [
      ...shadowRows('slow', 'queue_full', [8, 2], span),
      ...shadowRows('broken', 'failed', [0, 10], span),
      ...shadowRows('seldom', 'failed', [8, 0.1], span),
    ],
    courses: [
      {
        alert: 'ModelShadowRowsDropped',
        silent: ['3h'],
        firing: {
          '235m': [
            { labels: shadowLabels('broken'), value: 1 },
            { labels: shadowLabels('slow'), value: 0.2 },
          ],
        },
        resolved: ['8h'],
      },
    ],
  },
];
