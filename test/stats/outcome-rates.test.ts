import assert from 'node:assert/strict';
import fc from 'fast-check';
import { outcomeRates } from '../../src/stats/outcome-rates.ts';
import { intervalZ, wilsonInterval } from '../../src/stats/wilson-interval.ts';

const near = (actual: number, expected: number, error = 1e-9) =>
  assert.ok(Math.abs(actual - expected) < error, `${actual} is not ${expected}`);

describe('the interval of a share', () => {
  it('is the score interval without a correction of the examples in Newcombe, Statistics in Medicine 17 (1998)', () => {
    const known = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ];
    for (const [hits, rows, low, high] of known) {
      const interval = wilsonInterval(hits / rows, rows);
      near(interval.low, low, 6e-5);
      near(interval.high, high, 6e-5);
    }
  });

  it('ends where the share lies z standard errors of the end away', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, share) => {
          const { low, high } = wilsonInterval(share, n);
          assert.ok(0 <= low && low <= share + 1e-12 && share <= high + 1e-12 && high <= 1);
          for (const end of [low, high]) {
            // (share − p)² n = z² p (1 − p)
            near((share - end) ** 2 * n, intervalZ ** 2 * end * (1 - end), 1e-7);
          }
        },
      ),
    );
  });

  it('contains a share of 0 or 1, and does not shrink to it', () => {
    near(wilsonInterval(0, 4).low, 0);
    assert.ok(wilsonInterval(0, 4).high > 0.4);
    near(wilsonInterval(1, 4).high, 1);
    assert.ok(wilsonInterval(1, 4).low < 0.6);
  });
});

describe('true- and false-positive rates', () => {
  const counts = { truePositives: 6, falseNegatives: 2, falsePositives: 3, trueNegatives: 27 };

  it('are shares of positive and of negative outcomes', () => {
    assert.deepEqual(outcomeRates(counts), {
      truePositiveRate: { value: 0.75, outcomes: 8, interval: wilsonInterval(0.75, 8) },
      falsePositiveRate: { value: 0.1, outcomes: 30, interval: wilsonInterval(0.1, 30) },
    });
  });

  it('are not known without outcomes, nor if these do not represent all decisions', () => {
    const unknown = (outcomes: number) => ({ value: null, outcomes, interval: null });
    assert.deepEqual(
      outcomeRates({ ...counts, truePositives: 0, falseNegatives: 0 }).truePositiveRate,
      unknown(0),
    );
    assert.deepEqual(
      outcomeRates({ ...counts, falsePositives: 0, trueNegatives: 0 }).falsePositiveRate,
      unknown(0),
    );
    assert.deepEqual(outcomeRates(counts, false), {
      truePositiveRate: unknown(8),
      falsePositiveRate: unknown(30),
    });
  });
});
