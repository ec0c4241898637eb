import { compareBands } from '../../src/monitor/performance-calibration.ts';
import { sumByScoreBand } from '../../src/monitor/score-bands.ts';
import { createSlowOutcomes, slowOutcomesBets } from '../../src/monitor/slow-outcomes.ts';
import { directionOf } from '../../src/stats/daily-bets.ts';
import { createRandom } from '../../src/stats/random.ts';
import { learntOf } from '../support/model-parts.ts';
import { requireTool } from '../support/tools.ts';
import { equals } from './support/near.ts';
import {
  addUp,
  artifact,
  cells,
  dailyOutcomeSeries,
  model,
  sumsOf,
  type Traffic,
} from './support/performance-series.ts';
import { type Query, runRuleTest } from './support/promtool.ts';

const { counts } = learntOf(artifact).bins;

/** All bets on the outcomes, and what they have won together, are what `src/monitor` says at the end of these days. */
function agree(replicas: readonly (readonly Traffic[])[], ends: readonly number[]): Query[] {
  const sums = replicas[0].map((_, day) => addUp(replicas.map((traffic) => sumsOf(traffic[day]))));
  const between = (from: number, to: number) =>
    compareBands(cells, addUp(sums.slice(Math.max(0, from), to)), counts);
  const detector = createSlowOutcomes(sumByScoreBand(counts));
  return sums.flatMap((_, day) => {
    detector.addDay(between(day, day + 1), between(day - 6, day + 1), day);
    const at = `${day + 1}d`;
    if (!ends.includes(day + 1)) return [];
    return [
      equals(at, 'model:slow_outcomes', model, detector.evidence()),
      ...slowOutcomesBets.map((bet, b) => {
        const own = { ...model, direction: directionOf(bet), odds: String(bet.odds) };
        return equals(at, 'model_bet:slow_outcomes', own, detector.winnings[b]);
      }),
    ];
  });
}

/** Days of some 30 outcomes, from all scores or from high ones only, whose risk rises; one day brings nothing. */
function risingDays(count: number, empty: number, seed: number): Traffic[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, day) => {
    const from = Math.floor(20 * random());
    const rise = (0.3 * day) / count;
    return {
      predictions: day === empty ? 0 : 60 * random(),
      weight: (bin) => (bin < from ? 0 : counts[bin]),
      risk: (probability) => probability + rise * (1 - probability),
    };
  });
}

describe('recorded slowly unexpected outcomes', () => {
  it('are those of src/monitor over a month: two replicas, a restart, a day without outcomes', async function () {
    const replicas = [risingDays(30, 11, 1), risingDays(30, 11, 2)];
    await runRuleTest(requireTool(this, 'promtool'), {
      name: 'a month',
      files: ['model-performance', 'model-slow-outcomes'],
      pace: 'day',
      series: dailyOutcomeSeries(replicas, 17),
      queries: agree(replicas, [1, 11, 12, 13, 18, 30]),
    });
  });
});
