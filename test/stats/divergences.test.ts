import assert from 'node:assert/strict';
import fc from 'fast-check';
import { binnedKolmogorovSmirnov } from '../../src/stats/binned-kolmogorov-smirnov.ts';
import { countBins } from '../../src/stats/binning.ts';
import { jensenShannonDistance, jensenShannonDivergence } from '../../src/stats/jensen-shannon.ts';
import { psi } from '../../src/stats/psi.ts';
import { quantileEdges } from '../../src/stats/quantile-edges.ts';
import { type Smoothing, shares } from '../../src/stats/smoothing.ts';
import { closeTo } from './close-to.ts';

// The categorical example of evidently's tests; values of evidently, nannyml and scipy 1.17.1.
const reference = [16, 18, 16, 14, 12, 12];
const live = [16, 16, 16, 16, 16, 8];

const smoothings: Smoothing[] = [{ pseudoCount: 0.5 }, { epsilon: 1e-4 }, 'none'];

/** Name, function without options, upper bound. */
const measures = smoothings.flatMap((smoothing) =>
  (['e', 2] as const).flatMap((logBase) => {
    const options = { smoothing, logBase };
    const name = `with ${JSON.stringify(smoothing)}, base ${logBase}`;
    const ln2 = logBase === 2 ? 1 : Math.LN2;
    const proper = typeof smoothing === 'string' || 'pseudoCount' in smoothing;
    return [
      { name: `PSI ${name}`, of: psi, options, most: Infinity },
      {
        name: `Jensen–Shannon ${name}`,
        of: jensenShannonDistance,
        options,
        most: Math.sqrt(ln2) + (proper ? 1e-12 : 0.01),
      },
    ];
  }),
);

// Tolerances of 1e-7 below: the root of a divergence near 0 enlarges its rounding.
const twoDistributions = fc.integer({ min: 1, max: 12 }).chain((size) => {
  const counts = fc
    .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 })), {
      minLength: size,
      maxLength: size,
    })
    .filter((values) => values.some((n) => n > 0));
  const order = fc.shuffledSubarray(
    Array.from({ length: size }, (_, i) => i),
    { minLength: size, maxLength: size },
  );
  return fc.tuple(counts, counts, order);
});

describe('divergences', () => {
  it('give the known answers', () => {
    closeTo(psi(reference, live, { smoothing: 'none' }), 0.037218381577290835);
    closeTo(jensenShannonDistance(reference, live, { smoothing: 'none', logBase: 'e' }), 0.06804819617703867);
    closeTo(jensenShannonDistance(reference, live, { smoothing: 'none', logBase: 2 }), 0.08173421330573756);
    // scipy.spatial.distance.jensenshannon, with an empty bin
    closeTo(
      jensenShannonDistance([5, 0, 3], [1, 4, 5], { smoothing: 'none', logBase: 'e' }),
      0.49894244128025367,
    );
    closeTo(
      jensenShannonDistance([5, 0, 3], [1, 4, 5], { smoothing: 'none', logBase: 2 }),
      0.5992909469163301,
    );
  });

  it('agree with feature_engine on ten reference-quantile bins with ε = 1e-4', () => {
    const before = Array.from({ length: 500 }, (_, i) => i);
    const after = before.map((value) => value + 500);
    const bins = { kind: 'numeric', edges: quantileEdges(before, 10) } as const;
    const [q, p] = [before, after].map((values) => countBins(bins, values).slice(0, 10));
    closeTo(psi(q, p, { smoothing: { epsilon: 1e-4 } }), 8.283089355027482);
    closeTo(8.283089355027482, 9 * (0.1 - 1e-4) * Math.log(0.1 / 1e-4) + 0.9 * Math.log(10));
  });

  it('smooth by the stated convention', () => {
    assert.deepEqual([...shares([1, 3], 'none')], [0.25, 0.75]);
    assert.deepEqual([...shares([0, 3], { pseudoCount: 0.5 })], [0.125, 0.875]);
    assert.deepEqual([...shares([0, 3], { epsilon: 1e-4 })], [1e-4, 1]);
    assert.deepEqual([...shares([0, 0], { pseudoCount: 0.5 })], [0.5, 0.5]);
  });

  it('are infinite, not wrong, where an unsmoothed bin is empty on one side', () => {
    assert.equal(psi([1, 0], [1, 1], { smoothing: 'none' }), Infinity);
    closeTo(jensenShannonDivergence([1, 0], [0, 1], { smoothing: 'none', logBase: 2 }), 1);
  });

  it('say why they cannot compare', () => {
    assert.throws(() => psi([1, 2], [1, 2, 3], { smoothing: 'none' }), /reference has 2 bins and live has 3/);
    assert.throws(() => psi([1, 2], [0, 0], { smoothing: 'none' }), /counts are all 0/);
    assert.throws(() => psi([1, 2], [0, 0], { smoothing: { epsilon: 1e-4 } }), /counts are all 0/);
    assert.throws(() => psi([1, -2], [1, 1], { smoothing: { pseudoCount: 1 } }), /got -2 in bin 1/);
    assert.throws(() => psi([1, 2], [Number.NaN, 1], { smoothing: { pseudoCount: 1 } }), /got NaN in bin 0/);
    assert.throws(() => binnedKolmogorovSmirnov([1], [0]), RangeError);
    assert.throws(() => binnedKolmogorovSmirnov([0], [1]), RangeError);
    assert.throws(() => binnedKolmogorovSmirnov([1], [0, 1]), RangeError);
  });

  for (const { name, of, options, most } of measures) {
    it(`${name}: bounded, symmetric, never NaN, 0 on identity, blind to the order of bins`, () => {
      fc.assert(
        fc.property(twoDistributions, ([q, p, order]) => {
          const value = of(q, p, options);
          assert.ok(value >= 0 && value <= most, `${value}`);
          closeTo(of(q, q, options), 0, 0);
          const moved = of(
            order.map((i) => q[i]),
            order.map((i) => p[i]),
            options,
          );
          if (value === Infinity) assert.equal(moved, Infinity);
          else closeTo(moved, value, 1e-7 * Math.max(1, value));
          if (value !== Infinity) closeTo(of(p, q, options), value, 1e-7 * Math.max(1, value));
        }),
      );
    });
  }

  it('do not depend on the unit of the counts without smoothing', () => {
    fc.assert(
      fc.property(twoDistributions, fc.integer({ min: 2, max: 50 }), ([q, p], factor) => {
        const scaled = p.map((n) => n * factor);
        const options = { smoothing: 'none', logBase: 2 } as const;
        closeTo(jensenShannonDivergence(q, scaled, options), jensenShannonDivergence(q, p, options));
      }),
    );
  });

  it('Kolmogorov–Smirnov over edges: symmetric, 0..1, 0 on identity', () => {
    closeTo(binnedKolmogorovSmirnov([10, 0, 0], [0, 0, 10]), 1);
    closeTo(binnedKolmogorovSmirnov([5, 5], [8, 2]), 0.3);
    fc.assert(
      fc.property(twoDistributions, ([q, p]) => {
        const value = binnedKolmogorovSmirnov(q, p);
        assert.ok(value >= 0 && value <= 1 + 1e-12);
        closeTo(binnedKolmogorovSmirnov(p, q), value);
        assert.equal(binnedKolmogorovSmirnov(q, q), 0);
      }),
    );
  });
});
