import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chiSquareGoodnessOfFit, chiSquareUpperTail } from '../../bench/chi-square.ts';
import { binomialCeiling } from '../../src/stats/binomial-ceiling.ts';
import {
  kolmogorovSmirnov,
  kolmogorovSmirnovAsymptoticP,
  kolmogorovSmirnovExactP,
} from '../../src/stats/kolmogorov-smirnov.ts';
import { normalQuantile } from '../../src/stats/normal-quantile.ts';
import { wassersteinDistance } from '../../src/stats/wasserstein.ts';
import { closeTo } from './close-to.ts';

// All expected values not otherwise explained: scipy 1.17.1, by the call named.
const reference = [38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0];
const live = [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8];
const tiedReference = [1, 2, 2, 3, 3, 3, 4, 5, 8];
const tiedLive = [2, 3, 3, 4, 4, 5, 6, 6, 6, 7, 9, 9];

const sample = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 40 }).map(ascending);

function ascending(values: number[]): number[] {
  return values.sort((a, b) => a - b);
}

describe('Kolmogorov–Smirnov', () => {
  it('gives ks_2samp(…, method="exact")', () => {
    const result = kolmogorovSmirnov(reference, live);
    closeTo(result.statistic, 0.625);
    closeTo(result.p, 0.08702408702408702);
    assert.equal(result.method, 'exact');
  });

  it('does so for unequal sizes and ties', () => {
    const tied = kolmogorovSmirnov(tiedReference, tiedLive);
    closeTo(tied.statistic, 0.4166666666666667);
    closeTo(tied.p, 0.2681114551083592);
    const disjoint = kolmogorovSmirnov([1, 2, 3], [10, 11, 12, 13, 14]);
    assert.equal(disjoint.statistic, 1);
    closeTo(disjoint.p, 2 / 56);
  });

  it('does so for samples of a thousand', () => {
    const e = ascending(Array.from({ length: 1000 }, (_, i) => ((i * 7919) % 1000) / 1000));
    const g = ascending(Array.from({ length: 700 }, (_, i) => (((i * 104729) % 700) / 700) * 1.05 + 0.02));
    const result = kolmogorovSmirnov(e, g);
    closeTo(result.statistic, 0.06742857142857143);
    closeTo(result.p, 0.044963022097259345);
  });

  it('keeps a very small exact p to its last digits', () => {
    const low = Array.from({ length: 100 }, (_, i) => i);
    const high = Array.from({ length: 60 }, (_, i) => i + 80);
    const { statistic, p } = kolmogorovSmirnov(low, high);
    closeTo(statistic, 0.8);
    closeTo(p / 1.5473914151854466e-24, 1);
  });

  it('equals the count of all interleavings on small samples', () => {
    for (const [n, m] of [
      [1, 1],
      [2, 3],
      [4, 4],
      [5, 2],
      [3, 6],
    ]) {
      const walks = allWalks(n, m);
      for (const statistic of new Set(walks)) {
        const atLeast = walks.filter((other) => other >= statistic - 1e-12).length / walks.length;
        closeTo(kolmogorovSmirnovExactP(statistic, n, m), atLeast, 1e-12);
      }
    }
  });

  it('has the limit of scipy.special.kolmogorov', () => {
    const expected = [
      [0.3, 0.9999906941986655],
      [0.7, 0.7112351950296893],
      [0.999, 0.27107316411506394],
      [1, 0.26999967167735456],
      [1.36, 0.049485876755377876],
      [2, 0.0006709252557796953],
      [4, 2.532833109818835e-14],
    ];
    // n = m = 2 makes √(n·m/(n + m)) = 1.
    for (const [lambda, p] of expected) closeTo(kolmogorovSmirnovAsymptoticP(lambda, 2, 2), p, 1e-12);
    assert.equal(kolmogorovSmirnovAsymptoticP(0, 50, 50), 1);
  });

  it('uses the limit for large samples, where it is close to the exact p', () => {
    const big = Array.from({ length: 10_001 }, (_, i) => i);
    const shifted = big.map((value) => value + 200);
    const result = kolmogorovSmirnov(big, shifted);
    assert.equal(result.method, 'asymptotic');
    closeTo(result.p, kolmogorovSmirnovExactP(result.statistic, 10_001, 10_001), 1e-3);
  });

  it('is symmetric, 0..1, 0 on identity, with p 0..1', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const { statistic, p } = kolmogorovSmirnov(a, b);
        assert.ok(statistic >= 0 && statistic <= 1 && p > 0 && p <= 1);
        const swapped = kolmogorovSmirnov(b, a);
        assert.equal(swapped.statistic, statistic);
        closeTo(swapped.p, p, 1e-12);
        assert.deepEqual(kolmogorovSmirnov(a, a), { statistic: 0, p: 1, method: 'exact' });
      }),
    );
  });
});

describe('Wasserstein distance', () => {
  it('gives wasserstein_distance', () => {
    closeTo(wassersteinDistance(reference, live), 4.1625);
    closeTo(wassersteinDistance(tiedReference, tiedLive), 1.8888888888888884);
  });

  it('is the size of a shift, symmetric, and 0 on identity', () => {
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: -50, max: 50 }), (a, b, shift) => {
        closeTo(
          wassersteinDistance(
            a,
            a.map((value) => value + shift),
          ),
          Math.abs(shift),
        );
        closeTo(wassersteinDistance(a, b), wassersteinDistance(b, a));
        closeTo(wassersteinDistance(a, a), 0);
      }),
    );
  });
});

describe('the χ² test', () => {
  it('gives chisquare', () => {
    const before = [16, 18, 16, 14, 12, 12];
    const after = [16, 16, 16, 16, 16, 8];
    const fit = chiSquareGoodnessOfFit(before, after);
    closeTo(fit.statistic, 3.1746031746031744);
    closeTo(fit.p, 0.6730876006966301);
  });

  it('has the tail of chi2.sf to 1e-9, up to thousands of degrees of freedom', () => {
    const expected = [
      [0.5, 1, 0.47950012218695337],
      [3, 2, 0.22313016014842982],
      [30, 10, 0.000856641210775301],
      [100, 50, 3.454931382984871e-5],
      [1100, 1000, 0.014614408126295192],
      [5000, 5000, 0.4973403788923451],
    ];
    for (const [statistic, k, p] of expected) closeTo(chiSquareUpperTail(statistic, k), p);
    closeTo(chiSquareUpperTail(300, 10), 0);
    assert.equal(chiSquareUpperTail(0, 3), 1);
    assert.equal(chiSquareUpperTail(Infinity, 3), 0);
  });

  it('treats what is not in the reference as impossible', () => {
    assert.deepEqual(chiSquareGoodnessOfFit([10, 0], [9, 1]), {
      statistic: Infinity,
      degreesOfFreedom: 1,
      p: 0,
    });
  });

  it('is never NaN, p in 0..1, 0 and 1 on identity', () => {
    const counts = fc
      .array(fc.nat(5000), { minLength: 4, maxLength: 4 })
      .filter((values) => values.some((n) => n > 0));
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        const { statistic, p } = chiSquareGoodnessOfFit(a, b);
        assert.ok(statistic >= 0 && p >= 0 && p <= 1);
        closeTo(chiSquareGoodnessOfFit(a, a).statistic, 0);
        closeTo(chiSquareGoodnessOfFit(a, a).p, 1);
      }),
    );
    assert.throws(() => chiSquareGoodnessOfFit([1, 2], [0, 0]), RangeError);
    assert.throws(() => chiSquareGoodnessOfFit([1, 2], [1]), RangeError);
  });
});

describe('normal quantile', () => {
  it('gives norm.ppf', () => {
    const expected = [
      [1e-9, -5.9978070150076865],
      [1e-5, -4.264890793922825],
      [0.025, -1.9599639845400545],
      [0.5, 0],
      [0.8, 0.8416212335729143],
      [0.999, 3.090232306167813],
    ];
    for (const [p, z] of expected) closeTo(normalQuantile(p), z, 1e-8);
    assert.throws(() => normalQuantile(0), RangeError);
    assert.throws(() => normalQuantile(1), RangeError);
  });
});

describe('binomial ceiling', () => {
  it('follows its formula', () => {
    const s = Math.sin(Math.asin(Math.sqrt(21 / 1002)) + 2.25 * Math.sqrt(1 / 500 + 1 / 1000)) ** 2;
    closeTo(binomialCeiling(20, 1000, 500, 4.5), (502 * s - 1) / 500, 1e-12);
  });

  it('is rarely exceeded by chance, for any share and sizes: summed over both binomials', () => {
    for (const share of [0, 0.0005, 0.01, 0.05, 0.3, 0.9, 0.99]) {
      for (const referenceSamples of [100, 1000]) {
        for (const samples of [5, 50, 300, 2000]) {
          const mass = falseAlarms(share, referenceSamples, samples);
          assert.ok(mass <= 2e-5, `share ${share}, M ${referenceSamples}, N ${samples}: ${mass}`);
        }
      }
    }
    // near the worst that a search over all shares, M from 100 and N from 5 found: 2.5 in 100,000
    const worst = falseAlarms(0.0349, 300, 20_000);
    assert.ok(worst > 1e-5 && worst <= 2.5e-5, `${worst}`);
  });

  it('detects a share that is not in the reference', () => {
    assert.ok(binomialCeiling(0, 1000, 1000, 4.5) < 0.02);
    assert.ok(binomialCeiling(0, 1000, 300, 4.5) < 0.03);
  });

  it('is a share at least as large as the reference’s own, and 1 if nothing can be concluded', () => {
    assert.equal(binomialCeiling(0, 0, 100, 4.5), 1);
    assert.equal(binomialCeiling(3, 100, 0, 4.5), 1);
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), fc.integer({ min: 1, max: 100_000 }), (a, b, samples) => {
        const [count, size] = [Math.min(a, b), Math.max(a, b, 1)];
        const ceiling = binomialCeiling(count, size, samples, 4.5);
        assert.ok(ceiling <= 1 && ceiling > 0);
        assert.ok(ceiling >= count / size - 1e-12);
      }),
    );
  });
});

/** The statistic of every interleaving of n and m values. */
function allWalks(n: number, m: number): number[] {
  const walk = (i: number, j: number, largest: number): number[] => {
    const here = Math.max(largest, Math.abs(i / n - j / m));
    if (i === n && j === m) return [here];
    return [...(i < n ? walk(i + 1, j, here) : []), ...(j < m ? walk(i, j + 1, here) : [])];
  };
  return walk(0, 0, 0);
}

/** The probability that a live share exceeds its ceiling although both samples have the same share. */
function falseAlarms(share: number, referenceSamples: number, samples: number): number {
  const referenceMass = binomialMass(share, referenceSamples);
  const liveMass = binomialMass(share, samples);
  const tail = new Float64Array(samples + 2);
  for (let n = samples; n >= 0; n--) tail[n] = tail[n + 1] + liveMass[n];
  let total = 0;
  for (let m = 0; m <= referenceSamples; m++) {
    const most = Math.floor(binomialCeiling(m, referenceSamples, samples, 4.5) * samples + 1e-9);
    total += referenceMass[m] * tail[most + 1];
  }
  return total;
}

/** Binomial probabilities by adding one trial after another. */
function binomialMass(share: number, trials: number): Float64Array {
  const mass = new Float64Array(trials + 1);
  mass[0] = 1;
  for (let done = 1; done <= trials; done++) {
    for (let k = done; k > 0; k--) mass[k] = mass[k] * (1 - share) + mass[k - 1] * share;
    mass[0] *= 1 - share;
  }
  return mass;
}
