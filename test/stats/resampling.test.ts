import assert from 'node:assert/strict';
import fc from 'fast-check';
import { quantileSorted } from '../../src/stats/quantile.ts';
import { createRandom, shuffle } from '../../src/stats/random.ts';
import { bootstrapInterval } from './bootstrap.ts';
import { closeTo } from './close-to.ts';

describe('quantile', () => {
  it('gives numpy.quantile', () => {
    const sorted = [3, 6, 7, 8, 8, 9, 10, 13, 15, 16, 20];
    // numpy 2: quantile(sorted, p)
    const expected = [3, 4.5, 6, 7.5, 9, 14, 16, 18, 20];
    [0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1].forEach((p, i) => {
      closeTo(quantileSorted(sorted, p), expected[i]);
    });
    assert.equal(quantileSorted([7], 0.3), 7);
    assert.throws(() => quantileSorted([], 0.5), RangeError);
    assert.throws(() => quantileSorted([1], 1.1), RangeError);
  });

  it('rises with the probability and stays between the extremes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, p, q) => {
          const sorted = values.sort((a, b) => a - b);
          const [low, high] = [Math.min(p, q), Math.max(p, q)].map((at) => quantileSorted(sorted, at));
          assert.ok(sorted[0] <= low && low <= high && high <= sorted[sorted.length - 1]);
        },
      ),
    );
  });
});

describe('seeded random numbers', () => {
  it('are those of xoshiro128** with a splitmix32 seed', () => {
    // Recomputed from the published algorithms in Python.
    const first = (seed: number, count: number) => {
      const random = createRandom(seed);
      return Array.from({ length: count }, () => random() * 2 ** 32);
    };
    assert.deepEqual(first(1, 4), [393288148, 2174103013, 3814759091, 2092745082]);
    assert.deepEqual(first(2 ** 31 + 5, 3), [4005638097, 2220383651, 3819322079]);
  });

  it('are spread evenly', () => {
    const random = createRandom(7);
    const counts = new Array<number>(20).fill(0);
    for (let i = 0; i < 200_000; i++) counts[Math.floor(random() * 20)]++;
    // 10,000 expected, standard deviation 97
    for (const n of counts) assert.ok(Math.abs(n - 10_000) < 450, String(counts));
  });

  it('shuffle into every order equally often', () => {
    const random = createRandom(7);
    const counts = new Map<string, number>();
    for (let i = 0; i < 60_000; i++) {
      const order = shuffle(Uint32Array.of(1, 2, 3), random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.deepEqual([...counts.keys()].sort(), ['123', '132', '213', '231', '312', '321']);
    // 10,000 expected, standard deviation 91
    for (const n of counts.values()) assert.ok(Math.abs(n - 10_000) < 450, String(n));
  });
});

describe('bootstrap interval', () => {
  const values = Array.from({ length: 400 }, (_, i) => i / 400);
  const mean = (indices: Int32Array) => indices.reduce((sum, i) => sum + values[i], 0) / indices.length;
  const options = { resamples: 2000, confidence: 0.95 };

  it('has the width theory gives for a mean', () => {
    const interval = bootstrapInterval(400, mean, { ...options, random: createRandom(1) });
    const halfWidth = 1.96 * Math.sqrt(1 / 12 / 400);
    assert.ok(interval !== null);
    closeTo(interval.low, mean(Int32Array.from(values, (_, i) => i)) - halfWidth, 0.003);
    closeTo(interval.high, mean(Int32Array.from(values, (_, i) => i)) + halfWidth, 0.003);
  });

  it('is the same for the same seed', () => {
    const of = (seed: number) => bootstrapInterval(400, mean, { ...options, random: createRandom(seed) });
    assert.deepEqual(of(3), of(3));
    assert.notDeepEqual(of(3), of(4));
  });

  it('leaves out resamples without a value, and has none where there is nothing', () => {
    const random = createRandom(1);
    let calls = 0;
    const half = bootstrapInterval(4, () => (calls++ % 2 === 0 ? 5 : null), { ...options, random });
    assert.deepEqual(half, { low: 5, high: 5 });
    assert.equal(
      bootstrapInterval(4, () => null, { ...options, random }),
      null,
    );
    assert.equal(bootstrapInterval(0, mean, { ...options, random }), null);
    assert.throws(() => bootstrapInterval(4, mean, { ...options, confidence: 1, random }), RangeError);
  });
});
