import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type Alarms, countAlarms } from '../../bench/outcomes-alarms.ts';
import { planJobs, renderTables } from '../../bench/outcomes-tables.ts';
import { type Look, learn, type TestName, tests } from '../../bench/outcomes-tests.ts';
import { createCases, training, worlds } from '../../bench/outcomes-worlds.ts';
import { belowCrossValidated } from '../../otel/prometheus/generator/performance-alerts.ts';
import { driftRule } from '../../src/stats/drift.ts';
import { createRandom } from '../../src/stats/random.ts';
import { type Query, runRuleTest, spanOf } from '../otel/support/promtool.ts';
import { gauge } from '../otel/support/series.ts';
import { requireTool } from '../support/tools.ts';
import { withoutFigures } from './without-figures.ts';

describe('outcomes bench', function () {
  this.timeout(60_000);

  it('accuses no model in its own world, where the same tests without their precautions accuse many', () => {
    const alarms = countAlarms({ rows: 500, models: 40, outcomes: { training: 5000 }, seed: 1 });
    const of = (test: TestName) => find(alarms, 'training', test);
    for (const test of ['unexpected', 'realised', 'estimated'] as const) {
      assert.equal(of(test).ofModels, 0, test);
    }
    assert.ok(of('uncalibrated').ofModels <= 0.025);
    assert.ok(of('unexpected, E exact').at(5000) > 0.1);
    assert.ok(of('realised, value exact').at(5000) > 0.1);
    for (const test of ['unexpected, 95 %', 'realised, 95 %'] as const) {
      const { ofModels, at } = of(test);
      assert.ok(ofModels > 0.2, test);
      assert.ok(at(1000) < ofModels, 'looking again and again adds to it');
    }
  });

  it('finds that risks have moved or scores tell less, each by the alert that is for it', () => {
    const outcomes = { 'rate+10': 3000, half: 3000, nothing: 3000, harder: 3000 };
    const alarms = countAlarms({ rows: 1000, models: 15, outcomes, seed: 2 });
    const at = (world: string, test: TestName) => find(alarms, world, test).at(3000);
    assert.ok(at('rate+10', 'unexpected') > 0.9);
    assert.equal(at('half', 'unexpected'), 0);
    assert.ok(at('half', 'realised') > 0.6);
    assert.equal(at('nothing', 'uncalibrated'), 1);
    assert.ok(at('harder', 'estimated') > 0.9);
    for (const world of ['rate+10', 'half', 'nothing']) assert.equal(at(world, 'estimated'), 0);
  });

  it('compares with the cross-validated figures as the rules do', async function () {
    const promtool = requireTool(this, 'promtool');
    const model = learn(Array.from({ length: 400 }, createCases(training, createRandom(3))), createRandom(4));
    const { accuracy, rocAuc } = model.evaluation;
    const standardError = 0.013;
    const cases = (
      [
        ['realised', 1],
        ['estimated', driftRule.alertDesignEffect],
      ] as const
    ).flatMap(([source, design]) =>
      [-1e-6, 1e-6].map((more) => {
        const limit = 4 * Math.sqrt(design * standardError ** 2 + rocAuc.standardError ** 2);
        return { source, design, fires: more < 0, value: rocAuc.value - limit + more };
      }),
    );
    const span = spanOf('minute', '2m');
    for (const { source, design, fires, value } of cases) {
      const figures = { accuracy, rocAuc: { value, standardError } };
      const look = { model, live: { [source]: figures } } as unknown as Look;
      assert.equal(tests[source].fires(look), fires);
      const series = Object.entries({
        'model:performance': value,
        'model:performance_standard_error': standardError,
        model_evaluation: rocAuc.value,
        model_evaluation_standard_error: rocAuc.standardError,
      }).map(([metric, figure]) => ({
        metric,
        labels: {
          model: 'm',
          version: 'v',
          metric: 'roc_auc',
          ...(metric.includes(':') && { source, window: '24h' }),
        },
        values: gauge([['0m', figure]], span),
      }));
      const query: Query = {
        at: '1m',
        expr: `count(${belowCrossValidated(`source="${source}", window="24h"`, design)})`,
        samples: fires ? [{ labels: '{}', value: 1 }] : [],
      };
      await runRuleTest(promtool, { name: source, files: [], pace: 'minute', series, queries: [query] });
    }
  });

  it('draws worlds that are as their names say', () => {
    const badRate = (world: string) => {
      const draw = createCases(worlds[world], createRandom(5));
      let bad = 0;
      for (let i = 0; i < 100_000; i++) if (draw().isPositive) bad++;
      return bad / 100_000;
    };
    const before = badRate('training');
    for (const [world, more] of [
      ['rate+2', 0.02],
      ['rate+10', 0.1],
      ['half', 0],
      ['nothing', 0],
    ] as const) {
      assert.ok(Math.abs(badRate(world) - before - more) < 0.007, world);
    }
    const [, from, to] = /from (\d+) % to (\d+) %/.exec(worlds['rate+10'].title) ?? [];
    assert.ok(Math.abs(Number(from) / 100 - before) < 0.012);
    assert.ok(Math.abs(Number(to) / 100 - before - 0.1) < 0.012);
  });

  it('has in docs/outcomes.md the tables it prints', async () => {
    const printed = renderTables(planJobs({ 200: 1, 1000: 1, 5000: 1 }).flatMap(countAlarms));
    const document = await readFile(new URL('../../docs/outcomes.md', import.meta.url), 'utf8');
    assert.deepEqual(withoutFigures(document.split('<!-- bench:outcomes')[1]), withoutFigures(printed));
  });
});

function find(alarms: readonly Alarms[], world: string, test: TestName): Alarms {
  const found = alarms.find((one) => one.world === world && one.test === test);
  assert.ok(found);
  return found;
}
