import assert from 'node:assert/strict';
import fc from 'fast-check';
import { midRanks } from '../../src/stats/rank-trend.ts';
import {
  createSlowDrift,
  slowDriftBets,
  slowDriftGrowth,
  slowDriftRule,
  slowDriftTolerance,
} from '../../src/stats/slow-drift.ts';
import { closeTo } from './close-to.ts';

const { stakes, tolerance, threshold, maxDailyRows, maxWinnings } = slowDriftRule;
/** Ten bins as a reference of 1,000 rows has them, with mid-ranks of 0.05, 0.15, … */
const tenths = Array<number>(10).fill(100);

function detectorOf(reference: readonly number[]) {
  return createSlowDrift(reference) ?? assert.fail('the reference has values');
}

/** What rows of a bin multiply the winnings of a bet by, one after the other. */
function factorOf(bet: (typeof slowDriftBets)[number], midRank: number, rows: number): number {
  return (1 + bet.stake * (bet.direction * (midRank - 0.5) - tolerance)) ** rows;
}

describe('slow drift', () => {
  it('bets eight times, on larger values and on smaller ones', () => {
    assert.deepEqual(
      slowDriftBets,
      [1, -1].flatMap((direction) => stakes.map((stake) => ({ direction, stake }))),
    );
  });

  it('multiplies each bet’s winnings by the factor of each row, and starts a new bet each day', () => {
    const detector = detectorOf(tenths);
    assert.deepEqual([...detector.winnings], Array(8).fill(0));
    assert.equal(detector.evidence(), 0);
    // two rows in the topmost bin, one in the lowest
    detector.addDay([1, 0, 0, 0, 0, 0, 0, 0, 0, 2], 0);
    const first = slowDriftBets.map((bet) => factorOf(bet, 0.95, 2) * factorOf(bet, 0.05, 1));
    slowDriftBets.forEach((_, b) => {
      closeTo(detector.winnings[b], first[b], 1e-12);
    });
    // by hand, of stake 0.25 on larger values: (1 + 0.25·0.4)² · (1 − 0.25·0.5)
    closeTo(detector.winnings[0], 1.1 ** 2 * 0.875, 1e-12);
    // and on smaller ones: (1 − 0.25·0.5)² · (1 + 0.25·0.4)
    closeTo(detector.winnings[4], 0.875 ** 2 * 1.1, 1e-12);
    closeTo(detector.evidence(), first.reduce((sum, won) => sum + won, 0) / 8, 1e-12);
    detector.addDay([0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 1);
    slowDriftBets.forEach((bet, b) => {
      closeTo(detector.winnings[b], (first[b] + 1) * factorOf(bet, 0.95, 1), 1e-12);
    });
  });

  it('counts a day of many rows as one of so many, and leaves a day without rows alone', () => {
    const detector = detectorOf(tenths);
    detector.addDay([0, 0, 0, 0, 0, 0, 0, 0, 0, 40 * maxDailyRows], 0);
    slowDriftBets.forEach((bet, b) => {
      const all = Math.min(maxWinnings, factorOf(bet, 0.95, maxDailyRows));
      closeTo(detector.winnings[b] / all, 1, 1e-12);
    });
    const before = [...detector.winnings];
    detector.addDay(Array(10).fill(0), 1);
    assert.deepEqual([...detector.winnings], before);
  });

  it('tolerates more with a small reference, whose own mean rank errs', () => {
    assert.equal(slowDriftTolerance(1000), 0.05);
    closeTo(slowDriftTolerance(200), 4.5 / Math.sqrt(2400), 1e-12);
    closeTo(slowDriftGrowth({ direction: -1, stake: 0.5 }, 0.1, 0.05), Math.log(1 + 0.5 * 0.35), 1e-12);
    // the factor of a row is above 0 whatever the reference, even one of a single row
    assert.ok(Number.isFinite(slowDriftGrowth({ direction: 1, stake: 0.55 }, 0, slowDriftTolerance(1))));
  });

  it('says since when the bets have been winning, and stops some days after they do', () => {
    const detector = detectorOf(tenths);
    const flat = Array<number>(10).fill(2);
    const low = [4, 4, 3, 3, 2, 2, 1, 1, 0, 0];
    let day = 0;
    for (; day < 30; day++) detector.addDay(flat, day);
    assert.equal(detector.found(), null);
    for (; day < 200; day++) detector.addDay(low, day);
    assert.deepEqual(detector.found(), { direction: 'falls', since: 30 });
    assert.ok(detector.evidence() >= threshold && detector.evidence() <= maxWinnings);
    for (; detector.found() !== null; day++) detector.addDay(flat, day);
    assert.ok(day - 200 <= 14, `silent after ${day - 200} days`);
  });

  it('takes longer to stop the fewer rows a day has: ten days with 20, five weeks with 5', () => {
    const low = [4, 4, 3, 3, 2, 2, 1, 1, 0, 0];
    const daysToSilence = (perDay: number) => {
      const detector = detectorOf(tenths);
      let day = 0;
      for (; day < 600; day++) {
        detector.addDay(
          low.map((count) => (count * perDay) / 20),
          day,
        );
      }
      for (; detector.found() !== null; day++) detector.addDay(Array<number>(10).fill(perDay / 10), day);
      return day - 600;
    };
    assert.deepEqual([20, 5].map(daysToSilence), [10, 37]);
  });

  it('has no detector without reference values, and refuses counts that do not fit', () => {
    assert.equal(createSlowDrift([0, 0]), null);
    assert.throws(() => createSlowDrift([1, -1]), RangeError);
    assert.throws(() => detectorOf([1, 2]).addDay([1, 2, 3], 0), RangeError);
    assert.throws(() => detectorOf([1, 2]).addDay([1, -2], 0), RangeError);
  });

  describe('what the guarantee rests on, summed exactly', () => {
    /** The mean, over rows of these shares, of what k rows of one bin multiply the winnings by. */
    const meanFactor = (shares: readonly number[], ranks: readonly number[], bet: number, rows: number) =>
      shares.reduce((sum, share, i) => sum + share * factorOf(slowDriftBets[bet], ranks[i], rows), 0);

    it('no bet wins on average while the mean rank is within the tolerance', () => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 12 }),
          fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 12, maxLength: 12 }),
          (reference, drawn) => {
            const ranks = midRanks(reference);
            const weights = drawn.slice(0, ranks.length);
            const total = weights.reduce((sum, weight) => sum + weight, 0);
            const shares = weights.map((weight) => weight / total);
            const mean = shares.reduce((sum, share, i) => sum + share * ranks[i], 0);
            slowDriftBets.forEach(({ direction }, b) => {
              const excess = direction * (mean - 0.5) - tolerance;
              assert.equal(meanFactor(shares, ranks, b, 1) > 1 + 1e-12, excess > 1e-12);
            });
          },
        ),
      );
    });

    it('nor does one with rows that arrive three times a day, however the reference is binned', () => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 12 }),
          (reference) => {
            const total = reference.reduce((sum, count) => sum + count, 0);
            fc.pre(total > 0);
            const shares = reference.map((count) => count / total);
            for (let b = 0; b < slowDriftBets.length; b++) {
              for (const rows of [1, 2, 3]) {
                assert.ok(meanFactor(shares, midRanks(reference), b, rows) <= 1 + 1e-12);
              }
            }
          },
        ),
      );
    });

    it('uniform ranks are the worst case, and allow stakes up to 0.6 for three rows', () => {
      // the integral of (1 + λ(u − ½ − tolerance))^k over u from 0 to 1
      const meanOfUniform = (stake: number, rows: number) => {
        const [high, low] = [1 + stake * (0.5 - tolerance), 1 - stake * (0.5 + tolerance)];
        return (high ** (rows + 1) - low ** (rows + 1)) / (stake * (rows + 1));
      };
      const fine = Array<number>(1000).fill(1 / 1000);
      const ranks = fine.map((_, i) => (i + 0.5) / 1000);
      closeTo(meanFactor(fine, ranks, 3, 3), meanOfUniform(stakes[3], 3), 1e-6);
      for (const stake of stakes) assert.ok(meanOfUniform(stake, 3) < 1);
      assert.ok(meanOfUniform(0.6, 3) < 1);
      assert.ok(meanOfUniform(0.61, 3) > 1);
      assert.ok(meanOfUniform(stakes[3], 4) > 1, 'four rows are beyond the guarantee');
    });
  });
});
