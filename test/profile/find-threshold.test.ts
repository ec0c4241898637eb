import assert from 'node:assert/strict';
import { boundThreshold, chooseThreshold } from '../../src/profile/find-threshold.ts';

describe('the threshold of predictions', () => {
  it('lies between the rows that bound it', () => {
    assert.deepEqual(boundThreshold([0.2, 0.7, 0.4, 0.3], [0, 1, 1, 0]), {
      leastPositive: 2,
      greatestNegative: 3,
    });
    assert.deepEqual(boundThreshold([0.2, 0.7], [0, 0]), { leastPositive: -1, greatestNegative: 1 });
    assert.deepEqual(boundThreshold([0.2, 0.7], [1, 1]), { leastPositive: 0, greatestNegative: -1 });
  });

  it('is ½ if possible, otherwise short, and makes the same predictions', () => {
    for (const [negative, positive, threshold] of [
      [0.499, 0.5, 0.5],
      [0.1, 0.9, 0.5],
      [0.399457, 0.400021, 0.4],
      [0.02, 0.11, 0.07],
      [0, 1e-9, 5e-10],
      [0.3, 0.3 + 2 ** -53, 0.3 + 2 ** -53],
      [1 - 1e-6, 1, 1 - 5e-7],
    ]) {
      const chosen = chooseThreshold(negative, positive);
      assert.ok(negative < chosen && chosen <= positive, `${negative} ${chosen} ${positive}`);
      assert.ok(Math.abs(chosen - threshold) < 0.01 * threshold, `${chosen} for ${threshold}`);
    }
  });
});
