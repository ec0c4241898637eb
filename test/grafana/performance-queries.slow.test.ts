import { modelPerformance } from '../../grafana/dashboards-src/model-performance.ts';
import {
  comparisonVerdict,
  performanceVerdict,
  performanceVerdictOf,
} from '../../grafana/dashboards-src/performance-queries.ts';
import {
  accuracyDifference,
  accuracyOf,
  agreement,
  differenceEnd,
  shadowOutcomes,
  shadowRows,
} from '../../grafana/dashboards-src/shadow-queries.ts';
import { contentPanels, type DashboardJson } from '../../grafana/lint/dashboard-json.ts';
import { interpolate } from '../../grafana/lint/interpolate.ts';
import { pairedShareDifference } from '../../src/stats/paired-difference.ts';
import { model, type PerformancePhase, performanceSeries } from '../otel/support/performance-series.ts';
import { type Query, runRuleTest, spanOf } from '../otel/support/promtool.ts';
import { counter, gauge, type Series } from '../otel/support/series.ts';
import { requireTool } from '../support/tools.ts';

const at = '70m';
const span = spanOf('ten minutes', at);
const chosen = new Map([
  ...Object.entries(model),
  ['window', '1h'],
  ['metric', 'accuracy'],
  ['protected', 'size'],
  ['__range', '1h'],
  ['__rate_interval', '5m'],
]);
const queries = contentPanels(modelPerformance() as DashboardJson)
  .flatMap(({ targets = [] }) => targets.map(({ expr = '' }) => expr))
  .filter((expr) => !expr.includes('ALERTS{'));

const shadow = { ...model, shadow: 'challenger', shadow_version: '2' };
/** Series beside those of performance that the panels read. */
const others: readonly Series[] = [
  ...Object.entries({ both: 6, champion: 1, shadow: 2, neither: 1 }).map(([right, perMinute]) =>
    count('model_shadow_outcomes_total', { ...shadow, right }, perMinute),
  ),
  ...['good', 'bad'].flatMap((prediction) =>
    ['good', 'bad'].map((shadow_prediction) =>
      count(
        'model_agreement_total',
        { ...shadow, prediction, shadow_prediction },
        prediction === shadow_prediction ? 8 : 2,
      ),
    ),
  ),
  count('model_shadow_rows_dropped_total', { ...shadow, reason: 'failed' }, 1),
  { metric: 'model_info', labels: { ...model, positive: 'bad' }, values: gauge([['0m', 1]], span) },
  count('outcomes_received_total', { job: 'vigia', result: 'accepted' }, 20),
  count('model_outcome_delay_seconds_bucket', { ...model, outcome: 'good', le: '3600' }, 9),
  count('model_outcome_delay_seconds_bucket', { ...model, outcome: 'good', le: '+Inf' }, 10),
  ...['00 (-inf, 30]', '01 (30, +inf)', 'missing'].flatMap((bin, i) =>
    ['good', 'bad'].flatMap((prediction) => [
      count('model_feature_bin_predictions_total', { ...model, feature: 'size', bin, prediction }, i + 1),
      ...['good', 'bad'].map((outcome) =>
        count(
          'model_feature_bin_outcomes_total',
          { ...model, feature: 'size', bin, prediction, outcome },
          i + 1,
        ),
      ),
    ]),
  ),
];

function count(metric: string, labels: Record<string, string>, perMinute: number): Series {
  return { metric, labels, values: counter([{ from: '0m', perMinute }], span) };
}

const round = (value = Number.NaN) => Math.round(value * 1e6) / 1e6;

async function ask(tool: string, phases: readonly PerformancePhase[], asked: readonly Query[]) {
  await runRuleTest(tool, {
    name: 'queries',
    files: ['model-performance', 'model-shares', 'model-slow-outcomes'],
    pace: 'ten minutes',
    series: [...performanceSeries([phases], span), ...others],
    queries: asked,
  });
}

const gives = (expr: string, value: number, labels = '{}'): Query => ({
  at,
  expr: interpolate(expr, chosen),
  samples: [{ labels, value }],
});

describe('queries of the performance dashboard', () => {
  it('all give something once outcomes have come', async function () {
    const tool = requireTool(this, 'promtool');
    await ask(
      tool,
      [{ from: '0m', traffic: { predictions: 20 } }],
      queries.map((expr) => gives(`count(${expr}) > bool 0`, 1)),
    );
  });

  it('tell how a shadow compares', async function () {
    const of = (value: number) => ({ value, labels: '{name="challenger 2"}' });
    const asked: [string, { value: number; labels: string }][] = [
      [shadowRows, of(1200)],
      [agreement('$__range'), of(0.8)],
      [shadowOutcomes, of(600)],
      [accuracyOf('champion'), of(0.7)],
      [accuracyOf('shadow'), of(0.8)],
      [accuracyDifference, of(0.1)],
      ...(['-', '+'] as const).map((sign): (typeof asked)[number] => {
        const found = pairedShareDifference({ both: 360, first: 60, second: 120, neither: 60 });
        return [`round(${differenceEnd(sign)}, 1e-6)`, of(round(found?.[sign === '-' ? 'low' : 'high']))];
      }),
    ];
    await ask(
      requireTool(this, 'promtool'),
      [{ from: '0m', traffic: { predictions: 20 } }],
      asked.map(([expr, { value, labels }]) => gives(expr, value, labels)),
    );
  });

  const worse = (p: number) => Math.min(1, p + 0.4);
  const stories: [PerformancePhase, verdict: number, accuracy: number][] = [
    [{ from: '0m', traffic: { predictions: 20 } }, 0, 0],
    [{ from: '0m', traffic: { predictions: 20, risk: worse } }, 2, 2],
    [{ from: '0m', traffic: { predictions: 20, labelled: () => 0.05 } }, 1, 1],
  ];
  it('say of three models at once what each one’s story is', async function () {
    const tool = requireTool(this, 'promtool');
    const names = ['credit', 'churn', 'fraud'];
    await runRuleTest(tool, {
      name: 'three models',
      files: ['model-performance'],
      pace: 'ten minutes',
      series: stories.flatMap(([phase], i) =>
        performanceSeries([[phase]], span).map(({ labels, ...one }) => ({
          ...one,
          labels: { ...labels, model: names[i] },
        })),
      ),
      queries: stories.flatMap(([, verdict, accuracy], i) => {
        const ofModel = new Map([...chosen, ['model', names[i]]]);
        const asked: [string, number][] = [
          [performanceVerdict, verdict],
          [comparisonVerdict('realised', 'accuracy'), accuracy],
          [comparisonVerdict('estimated', 'accuracy'), 0],
        ];
        const ofAll: Query = {
          at,
          expr: `(${performanceVerdictOf({ selector: 'window="1h"', by: 'model' })}) and on (model) count by (model) (model:performance_samples{model="${names[i]}"})`,
          samples: [{ labels: `{model="${names[i]}"}`, value: verdict }],
        };
        return [
          ofAll,
          ...asked.map(([expr, value]) => ({
            at,
            expr: interpolate(expr, ofModel),
            samples: [{ labels: '{}', value }],
          })),
        ];
      }),
    });
  });
});
