import { strict as assert } from 'node:assert';
import type { Bins } from '../../src/stats/binning.ts';
import { directionOf } from '../../src/stats/daily-bets.ts';
import { createRandom } from '../../src/stats/random.ts';
import { createSlowDrift, slowDriftBets } from '../../src/stats/slow-drift.ts';
import { requireTool } from '../support/tools.ts';
import { dailyTraffic } from './support/days.ts';
import { equals } from './support/near.ts';
import { type Query, runRuleTest, spanOf } from './support/promtool.ts';
import { gauge, labelsOf, liveCounts, type Variable, variableSeries } from './support/series.ts';

const files = ['model-drift', 'model-slow-drift'];
/** The last bin is `missing`. */
const bins = { kind: 'numeric', edges: [23, 26, 31, 36, 42] } satisfies Bins;
const reference = [210, 180, 150, 190, 160, 100, 10];

/** All bets on the variable, and what they have won together, are what `src/stats` says after these days. */
function agree(variable: Variable, days: readonly (readonly number[])[], at: string): Query[] {
  const detector = createSlowDrift(variable.reference.slice(0, -1)) ?? assert.fail('it has values');
  days.forEach((counts, day) => {
    detector.addDay(counts.slice(0, -1), day);
  });
  const labels = labelsOf(variable);
  return [
    equals(at, 'model_feature:slow_drift', labels, detector.evidence()),
    ...slowDriftBets.map((bet, b) => {
      const own = { ...labels, direction: directionOf(bet), stake: String(bet.stake) };
      return equals(at, 'model_feature_bet:slow_drift', own, detector.winnings[b]);
    }),
  ];
}

/** Days of some 25 rows that lean to larger values more and more; the one with this number brings nothing. */
function leaningDays(count: number, empty: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, day) =>
    reference.map((rows, bin) =>
      day === empty ? 0 : Math.round((rows / 1000) * 20 * (2 * random()) * (1 + (day / count) * bin)),
    ),
  );
}

const sumOfDays = (...replicas: number[][][]) =>
  replicas[0].map((counts, day) => counts.map((_, bin) => replicas.reduce((sum, r) => sum + r[day][bin], 0)));

describe('recorded slow drift', () => {
  it('is that of src/stats over a month: two replicas, a restart, a day without rows', async function () {
    const replicas = [leaningDays(30, 11, 1), leaningDays(30, 11, 2)];
    const variable: Variable = {
      feature: 'age',
      bins,
      reference,
      replicas: [dailyTraffic(replicas[0]), dailyTraffic(replicas[1], 17)],
    };
    const days = sumOfDays(...replicas);
    await runRuleTest(requireTool(this, 'promtool'), {
      name: 'a month',
      files,
      pace: 'day',
      series: variableSeries(variable, spanOf('day', '30d')),
      queries: [1, 11, 12, 13, 18, 30].flatMap((day) => agree(variable, days.slice(0, day), `${day}d`)),
    });
  });

  it('continues after two days on which the service was down', async function () {
    const days = leaningDays(8, -1, 3);
    for (const down of [4, 5]) days[down].fill(0);
    const variable: Variable = { feature: 'age', bins, reference, replicas: [dailyTraffic(days)] };
    const span = spanOf('day', '8d');
    const series = variableSeries(variable, span).map((each) => {
      if (!each.metric.startsWith('model_feature_reference')) return each;
      const value = Number(each.values.split('x')[0]);
      return {
        ...each,
        values: gauge(
          [
            ['0h', value],
            ['97h', null],
            ['145h', value],
          ],
          span,
        ),
      };
    });
    await runRuleTest(requireTool(this, 'promtool'), {
      name: 'two days down',
      files,
      pace: 'day',
      series,
      queries: [
        ...agree(variable, days.slice(0, 4), '4d'),
        { at: '5d', expr: 'model_feature:slow_drift', samples: [] },
        ...agree(variable, days.slice(0, 7), '7d'),
        ...agree(variable, days, '8d'),
      ],
    });
  });

  it('is that of src/stats for a constant, days on which all values are missing, and a version beside it', async function () {
    const constant = {
      feature: 'fee',
      bins: { kind: 'numeric', edges: [24.99999, 25.00001] } satisfies Bins,
      reference: [0, 95, 0, 5],
    };
    const days = [
      [0, 9, 0, 1],
      [0, 0, 0, 20],
      [0, 5, 30, 0],
      [0, 5, 300, 2],
      [0, 0, 0, 7],
      [2, 5, 0, 0],
    ];
    const reversed = days.toReversed();
    const variables: Variable[] = [
      { ...constant, replicas: [dailyTraffic(days)] },
      { ...constant, version: 'v2', replicas: [dailyTraffic(reversed, 3)] },
    ];
    const span = spanOf('day', '6d');
    await runRuleTest(requireTool(this, 'promtool'), {
      name: 'a constant',
      files,
      pace: 'day',
      series: variables.flatMap((variable) => variableSeries(variable, span)),
      queries: [2, 3, 4, 6].flatMap((day) => [
        ...agree(variables[0], days.slice(0, day), `${day}d`),
        ...agree(variables[1], reversed.slice(0, day), `${day}d`),
      ]),
    });
  });

  it('is that of whole days at any time of the day, however often rules are evaluated', async function () {
    const variable: Variable = {
      feature: 'age',
      bins,
      reference,
      replicas: [
        [
          { from: '0m', counts: [0, 0, 0.01, 0, 0.01, 0.02, 0.01] },
          { from: '9h', counts: [0.01, 0, 0, 0, 0, 0.03, 0], restart: true },
        ],
        [{ from: '0m', counts: [0, 0.01, 0, 0, 0, 0.01, 0] }],
      ],
    };
    const days = (...ends: string[]) => ends.map((end) => liveCounts(variable, '24h', end));
    await runRuleTest(requireTool(this, 'promtool'), {
      name: 'any time of the day',
      files,
      pace: 'five minutes',
      series: variableSeries(variable, spanOf('five minutes', '27h')),
      queries: [...agree(variable, days('3h', '27h'), '27h'), ...agree(variable, days('2h', '26h'), '26h')],
    });
  });
});
