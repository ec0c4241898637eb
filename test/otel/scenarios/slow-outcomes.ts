import { compareBands } from '../../../src/monitor/performance-calibration.ts';
import { sumByScoreBand } from '../../../src/monitor/score-bands.ts';
import { createSlowOutcomes } from '../../../src/monitor/slow-outcomes.ts';
import { dailyBetRule } from '../../../src/stats/daily-bets.ts';
import { learntOf } from '../../support/model-parts.ts';
import {
  addUp,
  artifact,
  cells,
  dailyOutcomeSeries,
  model,
  sumsOf,
  type Traffic,
} from '../support/performance-series.ts';
import type { Firing, Scenario } from '../support/scenario.ts';

/** Odds that are so many times those expected. */
function withOdds(times: number): NonNullable<Traffic['risk']> {
  return (probability) => (probability * times) / (1 - probability + probability * times);
}

/** Twenty outcomes a day: as expected, then of a higher risk, then of a lower one. */
const days: Traffic[] = Array.from({ length: 32 }, (_, day) => ({
  predictions: 20,
  risk: withOdds(day < 5 ? 1 : day < 25 ? 3 : 1 / 3),
}));

/** What the bets have won by the end of each day. */
const evidence = (() => {
  const { counts } = learntOf(artifact).bins;
  const detector = createSlowOutcomes(sumByScoreBand(counts));
  const bandsOf = (some: readonly Traffic[]) => compareBands(cells, addUp(some.map(sumsOf)), counts);
  return days.map((today, day) => {
    detector.addDay(bandsOf([today]), bandsOf(days.slice(Math.max(0, day - 6), day + 1)), day);
    return detector.evidence();
  });
})();
/** Days, counted from 1, from the end of which on there is enough evidence. */
const found = evidence.findIndex((won) => won >= dailyBetRule.threshold) + 1;
if (found <= 5 || found >= 25) throw new Error(`odds of three times as much were found on day ${found}`);

export const slowOutcomesScenarios: readonly Scenario[] = [
  {
    name: 'three times the odds on twenty outcomes a day, too few for a week to show',
    files: ['model-performance', 'model-slow-outcomes'],
    pace: 'day',
    until: `${days.length}d`,
    series: () => dailyOutcomeSeries([days]),
    courses: [
      {
        alert: 'ModelOutcomesSlowlyUnexpected',
        silent: ['5d', `${found - 1}d`],
        firing: Object.fromEntries(
          [found, 25].map((day): [string, Firing[]] => [
            `${day}d`,
            [{ labels: { ...model, direction: 'rises' }, value: evidence[day - 1] }],
          ]),
        ),
        resolved: [`${days.length}d`],
      },
      { alert: 'ModelOutcomesUnexpected', silent: [`${found}d`, '25d'] },
    ],
  },
  {
    name: 'the same on two hundred a day, which a week shows too: one alert is enough',
    files: ['model-performance', 'model-slow-outcomes'],
    pace: 'day',
    until: '8d',
    series: () => dailyOutcomeSeries([new Array<Traffic>(8).fill({ predictions: 200, risk: withOdds(3) })]),
    courses: [{ alert: 'ModelOutcomesSlowlyUnexpected', silent: ['7d', '8d'] }],
    queries: [
      {
        at: '7d',
        expr: `count(model:slow_outcomes >= ${dailyBetRule.threshold})`,
        samples: [{ labels: '{}', value: 1 }],
      },
    ],
  },
];
