import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { approvedShare } from '../../grafana/dashboards-src/model-queries.ts';
import { worst } from '../../grafana/dashboards-src/overview/model-verdicts.ts';
import { noneBelow, readableBins, shortBins } from '../../grafana/dashboards-src/panel-expressions.ts';
import { bucketEdges } from '../../grafana/dashboards-src/quantiles.ts';
import { contentPanels } from '../../grafana/lint/dashboard-json.ts';
import { interpolate } from '../../grafana/lint/interpolate.ts';
import { sampleValues } from '../../grafana/lint/lint-expression.ts';
import { requireTool } from '../support/tools.ts';
import { readDashboards } from './surroundings.ts';

const run = promisify(execFile);
const chosen = new Map([
  ['model', 'credit'],
  ['version', 'v1'],
]);

describe('queries of the dashboards, asked of Prometheus', () => {
  let promtool: string;
  let folder: string;

  before(async function () {
    promtool = requireTool(this, 'promtool');
    folder = await mkdtemp(join(tmpdir(), 'vigia-queries-'));
  });

  after(async () => {
    if (folder) await rm(folder, { recursive: true });
  });

  /** Runs a file of rules or rule tests through promtool; rejects with what it says. */
  async function promtoolAccepts(args: readonly string[], name: string, content: unknown): Promise<void> {
    const file = join(folder, name);
    await writeFile(file, stringify(content, { lineWidth: 0 }));
    await run(promtool, [...args, file]).catch((error: { stdout: string; stderr: string }) => {
      assert.fail(`${error.stderr}${error.stdout}`);
    });
  }

  /** That an expression over series with these values gives these samples, ten minutes on. */
  async function gives(
    expr: string,
    series: Record<string, string>,
    samples: Record<string, number>,
  ): Promise<void> {
    await promtoolAccepts(['test', 'rules'], 'test.yml', {
      tests: [
        {
          interval: '1m',
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          promql_expr_test: [
            {
              expr: interpolate(expr, chosen),
              eval_time: '10m',
              exp_samples: Object.entries(samples).map(([labels, value]) => ({ labels, value })),
            },
          ],
        },
      ],
    });
  }

  it('are all well-formed and of the right types', async () => {
    const queries = readDashboards().flatMap((dashboard) => {
      const values = sampleValues(dashboard.templating?.list ?? []);
      return [
        ...contentPanels(dashboard).flatMap((panel) => (panel.targets ?? []).map((target) => target.expr)),
        ...(dashboard.annotations?.list ?? []).map((annotation) => annotation.expr),
      ].flatMap((expr) => (expr === undefined ? [] : [interpolate(expr, values)]));
    });
    assert.ok(queries.length > 100);
    const rules = [...new Set(queries)].map((expr, i) => ({ record: `query:${i}`, expr }));
    await promtoolAccepts(['check', 'rules'], 'queries.yml', { groups: [{ name: 'queries', rules }] });
  });

  it('the edges of buckets become values, whatever their sign', async () => {
    await gives(
      bucketEdges('age_bucket{le!="+Inf"}'),
      {
        'age_bucket{le="-3.5"}': '0x10',
        'age_bucket{le="23.0"}': '7x10',
        'age_bucket{le="52.25"}': '9x10',
        'age_bucket{le="+Inf"}': '9x10',
      },
      { '{edge="-3.5"}': -3.5, '{edge="23.0"}': 23, '{edge="52.25"}': 52.25 },
    );
  });

  const info = { 'model_info{model="credit",version="v1",positive="bad"}': '1x10' };
  const predictions = (prediction: string) =>
    `model_predictions_total{model="credit",version="v1",prediction="${prediction}"}`;

  it('the approved are those not of the class warned of', async () => {
    await gives(
      approvedShare('5m'),
      { ...info, [predictions('good')]: '0+3x10', [predictions('bad')]: '0+1x10' },
      { '{}': 0.75 },
    );
  });

  it('the approval rate is 0, not absent, when nobody is approved', async () => {
    await gives(approvedShare('5m'), { ...info, [predictions('bad')]: '0+1x10' }, { '{}': 0 });
  });

  it('the approval rate is absent, not 0, when nobody asks', async () => {
    await gives(
      approvedShare('5m'),
      { ...info, [predictions('good')]: '5x10', [predictions('bad')]: '0x10' },
      {},
    );
  });

  it('labels of bins are cut to three decimals', async () => {
    const bin = (label: string) => `x{bin="${label}"}`;
    await gives(
      shortBins('x'),
      {
        [bin('00 (-inf, 0.14638520259540017]')]: '1x10',
        [bin('01 (0.14638520259540017, 2]')]: '2x10',
        [bin('02 (2, 1e-7]')]: '3x10',
        [bin('03 (28, +inf)')]: '4x10',
        [bin('= 0.123456')]: '5x10',
        [bin('missing')]: '6x10',
      },
      {
        [bin('00 (-inf, 0.146]')]: 1,
        [bin('01 (0.146, 2]')]: 2,
        [bin('02 (2, 1e-7]')]: 3,
        [bin('03 (28, +inf)')]: 4,
        [bin('= 0.123456')]: 5,
        [bin('missing')]: 6,
      },
    );
  });

  it('bins read as one would say them, and stay in their order', async () => {
    const texts = {
      '00 (-inf, 0.146385]': '≤ 0.146',
      '01 (0.146, 2]': '0.146 – 2',
      '02 = 2': '2',
      '03 (2, +inf)': '> 2',
      '= good': 'good',
      missing: 'missing',
    };
    await gives(
      `sum by (name) (${readableBins('x')})`,
      Object.fromEntries(Object.keys(texts).map((bin) => [`x{bin="${bin}"}`, '1x10'])),
      Object.fromEntries(Object.values(texts).map((name) => [`{name="${name}"}`, 1])),
    );
  });

  it('the worst verdict is that of those that can be judged', async () => {
    const of = (verdicts: number[]) =>
      Object.fromEntries(verdicts.map((verdict, i) => [`x{model="${i}"}`, `${verdict}x10`]));
    for (const [verdicts, found] of [
      [[0, 1, 2], 2],
      [[0, 1], 0],
      [[1, 1], 1],
    ] as const)
      await gives(worst('x'), of([...verdicts]), { '{}': found });
  });

  it('shows 0 if there is nothing to count, and nothing if nobody counts', async () => {
    const query = noneBelow('errors', 'sum(requests)', 'code');
    await gives(
      query,
      { 'errors{code="500"}': '2x10', 'errors{code="400"}': '0x10', requests: '9x10' },
      { 'errors{code="500"}': 2 },
    );
    await gives(query, { 'errors{code="500"}': '0x10', requests: '9x10' }, { '{code="none"}': 0 });
    await gives(query, {}, {});
  });
});
