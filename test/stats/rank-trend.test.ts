import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judgeDrift, measureDrift } from '../../src/stats/drift.ts';
import { midRanks, rankTrend } from '../../src/stats/rank-trend.ts';
import { closeTo } from './close-to.ts';

describe('the rank trend over bins', () => {
  it('gives mannwhitneyu(live, reference, method="asymptotic", use_continuity=False)', () => {
    // scipy 1.17.1: statistic / (n·m), and norm.isf(p) of alternative='greater'
    const known = [
      [[210, 180, 150, 190, 160, 100], [12, 16, 18, 30, 30, 34], 0.6474747474747474, 5.741792460855289],
      [Array(10).fill(100), [60, 75, 90, 100, 105, 110, 115, 115, 115, 115], 0.5475, 3.6973992012523618],
      [[980, 0, 0, 20], [40, 0, 5, 5], 0.589, 7.368968377385104],
      [[5, 3, 2], [1, 0, 4], 0.77, 1.7748239349298849],
      [[0, 7, 0], [3, 0, 1], 0.25, -1.5512092057488576],
    ] as const;
    for (const [reference, live, probability, z] of known) {
      const trend = rankTrend(reference, live) ?? assert.fail('both sides have values');
      closeTo(trend.probability, probability, 1e-12);
      closeTo(trend.z, z, 1e-9);
    }
  });

  it('is the share of pairs in which the live value is larger, ties by half', () => {
    const counts = fc.array(fc.nat(6), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(counts, counts, (reference, live) => {
        let [pairs, larger] = [0, 0];
        reference.forEach((m, i) => {
          live.forEach((n, j) => {
            pairs += m * n;
            larger += m * n * (j > i ? 1 : j === i ? 0.5 : 0);
          });
        });
        const trend = rankTrend(reference, live);
        if (pairs === 0) assert.equal(trend, null);
        else closeTo(trend?.probability ?? null, larger / pairs, 1e-12);
      }),
    );
  });

  it('is none if all values share one bin, and refuses counts that do not match', () => {
    assert.deepEqual(rankTrend([0, 8, 0], [0, 5, 0]), { probability: 0.5, z: 0, effectiveValues: 0 });
    assert.equal(rankTrend([0, 0], [1, 2]), null);
    assert.throws(() => rankTrend([1, 2], [1, 2, 3]), RangeError);
    assert.throws(() => rankTrend([1, 2], [1, -2]), RangeError);
  });

  it('has the mid-ranks of the reference', () => {
    assert.deepEqual(midRanks([2, 4, 2]), [0.125, 0.5, 0.875]);
  });
});

/** The probability of each count from 0 to `rows`. */
function binomial(rows: number, share: number): number[] {
  let logs = rows * Math.log1p(-share);
  return Array.from({ length: rows + 1 }, (_, n) => {
    if (n > 0) logs += Math.log(((rows - n + 1) / n) * (share / (1 - share)));
    return Math.exp(logs);
  });
}

describe('the verdict moved', () => {
  it('does not mistake a few rare values for a trend if nearly all others are the same', () => {
    // the chance of so many, by the binomial distribution, is 1 in 1,000
    const { verdict, rankTrend: trend } = measureDrift(
      { kind: 'numeric', edges: [0] },
      [990, 10, 0],
      [17, 3, 0],
    );
    assert.ok(trend !== null && trend.probability - 0.5 > 0.05 && trend.z > 4.5);
    assert.equal(verdict, 'undetermined');
  });

  it('falls in at most 3 of 100,000 windows of two bins without a change, summed exactly', () => {
    for (const referenceRows of [1000, 5000]) {
      for (const rows of [50, 100, 140, 200]) {
        for (const share of [0.05, 0.1, 0.15, 0.2, 0.3]) {
          const [before, after] = [binomial(referenceRows, share), binomial(rows, share)];
          let moved = 0;
          for (let m = 0; m <= referenceRows; m++) {
            if (before[m] < 1e-9) continue;
            for (let n = 0; n <= rows; n++) {
              const trend = rankTrend([referenceRows - m, m], [rows - n, n]);
              if (judgeDrift(0, 0, trend) === 'moved') moved += before[m] * after[n];
            }
          }
          assert.ok(moved <= 3e-5, `${moved} at M ${referenceRows}, N ${rows}, share ${share}`);
        }
      }
    }
  });

  it('is based on the PSI for a category, not on a trend', () => {
    const bins = { kind: 'categorical', categories: ['a', 'b'], grouped: [] } as const;
    const { verdict, rankTrend: trend } = measureDrift(bins, [2500, 2500, 0, 0], [2100, 2900, 0, 0]);
    assert.equal(trend, null);
    assert.equal(verdict, 'moved');
  });
});
