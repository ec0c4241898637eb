import assert from 'node:assert/strict';
import { expectedAgain } from '../../src/stats/expected-again.ts';

const isNear = (found: number | undefined, expected: number, within: number) =>
  assert.ok(
    found !== undefined && Math.abs(found / expected - 1) < within,
    `${found} instead of ${expected}`,
  );

/** The probability of a count under a rate, if it is not 0. */
function probability(count: number, rate: number): number {
  let p = Math.exp(-rate) / -Math.expm1(-rate);
  for (let i = 1; i <= count; i++) p *= rate / i;
  return p;
}

describe('how often something is expected again', () => {
  it('is as often as before for one thing, seen often', () => {
    isNear(expectedAgain([100]).get(100), 100, 0.01);
    isNear(expectedAgain([100, 100, 100, 100]).get(100), 100, 0.01);
  });

  it('is less often for what was seen once, as was everything else', () => {
    // such counts are likeliest under the smallest of the rates, 1/16
    isNear(expectedAgain(Array.from({ length: 50 }, () => 1)).get(1), 1 / 16, 0.05);
  });

  it('follows the rates behind the counts', () => {
    // 4,000 things seen at a rate of 4, and 1,000 at a rate of 25, as often as their probabilities say
    const rates = [
      { rate: 4, things: 4000 },
      { rate: 25, things: 1000 },
    ];
    const counts: number[] = [];
    for (let count = 1; count < 60; count++) {
      const expected = rates.reduce((sum, { rate, things }) => sum + things * probability(count, rate), 0);
      for (let i = 0; i < Math.round(expected); i++) counts.push(count);
    }
    const found = expectedAgain(counts);
    for (const count of [1, 4, 8, 12, 20, 25, 35]) {
      const weights = rates.map(({ rate, things }) => things * probability(count, rate));
      const total = weights[0] + weights[1];
      isNear(found.get(count), (weights[0] * 4 + weights[1] * 25) / total, 0.1);
    }
    // in whatever order they come
    const reversed = expectedAgain(counts.toReversed());
    for (const [count, times] of found) isNear(reversed.get(count), times, 1e-9);
  });

  it('is given for counts up to 400', () => {
    assert.deepEqual([...expectedAgain([400, 401, 7]).keys()], [400, 7]);
    isNear(expectedAgain([400, 401, 7]).get(400), 400, 0.01);
    assert.deepEqual(expectedAgain([]), new Map());
  });
});
