import assert from 'node:assert/strict';
import fc from 'fast-check';
import { binLabels, countBins, createBinner } from '../../src/stats/binning.ts';
import { quantileEdges } from '../../src/stats/quantile-edges.ts';
import { createRandom } from '../../src/stats/random.ts';

/** Label and count of each value bin. */
function cut(values: readonly number[], of: readonly number[] = values): [string, number][] {
  const bins = { kind: 'numeric', edges: quantileEdges(values, 10) } as const;
  const counts = countBins(bins, of);
  return binLabels(bins)
    .slice(0, -1)
    .map((label, i) => [label.slice(3), counts[i]]);
}

const repeat = (value: number, times: number) => new Array<number>(times).fill(value);
const range = (length: number, of: (i: number) => number) => Array.from({ length }, (_, i) => of(i));

const toDecimal = (value: number) => Number(value.toPrecision(7));

/** What a value becomes on its way through single precision, seven decimal digits, or both. */
const roundTrips: readonly ((value: number) => number)[] = [
  Math.fround,
  toDecimal,
  (value) => toDecimal(Math.fround(value)),
  (value) => Math.fround(toDecimal(value)),
];

/** Numbers as they are measured: of few digits, of any sign and size. */
const measured = fc
  .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: -12, max: 15 }))
  .map(([digits, exponent]) => Number(`${digits}e${exponent}`));

/** The same few numbers again and again, each in some of its spellings. */
const fewNumbers = fc
  .tuple(fc.uniqueArray(measured, { minLength: 1, maxLength: 25 }), fc.integer())
  .map(([numbers, seed]) => {
    const random = createRandom(seed);
    return range(400, () => {
      const value = numbers[Math.floor(random() ** 2 * numbers.length)];
      return random() < 0.5 ? value : roundTrips[Math.floor(random() * roundTrips.length)](value);
    });
  });

const numbers = fc.array(fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double({ noNaN: true })), {
  minLength: 1,
  maxLength: 200,
});

describe('edges at the quantiles', () => {
  it('lie between the values, at a short decimal', () => {
    const values = range(500, (i) => i);
    assert.deepEqual(
      quantileEdges(values, 10),
      [49.5, 99.5, 149.5, 199.5, 249.5, 299.5, 349.5, 399.5, 449.5],
    );
    assert.deepEqual(quantileEdges([3, 1, 2, 4], 2), [2.5]);
    assert.deepEqual(quantileEdges([0.1, 0.2, 0.9, 7.3], 4), [0.15, 0.5, 4]);
    assert.deepEqual(quantileEdges([-1204.37, -1180.02, 5, 2100], 4), [-1190, -600, 1000]);
  });

  it('are none without values, and need a positive number of bins', () => {
    assert.deepEqual(quantileEdges([], 10), []);
    assert.deepEqual(quantileEdges([Number.NaN, Infinity], 10), []);
    assert.throws(() => quantileEdges([1, 2], 1.5), RangeError);
    assert.throws(() => quantileEdges([], 0), RangeError);
  });

  it('ascend, and are no more than the values require, whatever the values', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 30 }), (values, count) => {
        const edges = quantileEdges(values, count);
        assert.ok(edges.every(Number.isFinite));
        assert.ok(edges.every((edge, i) => i === 0 || edge > edges[i - 1]));
        assert.ok(edges.length < count + 20, 'at most nine frequent values of two edges each');
        const finite = values.filter(Number.isFinite);
        const counts = countBins({ kind: 'numeric', edges }, finite);
        assert.equal(
          counts.reduce((sum, each) => sum + each),
          finite.length,
        );
      }),
    );
  });

  it('leave no bin empty if no value is frequent', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 11 }), (eighths) => {
        const values = eighths.map((each) => each / 8);
        const counts = countBins({ kind: 'numeric', edges: quantileEdges(values, 10) }, values);
        assert.ok(counts.slice(0, -1).every((count) => count > 0));
      }),
    );
  });
});

describe('a frequent value', () => {
  it('has a bin of its own, and the rest is cut at its own quantiles', () => {
    const zeros = [...repeat(0, 920), ...range(80, (i) => i + 1)];
    const counted = cut(zeros);
    assert.deepEqual(counted.slice(0, 3), [
      ['(-inf, 0)', 0],
      ['= 0', 920],
      ['(0, 8.5]', 8],
    ]);
    assert.equal(counted.length, 12);
    assert.ok(counted.slice(2).every(([, count]) => count === 8));
  });

  it('is kept apart from what lies below and above it, where the reference has nothing', () => {
    assert.deepEqual(cut([25, 25, 25], [24.99, 25, 25.01]), [
      ['(-inf, 25)', 1],
      ['= 25', 1],
      ['(25, +inf)', 1],
    ]);
    assert.deepEqual(cut([...repeat(0, 90), ...repeat(1, 10)], [-1, 0, 0.5, 1, 1, 2]), [
      ['(-inf, 0)', 1],
      ['= 0', 1],
      ['(0, +inf)', 4],
    ]);
    assert.deepEqual(cut([...repeat(0, 80), ...repeat(1, 20)], [-1, 0, 0.5, 1, 1, 2]), [
      ['(-inf, 0)', 1],
      ['= 0', 1],
      ['(0, 1)', 1],
      ['= 1', 2],
      ['(1, +inf)', 1],
    ]);
  });

  it('may lie at the top, as the cap of a percentage, or in the middle', () => {
    const capped = cut([...repeat(100, 900), ...range(100, (i) => i)]);
    assert.deepEqual(capped.at(-2), ['= 100', 900]);
    assert.deepEqual(capped.at(-1), ['(100, +inf)', 0]);
    assert.equal(capped.length, 12);
    const adjusted = cut([...range(40, (i) => i - 40), ...repeat(0, 920), ...range(40, (i) => i + 1)]);
    assert.equal(adjusted.length, 11);
    assert.deepEqual(adjusted[5], ['= 0', 920]);
    assert.ok(adjusted.every(([name, count]) => name === '= 0' || count === 8));
  });

  it('leaves the rest no bins of very few rows', () => {
    const counted = cut([...repeat(0, 985), ...range(15, (i) => i + 1)]);
    assert.deepEqual(
      counted.map(([, count]) => count),
      [0, 985, 5, 5, 5],
    );
  });

  it('is kept apart from its neighbours below and above, whatever the values and however near', () => {
    const values = fc.uniqueArray(
      fc.oneof(measured, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
      { minLength: 1, maxLength: 9 },
    );
    fc.assert(
      fc.property(
        values,
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
        (frequent, others) => {
          const spelt = frequent.map((value) => [value, ...roundTrips.map((trip) => trip(value))]);
          const isApart = spelt.every((one, i) =>
            spelt.every((other, j) => i === j || !one.some((value) => other.includes(value))),
          );
          fc.pre(isApart);
          const reference = [...frequent.flatMap((value) => repeat(value, 50)), ...others.slice(0, 20)];
          const bins = { kind: 'numeric', edges: quantileEdges(reference, 10) } as const;
          const binOf = createBinner(bins);
          const sorted = frequent.toSorted((a, b) => a - b);
          for (const [i, value] of sorted.entries()) {
            if (i > 0) assert.ok(binOf(value) > binOf(sorted[i - 1]), 'in order');
            const far = Math.max(Math.abs(value) * 1e-4, 1e-3);
            if (Number.isFinite(value + far)) assert.ok(binOf(value + far) > binOf(value), 'from above');
            if (Number.isFinite(value - far)) assert.ok(binOf(value - far) < binOf(value), 'from below');
          }
        },
      ),
    );
  });

  it('is named by its value, however many digits that has', () => {
    const fractions = range(400, (i) => (i + 1) / [3, 7, 9, 11, 13, 17][i % 6]);
    const almost = [0.99999999, 9.9999999, 5_000_000.1, 16_000_000.7, 123_456.789, 1 / 9e5, 1e7 / 9];
    for (const value of [
      ...fractions,
      ...fractions.map(Math.fround),
      ...almost,
      ...almost.map(Math.fround),
    ]) {
      for (const signed of [value, -value]) {
        const [, [name, count], , ...others] = cut(repeat(signed, 100));
        assert.deepEqual(others, []);
        assert.equal(count, 100);
        const named = Number(name.replace(/^= /, ''));
        assert.ok(Math.abs(named - signed) <= 2e-7 * value, `${signed} is in ${name}`);
      }
    }
  });

  it('has edges of few digits', () => {
    for (const [value, edges] of [
      [0, [-1e-9, 1e-9]],
      [100, [99.9998, 100.0002]],
      [-0.3, [-0.3000002, -0.2999998]],
      [Math.fround(0.3), [0.2999998, 0.3000002]],
      [27.9, [27.89998, 27.90002]],
      [123456.78, [123456.58, 123456.98]],
      [5_000_000, [4_999_999.5, 5_000_000.5]],
      [1e100, [9.99998e99, 1e100]],
      [-1e100, [-9.99998e99]],
    ] as const) {
      assert.deepEqual(quantileEdges(repeat(value, 100), 10), edges);
    }
  });

  it('treats computed zeros as zeros', () => {
    const computed = [0.1 + 0.2 - 0.3, 0.3 - 0.1 - 0.2, 1.1 * 3 - 3.3];
    const balances = [...repeat(0, 80), ...computed, ...range(20, (i) => i - 10.5)];
    const atZero = (values: readonly number[]) => cut(balances, values).find(([name]) => name === '= 0')?.[1];
    assert.equal(atZero(balances), 83);
    assert.equal(atZero([0, -0, 1e-17, -1e-16]), 4);
    assert.equal(atZero([0.01, -0.01]), 0);
  });
});

describe('the last digits of a number', () => {
  it('do not move it to another bin: few numbers, in any spelling', () => {
    fc.assert(
      fc.property(fewNumbers, (values) => {
        const binOf = createBinner({ kind: 'numeric', edges: quantileEdges(values, 10) });
        for (const value of values) {
          for (const trip of roundTrips)
            assert.equal(binOf(trip(value)), binOf(value), `${value} ${trip(value)}`);
        }
      }),
    );
  });

  it('do not move it to another bin: 0.1 and 0.10000000149011612', () => {
    const rates = range(1000, (i) => ((i % 10) + 1) / 20);
    const bins = { kind: 'numeric', edges: quantileEdges(rates, 10) } as const;
    assert.deepEqual(countBins(bins, rates.map(Math.fround)), countBins(bins, rates));
    const both = rates.map((rate, i) => (i % 3 === 0 ? Math.fround(rate) : rate));
    assert.deepEqual(quantileEdges(both, 10), bins.edges);
  });

  for (const [title, of] of [
    ['whole numbers', (random: () => number) => Math.floor(1e6 * random() ** 3)],
    ['any numbers', (random: () => number) => 1000 * (random() - 0.3)],
    ['very small ones', (random: () => number) => 1e-20 * random()],
    ['very large ones', (random: () => number) => -1e25 * random()],
  ] as const) {
    it(`do not move it to another bin: ten thousand ${title}`, () => {
      const random = createRandom(3);
      const values = range(10_000, () => of(random));
      const bins = { kind: 'numeric', edges: quantileEdges(values, 10) } as const;
      const counts = countBins(bins, values);
      for (const trip of roundTrips) assert.deepEqual(countBins(bins, values.map(trip)), counts);
    });
  }

  it('hardly matter where values are too close together for a gap', () => {
    const random = createRandom(5);
    const values = range(300_000, () => 1 + random() / 100);
    const bins = { kind: 'numeric', edges: quantileEdges(values, 10) } as const;
    const counts = countBins(bins, values);
    assert.ok(counts.slice(0, -1).every((count) => Math.abs(count - 30_000) < 100));
    for (const trip of roundTrips) {
      for (const [i, count] of countBins(bins, values.map(trip)).entries()) {
        assert.ok(Math.abs(count - counts[i]) < 20);
      }
    }
  });

  it('are all that tells numbers apart that lie far from 0: they are cut all the same', () => {
    const values = range(1000, (i) => 1e9 + i / 1000);
    const counts = countBins({ kind: 'numeric', edges: quantileEdges(values, 10) }, values);
    assert.deepEqual(counts, [...repeat(100, 10), 0]);
  });
});
