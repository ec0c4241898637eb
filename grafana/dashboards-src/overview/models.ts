import { scoreFeature } from '../../../src/model/artifact-schema.ts';
import { dashboards } from '../../../src/rules/dashboard-links.ts';
import { driftRule } from '../../../src/stats/drift.ts';
import type { Row } from '../compose.ts';
import { driftWords, performanceWords, variable } from '../language.ts';
import { toDashboard } from '../links.ts';
import { type Column, inWords, number, table } from '../tables.ts';
import { driftByModel, performanceByModel } from './model-verdicts.ts';

const by = 'model, version';
/** Names model and version in one label, by which the columns are joined. */
const key = (expr: string) => `label_join(${expr}, "key", " ", "model", "version")`;
const perModel = (expr: string) => `max by (key) (${key(expr)})`;

const timesThreshold = `model_feature:psi{window="1h",feature!="${scoreFeature}"} / clamp_min(model_feature:psi_noise_ceiling, ${driftRule.minPsi})`;
/** The feature of each model that moved furthest. */
const furthest = `max by (key, feature) (${key(`topk by (${by}) (1, max by (${by}, feature) (${timesThreshold}))`)})`;
const accuracy = (source: 'realised' | 'estimated') =>
  `max by (${by}) (model:performance{window="24h",source="${source}",metric="accuracy"})`;
const inTime = (metric: string) => `sum by (${by}) (increase(${metric}[$__range]))`;
const orNone = (expr: string) => `${expr} or 0 * count by (${by}) (model_info)`;
const shadows = `count by (${by}) (group by (${by}, shadow, shadow_version) (model_agreement_total))`;

/** Opens a dashboard for the model and version of the row. */
const toModel = (uid: string, title: string): Column['look'] & object => [
  {
    id: 'links',
    value: [
      toDashboard(
        uid,
        title,
        ['datasource'],
        `var-model=${variable('__data.fields.Model:percentencode')}&var-version=${variable('__data.fields.Version:percentencode')}`,
      ),
    ],
  },
];
const share = number('percentunit', 1);
const count = number('locale', 0);

export const models: Row = {
  question: 'How does each model do?',
  panels: [
    table(
      {
        title: 'Models',
        description:
          'Every model version that is loaded, drifting ones first: over the last hour whether its inputs and scores drift, and the feature that moved furthest as a multiple of its threshold; over the last day whether its answers are as good as expected; in this time the rows it failed to predict, its shadows and the rows that those dropped. A click on a verdict opens its dashboard for the model.',
        unit: 'none',
        noData: 'no model is loaded',
      },
      [
        { expr: key(`count by (${by}) (model_info)`) },
        {
          expr: perModel(`sum by (${by}) (rate(model_predictions_total[$__rate_interval]))`),
        },
        { expr: perModel(driftByModel) },
        { expr: furthest },
        { expr: perModel(performanceByModel) },
        { expr: perModel(accuracy('realised')) },
        { expr: perModel(accuracy('estimated')) },
        { expr: perModel(orNone(inTime('model_predict_failures_total'))) },
        { expr: perModel(orNone(shadows)) },
        { expr: perModel(inTime('model_shadow_rows_dropped_total')) },
      ],
      'key',
      [
        {
          from: { label: 'model' },
          name: 'Model',
          width: 190,
          look: toModel(dashboards.drift, 'Open its drift'),
        },
        { from: { label: 'version' }, name: 'Version', width: 120 },
        { from: { query: 'A' }, name: 'Replicas', look: number('none', 0) },
        { from: { query: 'B' }, name: 'Predictions', look: number('rowsps', 1) },
        {
          from: { query: 'C' },
          name: 'Drift',
          width: 130,
          look: [...inWords(driftWords), ...toModel(dashboards.drift, 'Open its drift')],
        },
        { from: { label: 'feature' }, name: 'Moved furthest', width: 140 },
        { from: { query: 'D' }, name: 'Of threshold', look: number('suffix:×', 2) },
        {
          from: { query: 'E' },
          name: 'Performance',
          width: 135,
          look: [...inWords(performanceWords), ...toModel(dashboards.performance, 'Open its performance')],
        },
        { from: { query: 'F' }, name: 'Accuracy', look: share },
        { from: { query: 'G' }, name: 'Estimated', look: share },
        { from: { query: 'H' }, name: 'Failed', look: count },
        { from: { query: 'I' }, name: 'Shadows', look: number('none', 0) },
        { from: { query: 'J' }, name: 'Shadow drops', look: count },
      ],
      {
        order: [
          { by: { query: 'C' }, desc: true },
          { by: { query: 'E' }, desc: true },
          { by: { label: 'key' } },
        ],
      },
    ).height(7),
  ],
};
