import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Bins, binCount } from '../../src/stats/binning.ts';
import { driftRule, earlierCeiling, judgeDrift, measureDrift, raisesAlert } from '../../src/stats/drift.ts';
import { chiSquareQuantileWilsonHilferty, psiNoiseCeiling } from '../../src/stats/noise-ceiling.ts';
import { closeTo } from './close-to.ts';

const numeric: Bins = { kind: 'numeric', edges: [1, 2, 3] };
const categorical: Bins = { kind: 'categorical', categories: ['a', 'b'], grouped: ['c'] };
const constant: Bins = { kind: 'numeric', edges: [] };

describe('drift of one variable', () => {
  it('follows the definition', () => {
    const reference = [100, 200, 300, 390, 10];
    const live = [60, 40, 20, 80, 0];
    const drift = measureDrift(numeric, reference, live);
    let expected = 0;
    for (let i = 0; i < 5; i++) {
      const p = (live[i] + 0.5) / (200 + 2.5);
      const q = (reference[i] + 0.5) / (1000 + 2.5);
      expected += (p - q) * Math.log(p / q);
    }
    assert.equal(drift.samples, 200);
    assert.equal(drift.referenceSamples, 1000);
    closeTo(drift.psi, expected, 1e-12);
    const k = 4;
    const cube = (1 - 2 / (9 * k) + 4.5 * Math.sqrt(2 / (9 * k))) ** 3;
    closeTo(drift.psiNoiseCeiling, (1 / 200 + 1 / 1000) * k * cube, 1e-12);
    // Of values: 990 in the reference, 200 live.
    closeTo(drift.kolmogorovSmirnov, 60 / 200 - 100 / 990, 1e-12);
    assert.equal(drift.verdict, 'drifting');
  });

  it('uses the ceiling of segments on request, also in the alert and the rank trend', () => {
    const { ceilingZ, segmentCeilingZ, alertDesignEffect } = driftRule;
    const reference = [100, 200, 300, 390, 10];
    const live = [60, 40, 20, 80, 0];
    const whole = measureDrift(numeric, reference, live);
    const within = measureDrift(numeric, reference, live, { ceilingZ: segmentCeilingZ });
    closeTo(within.psiNoiseCeiling, psiNoiseCeiling(200, 1000, 5, segmentCeilingZ), 1e-12);
    closeTo(
      within.psiAlertCeiling,
      psiNoiseCeiling(200 / alertDesignEffect, 1000, 5, segmentCeilingZ),
      1e-12,
    );
    assert.deepEqual(
      { ...within, psiNoiseCeiling: null, psiAlertCeiling: null },
      { ...whole, psiNoiseCeiling: null, psiAlertCeiling: null },
    );
    const between = { probability: 0.6, z: (ceilingZ + segmentCeilingZ) / 2, effectiveValues: 100 };
    assert.equal(judgeDrift(0.01, 0.06, between), 'moved');
    assert.equal(judgeDrift(0.01, 0.06, between, segmentCeilingZ), 'stable');
  });

  it('calls no segment of 300 reference rows and ten bins stable, however many rows arrive', () => {
    const ceiling = (rows: number) => psiNoiseCeiling(1e12, rows, 10, driftRule.segmentCeilingZ);
    assert.ok(ceiling(300) > driftRule.undeterminedCeiling);
    assert.ok(ceiling(350) < driftRule.undeterminedCeiling);
  });

  it('alerts on no change of two categories as seldom as docs/drift.md says, summed exactly', () => {
    const all = (times: number) => worstAlert(driftRule.ceilingZ, times);
    const within20 = (times: number) => 20 * worstAlert(driftRule.segmentCeilingZ, times);
    for (const times of [1, 3]) {
      assert.ok(all(times) < 1e-4, `${all(times)}`);
      assert.ok(within20(times) < 1e-4, `${within20(times)}`);
    }
    // that none of ten expected rows comes is likelier than χ² has it
    assert.ok(within20(6) < 1e-3, `${within20(6)}`);
  });

  it('adds what empty bins contribute by chance, against an earlier window as against the reference', () => {
    const { alertDesignEffect } = driftRule;
    const earlier = [300, 0, 0, 100, 0];
    const [p, q] = [0.5 / (5000 + 2.5), 0.5 / (400 + 2.5)];
    const ofEmpty = 2 * (p - q) * Math.log(p / q);
    const noise = psiNoiseCeiling(5000 / alertDesignEffect, 400 / alertDesignEffect, 2, driftRule.ceilingZ);
    closeTo(earlierCeiling('numeric', earlier, 5000), noise + ofEmpty, 1e-12);
    closeTo(earlierCeiling('categorical', earlier, 5000), noise, 1e-12);
    const { psiAlertCeiling } = measureDrift(numeric, earlier, [3750, 0, 0, 1250, 0]);
    closeTo(
      psiAlertCeiling,
      psiNoiseCeiling(5000 / alertDesignEffect, 400, 2, driftRule.ceilingZ) + ofEmpty,
      1e-12,
    );
  });

  it('judges by PSI > max(0.1, ceiling), then by whether the ceiling hides too much', () => {
    assert.equal(judgeDrift(0.1, 0.05, null), 'moved');
    assert.equal(judgeDrift(0.1000001, 0.05, null), 'drifting');
    assert.equal(judgeDrift(0.15, 0.16, null), 'stable');
    assert.equal(judgeDrift(0.17, 0.16, null), 'drifting');
    assert.equal(judgeDrift(0.15, 0.2, null), 'stable');
    assert.equal(judgeDrift(0.15, 0.21, null), 'undetermined');
    assert.equal(judgeDrift(0.22, 0.21, null), 'drifting');
  });

  it('judges a certain change without drift as moved: by its PSI, or by its rank trend', () => {
    assert.equal(judgeDrift(0.0200001, 0.015, null), 'moved');
    assert.equal(judgeDrift(0.02, 0.015, null), 'stable');
    assert.equal(judgeDrift(0.05, 0.06, null), 'stable');
    assert.equal(judgeDrift(0.07, 0.06, null), 'moved');
    const trend = { probability: 0.56, z: 5, effectiveValues: 100 };
    assert.equal(judgeDrift(0.01, 0.06, trend), 'moved');
    assert.equal(judgeDrift(0.01, 0.5, trend), 'moved');
    assert.equal(judgeDrift(0.6, 0.5, trend), 'drifting');
    assert.equal(judgeDrift(0.01, 0.06, { ...trend, probability: 0.44, z: -5 }), 'moved');
    assert.equal(judgeDrift(0.01, 0.06, { ...trend, probability: 0.549 }), 'stable');
    assert.equal(judgeDrift(0.01, 0.06, { ...trend, z: 4.4 }), 'stable');
    assert.equal(judgeDrift(0.01, 0.06, { ...trend, z: driftRule.ceilingZ }), 'stable');
    assert.equal(judgeDrift(0.01, 0.06, { ...trend, effectiveValues: driftRule.minTrendValues }), 'moved');
    assert.equal(judgeDrift(0.01, 0.5, { ...trend, effectiveValues: 29 }), 'undetermined');
  });

  it('concludes nothing from no data', () => {
    const empty = {
      psi: null,
      psiNoiseCeiling: null,
      psiAlertCeiling: null,
      jensenShannonDistance: null,
      kolmogorovSmirnov: null,
      rankTrend: null,
    };
    assert.deepEqual(measureDrift(numeric, [1, 2, 3, 4, 0], [0, 0, 0, 0, 0]), {
      samples: 0,
      referenceSamples: 10,
      ...empty,
      verdict: 'undetermined',
    });
    assert.equal(measureDrift(numeric, [0, 0, 0, 0, 0], [1, 2, 3, 4, 0]).verdict, 'undetermined');
    assert.equal(measureDrift(numeric, [1, 2, 3, 4, 0], [0, 0, 0, 0, 9]).kolmogorovSmirnov, null);
    assert.equal(measureDrift(categorical, [5, 3, 2, 0, 0], [5, 3, 2, 0, 0]).kolmogorovSmirnov, null);
  });

  it('does not call a few requests drift, and a constant that stays constant is never drift', () => {
    for (let n = 1; n < 2000; n++) {
      assert.notEqual(measureDrift(constant, [1000, 0], [n, 0]).verdict, 'drifting');
    }
    assert.equal(measureDrift(constant, [1000, 0], [3, 0]).verdict, 'undetermined');
    assert.equal(measureDrift(constant, [1000, 0], [1000, 0]).verdict, 'stable');
    assert.equal(measureDrift(constant, [1000, 0], [800, 200]).verdict, 'drifting');
  });

  it('refuses counts that do not fit the bins', () => {
    assert.throws(() => measureDrift(numeric, [1, 2, 3, 4], [1, 2, 3, 4, 5]), /has 5 bins.*reference has 4/);
    assert.throws(() => measureDrift(numeric, [1, 2, 3, 4, 5], [1, 2, 3, 4, -5]), RangeError);
  });

  it('gives finite figures or null for any counts, and 0 for the same shares', () => {
    const cases = fc.constantFrom(numeric, categorical, constant).chain((bins) => {
      const size = binCount(bins);
      const counts = fc.array(fc.nat(1_000_000), { minLength: size, maxLength: size });
      return fc.tuple(fc.constant(bins), counts, counts);
    });
    fc.assert(
      fc.property(cases, ([bins, reference, live]) => {
        const drift = measureDrift(bins, reference, live);
        for (const value of [drift.psi, drift.psiNoiseCeiling, drift.jensenShannonDistance]) {
          if (value === null) assert.ok(drift.samples === 0 || drift.referenceSamples === 0);
          else assert.ok(Number.isFinite(value) && value >= 0);
        }
        const { kolmogorovSmirnov } = drift;
        assert.ok(kolmogorovSmirnov === null || (kolmogorovSmirnov >= 0 && kolmogorovSmirnov <= 1));
        const same = measureDrift(bins, reference, reference);
        if (same.samples > 0) assert.equal(same.psi, 0);
      }),
    );
  });

  it('has a ceiling that falls with either sample and rises with bins', () => {
    const z = driftRule.ceilingZ;
    assert.ok(psiNoiseCeiling(1000, 1000, 10, z) < psiNoiseCeiling(500, 1000, 10, z));
    assert.ok(psiNoiseCeiling(1000, 5000, 10, z) < psiNoiseCeiling(1000, 1000, 10, z));
    assert.ok(psiNoiseCeiling(1000, 1000, 10, z) < psiNoiseCeiling(1000, 1000, 11, z));
    assert.equal(psiNoiseCeiling(0, 1000, 10, z), Infinity);
    assert.equal(psiNoiseCeiling(50, 1000, 1, z), psiNoiseCeiling(50, 1000, 2, z));
  });

  it('comes near the exact χ² quantile from above', () => {
    // scipy 1.17.1: chi2.isf(norm.sf(4.5), k)
    const exact = { 1: 21.577769242093392, 3: 28.13800434889529, 9: 41.92098211619, 19: 60.3568816112347 };
    const excess = { 1: 0.13, 3: 0.061, 9: 0.023, 19: 0.011 };
    for (const k of [1, 3, 9, 19] as const) {
      const ratio = chiSquareQuantileWilsonHilferty(k, 4.5) / exact[k];
      assert.ok(ratio > 1 && ratio < 1 + excess[k], `${k}: ${ratio}`);
    }
  });
});

/**
 * How often at most two categories that have not changed raise an alert, where each row is sent so many times and the
 * reference is as large as it is exact: the sum over all numbers of rows of the rarer one, for its worst share and the
 * worst number of rows.
 */
function worstAlert(ceilingZ: number, times: number): number {
  const bins: Bins = { kind: 'categorical', categories: ['a', 'b'], grouped: [] };
  let worst = 0;
  for (let different = 50; different <= 500; different += 30) {
    for (let thousandths = 10; thousandths < 300; thousandths = Math.ceil(thousandths * 1.1)) {
      const share = thousandths / 1000;
      const reference = [100_000 - 100 * thousandths, 100 * thousandths, 0, 0];
      let chance = (1 - share) ** different;
      let alerts = 0;
      for (let rows = 0; rows <= different; rows++) {
        const live = [times * (different - rows), times * rows, 0, 0];
        if (chance > 1e-9 && raisesAlert(measureDrift(bins, reference, live, { ceilingZ }))) alerts += chance;
        chance *= ((different - rows) / (rows + 1)) * (share / (1 - share));
      }
      worst = Math.max(worst, alerts);
    }
  }
  return worst;
}
