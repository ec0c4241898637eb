import assert from 'node:assert/strict';
import { equalWidthEdges } from '../../src/stats/binning.ts';
import { driftCeiling, driftRule, earlierCeiling, raisesAlert } from '../../src/stats/drift.ts';
import { judgeAll } from '../../src/stats/judge-all.ts';
import { labelShift } from '../../src/stats/label-shift.ts';
import { psiNoiseCeiling } from '../../src/stats/noise-ceiling.ts';
import { logLossOfOne } from '../../src/stats/probability-scores.ts';
import { requireFinite } from '../../src/stats/require-finite.ts';
import { resample } from '../../src/stats/resample.ts';
import { roundDecimals } from '../../src/stats/round-decimals.ts';
import { closeTo } from './close-to.ts';

describe('edges of equal width', () => {
  it('cut the range into that many bins', () => {
    assert.deepEqual(equalWidthEdges(-1, 3, 4), [0, 1, 2]);
    assert.deepEqual(equalWidthEdges(0, 1, 1), []);
    assert.deepEqual(equalWidthEdges(5, 5, 10), []);
  });

  it('ascend strictly within a range that hardly has room for them', () => {
    const [min, max] = [1, 1 + 3 * Number.EPSILON];
    assert.deepEqual(equalWidthEdges(min, max, 50), [1 + Number.EPSILON, 1 + 2 * Number.EPSILON]);
  });

  it('need a range and a number of bins', () => {
    for (const count of [0, -1, 1.5, Number.NaN])
      assert.throws(() => equalWidthEdges(0, 1, count), RangeError);
    for (const [min, max] of [
      [1, 0],
      [Number.NEGATIVE_INFINITY, 0],
      [0, Number.POSITIVE_INFINITY],
      [Number.NaN, 1],
      [0, Number.NaN],
    ]) {
      assert.throws(() => equalWidthEdges(min, max, 3), RangeError);
    }
  });
});

describe('drift against an earlier window', () => {
  it('has the ceiling of live rows on both sides, of which several count as one', () => {
    const { alertDesignEffect: effect } = driftRule;
    const earlier = [300, 400, 300, 0];
    const both = { designEffect: effect, referenceDesignEffect: effect };
    closeTo(
      earlierCeiling('numeric', earlier, 900),
      driftCeiling('numeric', earlier, 900, both) ?? Number.NaN,
    );
    closeTo(
      earlierCeiling('numeric', earlier, 900, 6),
      driftCeiling('numeric', earlier, 900, { ...both, ceilingZ: 6 }) ?? Number.NaN,
    );
    assert.ok(earlierCeiling('numeric', earlier, 900, 6) > earlierCeiling('numeric', earlier, 900));
  });
});

describe('the alert on drift', () => {
  const drift = (psi: number | null, psiAlertCeiling = 0) =>
    ({ psi, psiAlertCeiling }) as Parameters<typeof raisesAlert>[0];

  it('is raised above the threshold, which is the ceiling where that is higher', () => {
    const { minPsi } = driftRule;
    assert.equal(raisesAlert(drift(minPsi)), false);
    assert.equal(raisesAlert(drift(minPsi + 0.001)), true);
    assert.equal(raisesAlert(drift(0.3, 0.4)), false);
    assert.equal(raisesAlert(drift(0.3), 0.5), false);
    assert.equal(raisesAlert(drift(0.6), 0.5), true);
    assert.equal(raisesAlert(drift(null)), false);
  });
});

describe('the verdict on several variables', () => {
  it('is the worst of theirs, and none without variables', () => {
    assert.equal(judgeAll(['stable', 'drifting', 'moved', 'undetermined']), 'drifting');
    assert.equal(judgeAll(['stable', 'undetermined', 'moved']), 'moved');
    assert.equal(judgeAll(['stable', 'undetermined']), 'undetermined');
    assert.equal(judgeAll(['stable', 'stable']), 'stable');
    assert.equal(judgeAll([]), 'undetermined');
  });
});

describe('a number that has to be finite', () => {
  it('is named if it is not', () => {
    requireFinite(-1.5, 'the score');
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      assert.throws(() => requireFinite(value, 'the score'), RangeError);
    }
  });
});

describe('a bootstrap resample', () => {
  it('has as many rows as there are, each where the random number falls', () => {
    const times = Uint32Array.of(9, 9, 9, 9);
    const numbers = [0, 0.3, 0.999, 0.26];
    resample(times, () => numbers.shift() ?? assert.fail('a row too many'));
    assert.deepEqual([...times], [1, 2, 0, 1]);
  });
});

describe('rounding to decimals', () => {
  it('keeps that many, and never gives −0', () => {
    assert.equal(roundDecimals(1.23456, 2), 1.23);
    assert.equal(roundDecimals(-1.235, 1), -1.2);
    assert.ok(Object.is(roundDecimals(-0.001, 2), 0));
  });
});

describe('the logarithmic loss of one prediction', () => {
  it('is finite when it was certain and wrong, and 0 when certain and right', () => {
    closeTo(logLossOfOne(1, false), 52 * Math.LN2, 1e-12);
    closeTo(logLossOfOne(0, true), 52 * Math.LN2, 1e-12);
    closeTo(logLossOfOne(1, true), 0, 1e-15);
    closeTo(logLossOfOne(0, false), 0, 1e-15);
    closeTo(logLossOfOne(0.25, true), Math.log(4));
    closeTo(logLossOfOne(0.25, false), -Math.log(0.75));
  });
});

describe('the ceiling of drift', () => {
  it('is the noise of the bins that the reference occupies, plus what its empty value bins add', () => {
    const { pseudoCount, ceilingZ } = driftRule;
    const reference = [300, 0, 200, 0];
    const noise = psiNoiseCeiling(900 / 3, 500 / 2, 2, ceilingZ);
    const effects = { designEffect: 3, referenceDesignEffect: 2 };
    const [p, q] = [900, 500].map((rows) => pseudoCount / (rows + 4 * pseudoCount));
    closeTo(driftCeiling('numeric', reference, 900, effects), noise + (p - q) * Math.log(p / q));
    const full = driftCeiling('numeric', [300, 200, 0], 900, { designEffect: 1 });
    closeTo(full, psiNoiseCeiling(900, 500, 2, ceilingZ));
  });
});

describe('the share of positives that explains probabilities', () => {
  it('is the prior where the classes look as they did, and moves further than the mean', () => {
    // a third of the positives and none of the negatives have a probability of 0.9, at a prior of 0.5
    const share = labelShift([0.9, 0.1], [500, 500], 0.5);
    closeTo(share, 0.5, 1e-6);
    const risen = labelShift([0.9, 0.1], [700, 300], 0.5);
    // positives have 0.9 in 90 % of cases, negatives in 10 %: 0.9 s + 0.1 (1 − s) = 0.7
    closeTo(risen, 0.75, 1e-6);
    closeTo(labelShift([0.9, Number.NaN, 0.1], [700, 0, 300], 0.5), 0.75, 1e-6);
  });

  it('is unknown without rows, and where any share explains them', () => {
    // a share of 0.25 from rows of which 0.2 + 0.6 · 0.25 score high: its error is √(0.35 · 0.65/n)/0.6
    for (const prior of [0.5, 0.3]) {
      const high = (0.8 * prior) / (0.8 * prior + 0.2 * (1 - prior));
      const low = (0.2 * prior) / (0.2 * prior + 0.8 * (1 - prior));
      closeTo(labelShift([high, low], [0.35 * 64, 0.65 * 64], prior), 0.25, 1e-6);
      assert.equal(labelShift([high, low], [0.35 * 63, 0.65 * 63], prior), null);
    }
    assert.equal(labelShift([0, 1], [100, 0], 0.5), 0);
    assert.equal(labelShift([0, 1], [0, 100], 0.5), 1);
    assert.equal(labelShift([0.5], [0], 0.5), null);
    assert.equal(labelShift([], [], 0.5), null);
    assert.equal(labelShift([0.5], [10_000], 0.5), null);
    assert.equal(labelShift([0.9, 0.1], [7, 3], 0.5), null);
  });
});
