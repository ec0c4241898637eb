import assert from 'node:assert/strict';
import { createDailyBets, dailyBetRule, directionOf } from '../../src/stats/daily-bets.ts';
import { closeTo } from './close-to.ts';

describe('daily bets', () => {
  it('win by what they had and one more, up to the most that a bet can win', () => {
    const bets = createDailyBets([1]);
    assert.deepEqual([...bets.winnings], [0]);
    bets.settle([Math.log(2)], 1);
    bets.settle([Math.log(3)], 2);
    closeTo(bets.evidence(), 9);
    bets.settle([100], 3);
    assert.equal(bets.evidence(), dailyBetRule.maxWinnings);
  });

  it('detect a change once they have won the threshold on average', () => {
    const lost = Number.NEGATIVE_INFINITY;
    const of = (bets: number) => {
      const made = createDailyBets(Array.from({ length: bets }, () => 1 as const));
      made.settle([100, ...new Array<number>(bets - 1).fill(lost)], 1);
      return made.found();
    };
    assert.deepEqual(of(100), { direction: 'rises', since: 1 });
    assert.equal(of(101), null);
  });

  it('say in which direction, and since when the most successful one has been winning', () => {
    const bets = createDailyBets([1, -1]);
    for (const day of [4, 5, 6]) bets.settle([-1, -1], day);
    for (const day of [7, 8, 9]) bets.settle([-1, 5], day);
    assert.deepEqual(bets.found(), { direction: 'falls', since: 7 });
    // a change that has ended is forgotten: it never won more than the most
    for (let day = 10; day < 40; day++) bets.settle([2, -1], day);
    assert.deepEqual(bets.found(), { direction: 'rises', since: 10 });
  });

  it('have directions in words', () => {
    assert.equal(directionOf({ direction: 1 }), 'rises');
    assert.equal(directionOf({ direction: -1 }), 'falls');
  });
});
