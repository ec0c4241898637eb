import assert from 'node:assert/strict';
import { numericReference } from '../../src/model/reference.ts';
import {
  describeSmallestDetectableDrift,
  smallestDetectableShift,
} from '../../src/model/smallest-detectable-drift.ts';
import { countBins } from '../../src/stats/binning.ts';
import { measureDrift } from '../../src/stats/drift.ts';
import { normalQuantile } from '../../src/stats/normal-quantile.ts';
import { createRandom } from '../../src/stats/random.ts';

describe('the smallest drift that a reference can show', () => {
  it('is what simulated windows show', () => {
    const random = createRandom(3);
    const draw = (shift: number, count: number) =>
      Float64Array.from({ length: count }, () => normalQuantile(random() || 0.5) + shift);
    for (const referenceRows of [200, 1000]) {
      const found = (shift: number) => {
        let drifting = 0;
        for (let i = 0; i < 150; i++) {
          const { edges, counts } = numericReference(draw(0, referenceRows));
          const bins = { kind: 'numeric', edges } as const;
          const drift = measureDrift(bins, counts, countBins(bins, draw(shift, 1000)));
          if (drift.verdict === 'drifting') drifting++;
        }
        return drifting / 150;
      };
      const shift = smallestDetectableShift(referenceRows);
      assert.ok(found(shift) > 0.9, `${referenceRows} rows: ${found(shift)} at ${shift}`);
      assert.ok(found(shift / 2) < 0.5, `${referenceRows} rows: ${found(shift / 2)} at ${shift / 2}`);
    }
  });

  it('shrinks with more rows, to what the rule calls too small to matter', () => {
    const shifts = [50, 100, 200, 500, 1000, 10_000, 1_000_000].map(smallestDetectableShift);
    assert.deepEqual(
      shifts,
      shifts.toSorted((a, b) => b - a),
    );
    assert.ok(shifts[0] > 0.9 && shifts[6] > 0.3);
  });

  it('says so in words, and warns where half a deviation would not show', () => {
    const words = describeSmallestDetectableDrift(1000);
    assert.match(
      words,
      /^With 1,000 reference rows and 1,000 live ones .* 0\.\d\d standard deviations .*\.$/,
    );
    assert.doesNotMatch(words, /unnoticed/);
    assert.match(describeSmallestDetectableDrift(100), /half a standard deviation may go unnoticed/);
    assert.match(describeSmallestDetectableDrift(3), /no shift of a feature can be told from chance/);
  });
});
