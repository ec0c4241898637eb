import assert from 'node:assert/strict';
import {
  describeSmallestDetectableDrift,
  smallestDetectableDrift,
} from '../../src/profile/smallest-detectable-drift.ts';

const requests = 1000;

describe('the smallest drift that a reference can show', () => {
  const dayAlert = (rows: number) => smallestDetectableDrift(rows, requests).day;
  const weekAlert = (rows: number) => smallestDetectableDrift(rows, requests).week;
  const verdict = (rows: number) => smallestDetectableDrift(rows, requests).verdict;

  it('is larger for an alert on a day of 1,000 requests than for the verdict on them, and least on the week', () => {
    // Found in 97.9, 99.2 and 99.0 % of 3,000 windows drawn independently of the program.
    assert.deepEqual([dayAlert(1000), verdict(1000), weekAlert(1000)], [0.83, 0.41, 0.39]);
  });

  it('shrinks with more rows, to what the rule calls too small to matter', () => {
    for (const shiftOf of [verdict, dayAlert, weekAlert]) {
      const shifts = [50, 100, 200, 500, 1000, 10_000, 1_000_000].map(shiftOf);
      assert.deepEqual(
        shifts,
        shifts.toSorted((a, b) => b - a),
      );
      assert.ok(shifts[0] > 0.9 && shifts[6] > 0.3);
    }
  });

  it('is described in words, with a warning if half a deviation would not show within a week', () => {
    const words = describeSmallestDetectableDrift(1000);
    assert.match(
      words,
      /^With 1,000 reference rows and 1,000 requests a day, .* 0\.83 standard deviations .* within a day .*\.$/,
    );
    assert.doesNotMatch(words, /larger reference/);
    assert.match(describeSmallestDetectableDrift(100), /A larger reference would show smaller shifts\.$/);
    assert.match(
      describeSmallestDetectableDrift(3),
      /no shift of a feature can be distinguished from chance/,
    );
  });
});
