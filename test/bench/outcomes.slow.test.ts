import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type Alarms, countAlarms, shareAt } from '../../bench/outcomes-alarms.ts';
import { measureBinnedAuc } from '../../bench/outcomes-auc.ts';
import { comparisonError } from '../../bench/outcomes-comparison.ts';
import { countDayAlarms } from '../../bench/outcomes-days.ts';
import { fullSize, planJobs, runJob, slowUnchanged } from '../../bench/outcomes-plan.ts';
import { countSlowAlarms } from '../../bench/outcomes-slow.ts';
import { renderTables } from '../../bench/outcomes-tables.ts';
import { type Look, type TestName, tests } from '../../bench/outcomes-tests.ts';
import { createCases, type WorldName, worlds } from '../../bench/outcomes-worlds.ts';
import { belowHeldOut, miscalibrated, unexpected } from '../../src/rules/performance-alerts.ts';
import { driftRule } from '../../src/stats/drift.ts';
import { createRandom } from '../../src/stats/random.ts';
import { rocAucStandardError } from '../../src/stats/standard-errors.ts';
import { type Query, runRuleTest, spanOf } from '../otel/support/promtool.ts';
import { gauge } from '../otel/support/series.ts';
import { requireTool } from '../support/tools.ts';
import { withoutFigures } from './without-figures.ts';

describe('outcomes bench', () => {
  it('raises no alarm for a model in its own world, where the same tests without their precautions raise many', () => {
    const alarms = countAlarms({ rows: 500, models: 40, outcomes: { training: 5000 }, seed: 1 });
    const of = (test: TestName) => find(alarms, 'training', test);
    for (const test of ['unexpected', 'uncalibrated', 'realised', 'estimated'] as const) {
      assert.equal(of(test).ofModels, 0, test);
    }
    assert.ok(shareAt(of('unexpected, E exact'), 5000) > 0.1);
    assert.ok(shareAt(of('realised, value exact'), 5000) > 0.1);
    for (const test of ['unexpected, 95 %', 'realised, 95 %'] as const) {
      assert.ok(of(test).ofModels > 0.2, test);
      assert.ok(shareAt(of(test), 1000) < of(test).ofModels, 'looking again and again adds to it');
    }
  });

  for (const [world, rows, models] of [
    ['rare 1', 1000, 60],
    ['rare 1', 5000, 40],
    ['rare 0.1', 20_000, 10],
  ] as const) {
    it(`raises no alarm for a model of the world "${world} %" that learnt from ${rows} rows, by no alert at any look`, () => {
      // the window grows, so that each look sees nearly what the one before saw
      const looks = { outcomes: { [world]: 50_000 }, lookEvery: 500 };
      const alarms = countAlarms({ rows, models, learnsFrom: world, ...looks, seed: 5 });
      for (const test of ['unexpected', 'uncalibrated', 'realised', 'estimated'] as const) {
        assert.equal(find(alarms, world, test).ofModels, 0, test);
      }
    });
  }

  it('tells the AUC of rare positives over quantile bins, not over bins of equal width', () => {
    const { exact, quantile, equalWidth } = measureBinnedAuc({
      world: 'rare 1',
      rows: 50_000,
      draws: 2,
      seed: 1,
    });
    assert.ok(
      quantile.largestError < 0.005 && Math.abs(quantile.value - exact) < 0.005 && quantile.bound < 0.015,
    );
    assert.ok(equalWidth.largestError > 0.05 && equalWidth.bound > 0.1);
  });

  it('detects that risks have moved or scores have become less informative, each by the alert for it', () => {
    const outcomes = { 'rate+10': 6000, half: 6000, nothing: 6000, harder: 6000 };
    const alarms = countAlarms({ rows: 1000, models: 15, outcomes, seed: 2 });
    const at = (world: WorldName, test: TestName) => shareAt(find(alarms, world, test), 6000);
    assert.ok(at('rate+10', 'unexpected') > 0.9);
    assert.equal(at('half', 'unexpected'), 0);
    assert.ok(at('half', 'realised') > 0.6);
    assert.equal(at('nothing', 'uncalibrated'), 1);
    assert.ok(at('harder', 'estimated') > 0.9);
    for (const world of ['rate+10', 'half', 'nothing'] as const) assert.equal(at(world, 'estimated'), 0);
  });

  it('mistakes neither repeated applicants nor restless days for drift, and detects drift among them', () => {
    const daily = (rows: number, perDay: number, models: number, names: readonly WorldName[]) => {
      const alarms = countDayAlarms({ rows, perDay, models, weeks: 4, worlds: names, seed: 3 });
      return (world: WorldName, test: TestName) => {
        const found = alarms.find((one) => one.world === world && one.test === test);
        assert.ok(found);
        return found;
      };
    };
    const quiet = daily(5000, 1000, 8, ['repeats', 'days 0.1', 'rate+5, days 0.1']);
    const busy = daily(20_000, 10_000, 2, ['days 0.1']);
    for (const test of ['unexpected', 'uncalibrated', 'realised'] as const) {
      for (const { days, weeks } of [
        quiet('repeats', test),
        quiet('days 0.1', test),
        busy('days 0.1', test),
      ]) {
        assert.deepEqual([days, weeks], [0, 0], test);
      }
    }
    assert.ok(busy('days 0.1', 'unexpected, rows apart').days > 0.1);
    const { days, weeks } = quiet('rate+5, days 0.1', 'unexpected');
    assert.ok(weeks > 0.5 && days < weeks, `${weeks} of the weeks, ${days} of the days`);
  });

  it('bets on outcomes every day, and wins only if they have changed', () => {
    const job = { learnsFrom: 'training', rows: 1000, perDay: 20, seed: 1 } as const;
    const unchanged = countSlowAlarms({ ...job, models: 8, days: 730, worlds: slowUnchanged.training });
    for (const { world, slow } of unchanged) assert.equal(slow.share, 0, world);
    const [changed] = countSlowAlarms({ ...job, models: 15, days: 60, worlds: ['rate+20'] });
    assert.ok(changed.slow.share > 0.9 && (changed.slow.medianDay ?? 60) < 45);
    assert.ok(changed.week.share < changed.slow.share);
  });

  it('judges as the rules do', async function () {
    const promtool = requireTool(this, 'promtool');
    const known = { value: 0.75, standardError: 0.01 };
    /** A value just below or above each limit, and what is compared with it. */
    const around = (limit: number) => [limit * (1 - 1e-6), limit * (1 + 1e-6)];
    const cases: {
      look: object;
      test: TestName;
      expr: string;
      series: Record<string, number>;
      fires: boolean;
    }[] = [];
    for (const [window, least] of [
      ['24h', 0.25],
      ['7d', 0.1],
    ] as const) {
      const selector = `window="${window}"`;
      const deviations = [
        ...around(4).map((z) => ({ z, effect: 2 * least })),
        ...around(least).map((effect) => ({ z: -5, effect })),
      ];
      for (const { z, effect } of deviations) {
        cases.push({
          look: { window, live: { observedExpected: { z, effect } } },
          test: 'unexpected',
          expr: unexpected(selector),
          series: { 'model:observed_expected:z': z, 'model:observed_expected:effect_ratio': effect },
          fires: Math.abs(z) > 4 && effect > least,
        });
        const chiSquare = z ** 2;
        cases.push({
          look: { window, live: { calibration: { chiSquare, ceiling: 16, effect } } },
          test: 'uncalibrated',
          expr: miscalibrated(selector),
          series: {
            'model:calibration:chi_square': chiSquare,
            'model:calibration:chi_square_noise_ceiling': 16,
            'model:calibration:effect_ratio': effect,
          },
          fires: chiSquare > 16 && effect > least,
        });
      }
      for (const source of ['realised', 'estimated'] as const) {
        for (const [rows, calibrationError] of [
          [1000, 0.001],
          [1e7, 0.001],
          [1e7, 0.03],
        ]) {
          // The figures are those of this many live rows, half of them positive, and of as many in training.
          const standardError = rocAucStandardError(known.value, rows / 2, rows / 2);
          const evaluation = { accuracy: known, rocAuc: known };
          const counts = { positives: rows / 2, negatives: rows / 2 };
          const figuresWith = (value: number) => ({
            accuracy: known,
            rocAuc: { value, standardError, maxError: 0, calibrationError },
            confusion: {
              truePositives: rows / 2,
              falsePositives: 0,
              trueNegatives: rows / 2,
              falseNegatives: 0,
            },
          });
          const alikeAt = (value: number) =>
            comparisonError('rocAuc', figuresWith(value), evaluation, counts) ?? 0;
          const ofTraining = Math.max(known.standardError, calibrationError);
          let limit = 4 * Math.sqrt(driftRule.alertDesignEffect * standardError ** 2 + ofTraining ** 2);
          if (source === 'realised') {
            // The error depends on the figure itself.
            for (let i = 0; i < 60; i++) limit = 4 * alikeAt(known.value - limit);
            limit = Math.max(limit, least * (1 - known.value));
          }
          for (const below of around(limit)) {
            const value = known.value - below;
            cases.push({
              look: {
                window,
                model: { evaluation, rows, positives: rows / 2 },
                live: { [source]: figuresWith(value) },
              },
              test: source,
              expr: belowHeldOut(source, selector),
              series: {
                'model:performance': value,
                'model:performance_standard_error': standardError,
                'model:performance:comparison_error': alikeAt(value),
                'model:performance_calibration_error': calibrationError,
                'model:performance:effect_ratio': (1 - value) / (1 - known.value) - 1,
                model_performance_reference: known.value,
                model_evaluation_standard_error: known.standardError,
              },
              fires: below > limit,
            });
          }
        }
      }
    }
    const span = spanOf('minute', '2m');
    for (const { look, test, series, fires } of cases) {
      assert.equal(tests[test].fires(look as Look), fires, `${test}: ${JSON.stringify(series)}`);
    }
    // Each case is a model of its own in one run.
    const queries = cases.map(({ expr, fires }, i): Query => {
      const own = expr.replaceAll('window=', `model="m${i}", window=`);
      return {
        at: '1m',
        expr: `count(${own})`,
        samples: fires ? [{ labels: '{}', value: 1 }] : [],
      };
    });
    const series = cases.flatMap(({ series, test, look }, i) =>
      Object.entries(series).map(([metric, value]) => ({
        metric,
        labels: {
          model: `m${i}`,
          version: 'v',
          ...(metric.includes('performance') && !metric.includes('comparison') && { source: test }),
          ...(/performance|evaluation/.test(metric) && { metric: 'roc_auc' }),
          ...(metric.includes(':') && { window: (look as Look).window }),
        },
        values: gauge([['0m', value]], span),
      })),
    );
    await runRuleTest(promtool, { name: 'limits', files: [], pace: 'minute', series, queries });
  });

  it('draws worlds that are as their names say', () => {
    const badRate = (world: WorldName) => {
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
    const small = {
      growing: { 200: 1, 1000: 1, 5000: 1 },
      rare: fullSize.rare.map((each) => ({ ...each, rows: 1000, models: 1 })),
      auc: { ...fullSize.auc, rows: 5000 },
      days: [1000, 5000, 10_000].map((rows) => ({ rows, perDay: 100, models: 1, weeks: 1 })),
      slow: fullSize.slow.map((each) => ({ ...each, perDay: 2, models: 1, days: 7 })),
    };
    const printed = renderTables(planJobs(small).map(runJob));
    const document = await readFile(new URL('../../docs/outcomes.md', import.meta.url), 'utf8');
    assert.deepEqual(withoutFigures(document.split('<!-- bench:outcomes')[1]), withoutFigures(printed));
  });

  it('gives in README.md the false alarms in docs/outcomes.md', async () => {
    const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');
    const [, tables] = (await read('docs/outcomes.md')).split('### False alarms');
    const rows = tables
      .split('The AUC of 100,000 scores')[0]
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.slice(2, -2).split(' | '));
    const modelsOf = (isWanted: (cell: string) => boolean) =>
      rows.filter((row) => row.some(isWanted)).map((row) => Number(row.at(-1)?.replace(' %', '')));
    const alerts = modelsOf((cell) => /^Model/.test(cell));
    assert.equal(alerts.length, 3 * 4 + 3 * 4);
    assert.deepEqual(new Set(alerts), new Set([0]));
    const intervals = modelsOf((cell) => cell.includes('95 % interval')).map(Math.round);
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    const told = [
      `no false alarm in ${sum(Object.values(fullSize.growing))} simulated models of 200 to 5,000 training rows`,
      `nor in ${sum(fullSize.rare.map(({ models }) => models))} with 1 % or 0.1 % positives`,
      `a plain 95 % interval raises one in ${Math.min(...intervals)}–${Math.max(...intervals)} % of the 900`,
    ];
    const readme = (await read('README.md')).replaceAll(/\s+/g, ' ');
    for (const each of told) assert.ok(readme.includes(each), each);
  });
});

function find(alarms: readonly Alarms[], world: WorldName, test: TestName): Alarms {
  const found = alarms.find((one) => one.world === world && one.test === test);
  assert.ok(found);
  return found;
}
