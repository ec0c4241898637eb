import assert from 'node:assert/strict';
import { normalScores } from '../../src/stats/normal-scores.ts';

describe('normalScores', () => {
  it('gives the quantiles of the mid-ranks, the same for equal values', () => {
    // Φ⁻¹ of 0.1, 0.4, 0.4, 0.7 and 0.9
    const expected = [-1.2815515655, -0.2533471031, -0.2533471031, 0.5244005127, 1.2815515655];
    const scores = normalScores([-1e9, 2, 2, 3, 1e300]);
    for (const [i, score] of scores.entries()) assert.ok(Math.abs(score - expected[i]) < 1e-8, `${score}`);
  });

  it('puts what is not a number in the middle, and ranks the rest among themselves', () => {
    const scores = normalScores([5, Number.NaN, 7, Number.POSITIVE_INFINITY]);
    assert.deepEqual([scores[1], scores[3]], [0, 0]);
    assert.ok(Math.abs(scores[0] + 0.6744897502) < 1e-8);
    assert.equal(scores[2], -scores[0]);
    const mixed = [3, Number.POSITIVE_INFINITY, 1, Number.NaN, 2, Number.NEGATIVE_INFINITY];
    // Φ⁻¹ of 5/6, 1/6 and ½
    for (const [i, score] of [0.9674215661, 0, -0.9674215661, 0, 0, 0].entries()) {
      assert.ok(Math.abs(normalScores(mixed)[i] - score) < 1e-8);
    }
    assert.equal(normalScores([]).length, 0);
  });
});
