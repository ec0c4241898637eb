import assert from 'node:assert/strict';
import fc from 'fast-check';
import { outcomeRule } from '../../src/monitor/performance-calibration.ts';
import {
  type BandOutcomes,
  createSlowOutcomes,
  slowOutcomesBets,
  slowOutcomesRule,
  slowOutcomesTolerance,
} from '../../src/monitor/slow-outcomes.ts';
import { dailyBetRule } from '../../src/stats/daily-bets.ts';
import { closeTo } from '../stats/close-to.ts';

const { odds, z, maxTolerance, maxDailyVariance } = slowOutcomesRule;
const { designEffect } = outcomeRule;
const half: readonly number[] = [1e6];

/** Outcomes of one band that all have this probability. */
function band(outcomes: number, observed: number, probability = 0.5): BandOutcomes {
  return {
    outcomes,
    observed,
    expected: outcomes * probability,
    variance: outcomes * probability * (1 - probability),
  };
}

/** P whose odds are a multiple of those of `probability`. */
function withOdds(probability: number, times: number): number {
  return (probability * times) / (1 - probability + probability * times);
}

/** The power of the likelihood ratio of one outcome that a bet takes, by the two probabilities themselves. */
function factorOf(bet: number, probability: number, tolerance: number, isPositive: boolean): number {
  const { direction, odds } = slowOutcomesBets[bet];
  const tolerated = withOdds(probability, Math.exp(direction * tolerance));
  const other = withOdds(tolerated, odds ** direction);
  return (isPositive ? other / tolerated : (1 - other) / (1 - tolerated)) ** (1 / designEffect);
}

describe('slowly unexpected outcomes', () => {
  it('bets on larger odds and on smaller ones', () => {
    assert.deepEqual(
      slowOutcomesBets,
      [1, -1].flatMap((direction) => odds.map((each) => ({ direction, odds: each }))),
    );
  });

  it('multiplies each bet’s winnings by the likelihood ratio of each outcome, and starts a new bet each day', () => {
    const detector = createSlowOutcomes(half);
    assert.equal(detector.evidence(), 0);
    const week = [band(140, 70)];
    // a tenth of 70, as a change of log-odds: 7 / (140/4)
    const tolerance = 0.2;
    closeTo(slowOutcomesTolerance(week, half) ?? 0, tolerance, 1e-12);
    detector.addDay([band(3, 2)], week, 0);
    const first = slowOutcomesBets.map(
      (_, b) => factorOf(b, 0.5, tolerance, true) ** 2 * factorOf(b, 0.5, tolerance, false),
    );
    first.forEach((won, b) => {
      closeTo(detector.winnings[b], won, 1e-12);
    });
    detector.addDay([band(1, 0)], week, 1);
    first.forEach((won, b) => {
      closeTo(detector.winnings[b], (won + 1) * factorOf(b, 0.5, tolerance, false), 1e-12);
    });
    closeTo(detector.evidence(), detector.winnings.reduce((sum, won) => sum + won, 0) / 6, 1e-12);
  });

  it('takes each band by its own probability', () => {
    const rows = [1e6, 1e6];
    const week = [band(700, 70, 0.1), band(700, 420, 0.6)];
    const tolerance = slowOutcomesTolerance(week, rows) ?? assert.fail('it is known');
    closeTo(tolerance, (0.1 * 490) / (63 + 168), 1e-12);
    const detector = createSlowOutcomes(rows);
    detector.addDay([band(2, 1, 0.1), band(1, 1, 0.6)], week, 0);
    slowOutcomesBets.forEach((_, b) => {
      const low = factorOf(b, 0.1, tolerance, true) * factorOf(b, 0.1, tolerance, false);
      closeTo(detector.winnings[b], low * factorOf(b, 0.6, tolerance, true), 1e-12);
    });
  });

  it('counts a day of many outcomes as one of less, and leaves a day without any alone', () => {
    const week = [band(10_000, 5000)];
    const [many, few] = [createSlowOutcomes(half), createSlowOutcomes(half)];
    many.addDay([band(400 * maxDailyVariance, 300 * maxDailyVariance)], week, 0);
    // p(1 − p) is a quarter
    few.addDay([band(4 * maxDailyVariance, 3 * maxDailyVariance)], week, 0);
    slowOutcomesBets.forEach((_, b) => {
      closeTo(many.winnings[b] / few.winnings[b], 1, 1e-9);
    });
    const before = [...few.winnings];
    few.addDay([band(0, 0)], week, 1);
    assert.deepEqual([...few.winnings], before);
  });

  it('tolerates what the calibration does not know, and bets on nothing where that is too much', () => {
    // z·√(N/(M·V)) with M = 100 rows in the band
    closeTo(slowOutcomesTolerance([band(140, 70)], [100]) ?? 0, z * Math.sqrt(140 / (100 * 35)), 1e-12);
    assert.equal(slowOutcomesTolerance([band(140, 70)], [0]), null);
    assert.equal(slowOutcomesTolerance([band(0, 0)], half), null);
    assert.equal(slowOutcomesTolerance([band(7, 0, 0)], half), null, 'of what was certain');
    const detector = createSlowOutcomes([0]);
    detector.addDay([band(20, 20)], [band(140, 140)], 0);
    assert.deepEqual([...detector.winnings], [0, 0, 0, 0, 0, 0]);
  });

  it('says in which direction the outcomes went and since when, and stops once they are as expected again', () => {
    const expected = [band(20, 6, 0.3)];
    const fewer = [band(20, 2, 0.3)];
    const week = [band(140, 42, 0.3)];
    const detector = createSlowOutcomes(half);
    let day = 0;
    for (; day < 30; day++) detector.addDay(expected, week, day);
    assert.equal(detector.found(), null);
    for (; day < 130; day++) detector.addDay(fewer, week, day);
    assert.deepEqual(detector.found(), { direction: 'falls', since: 30 });
    assert.ok(detector.evidence() >= dailyBetRule.threshold);
    for (; detector.found() !== null; day++) detector.addDay(expected, week, day);
    assert.ok(day - 130 <= 60, `silent after ${day - 130} days`);
  });

  it('wins nothing on average while the odds are tolerated, nor by outcomes that come three times', () => {
    const logOdds = fc.double({ min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(
        logOdds,
        fc.double({ min: 0, max: maxTolerance, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (expected, tolerance, part) => {
          const probability = 1 / (1 + Math.exp(-expected));
          const risk = withOdds(probability, Math.exp(part * tolerance));
          slowOutcomesBets.forEach((_, b) => {
            const [positive, negative] = [true, false].map((is) => factorOf(b, probability, tolerance, is));
            for (const times of [1, 2, 3]) {
              assert.ok(risk * positive ** times + (1 - risk) * negative ** times <= 1 + 1e-12);
            }
          });
        },
      ),
    );
  });
});
