import assert from 'node:assert/strict';
import { countBins, type NumericBins } from '../../src/stats/binning.ts';
import { measureDrift } from '../../src/stats/drift.ts';
import { quantileEdges } from '../../src/stats/quantile-edges.ts';
import { createRandom } from '../../src/stats/random.ts';
import { guessUnit } from '../../src/stats/unit-guess.ts';
import { describeUnitGuess } from '../../src/text/unit-guess.ts';

const rows = 1000;

/** Each call draws from the same seed, so that a test does not depend on those before it. */
function draws(seed: number) {
  const random = createRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    random,
    variables: {
      age: () => Math.round(Math.min(90, Math.max(18, 40 + 13 * normal()))),
      height: () => 170 + 9 * normal(),
      income: () => Math.round(2500 * Math.exp(0.6 * normal())),
      amount: () => Math.round(30_000 * Math.exp(1.2 * normal())) / 100,
      rate: () => 0.01 + 0.12 * random(),
      balance: () => 1000 + 2000 * normal(),
      debt: () => (random() < 0.3 ? 0 : Math.round(500 * Math.exp(0.8 * normal()))),
    },
  };
}

type Name = keyof ReturnType<typeof draws>['variables'];

function guess(reference: readonly number[], live: readonly number[]) {
  const bins: NumericBins = { kind: 'numeric', edges: quantileEdges(Float64Array.from(reference), 10) };
  const range = [Math.min(...reference), Math.max(...reference)] as const;
  const counts = countBins(bins, reference);
  const liveCounts = countBins(bins, live);
  const others = live.filter((value) => value !== 0);
  const { verdict } = measureDrift(bins, counts, liveCounts);
  return guessUnit(
    verdict,
    { bins, counts, range },
    {
      counts: liveCounts,
      below: live.filter((value) => value < range[0]).length,
      above: live.filter((value) => value > range[1]).length,
      zeros: live.length - others.length,
      logSum: others.reduce((sum, value) => sum + Math.log(Math.abs(value)), 0),
    },
  );
}

describe('the guess at another unit', () => {
  const found: [Name, number[]][] = [
    ['age', [10, 12, 60, 100, 1000, 1e6, 0.1, 1 / 12, 0.01, 0.001, 2.54]],
    ['height', [1.609, 2.205, 2.54, 10, 12, 100, 1000, 0.01, 0.001, 1 / 2.54]],
    ['income', [10, 12, 60, 100, 1000, 1e6, 0.01, 0.001]],
    ['amount', [100, 1000, 1e6, 0.01, 0.001]],
    ['rate', [10, 12, 100, 1000, 0.01]],
    ['balance', [100, 1000, 0.01, 0.001]],
    ['debt', [10, 100, 1000, 0.001]],
  ];
  for (const [name, factors] of found) {
    it(`finds the factor of ${name}, of all values and of half of them`, () => {
      const { random, variables } = draws(1);
      const reference = Array.from({ length: rows }, variables[name]);
      for (const factor of factors) {
        const isLarge = Math.abs(Math.log10(factor)) >= 2;
        for (const share of isLarge ? [1, 0.5] : [1]) {
          const live = Array.from(
            { length: rows },
            () => variables[name]() * (random() < share ? factor : 1),
          );
          const told = guess(reference, live);
          const what = `${factor} of ${share}: ${JSON.stringify(told)}`;
          assert.ok(told !== null && Math.abs(told.factor / factor - 1) < 0.001, what);
          assert.ok(Math.abs(told.share - share) < 0.1, what);
        }
      }
    });
  }

  it('is silent about other drift, except in very few cases', () => {
    const { random, variables } = draws(2);
    let drifting = 0;
    const told: string[] = [];
    for (const [name, draw] of Object.entries(variables)) {
      const reference = Array.from({ length: rows }, draw);
      const mean = reference.reduce((sum, value) => sum + value, 0) / rows;
      const deviation = Math.sqrt(reference.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows);
      const drifts: Record<string, (value: number) => number> = {
        'half a deviation up': (value) => value + deviation / 2,
        'one up': (value) => value + deviation,
        'two up': (value) => value + 2 * deviation,
        'three up': (value) => value + 3 * deviation,
        'one down': (value) => value - deviation,
        'three down': (value) => value - 3 * deviation,
        'a fifth more': (value) => value * 1.2,
        'half as much again': (value) => value * 1.5,
        double: (value) => value * 2,
        half: (value) => value / 2,
        'five times': (value) => value * 5,
        wider: (value) => mean + 2 * (value - mean),
        narrower: (value) => mean + 0.3 * (value - mean),
        'another population': (value) => (random() < 0.2 ? value + 4 * deviation : value),
        'a heavier tail': (value) => (random() < 0.1 ? value * (1 + 9 * random()) : value),
        'one value': () => mean,
        'no value': () => 0,
        missing: (value) => (random() < 0.3 ? -999 : value),
      };
      for (const [what, change] of Object.entries(drifts)) {
        for (let i = 0; i < 10; i++) {
          const live = Array.from({ length: rows }, () => change(draw()));
          const unit = guess(reference, live);
          drifting++;
          if (unit !== null) told.push(`${name}, ${what}: ${unit.factor}`);
        }
      }
    }
    assert.ok(told.length <= 0.005 * drifting, `${told.length} of ${drifting}: ${told.join('; ')}`);
  });

  it('does not mistake an offset for a factor: degrees Celsius and Fahrenheit', () => {
    const { variables } = draws(3);
    const celsius = Array.from({ length: rows }, () => (variables.height() - 170) / 2 + 18);
    assert.equal(
      guess(
        celsius,
        celsius.map((value) => 1.8 * value + 32),
      ),
      null,
    );
  });

  it('is silent if nothing drifts, and about few or no values', () => {
    const { variables } = draws(4);
    const reference = Array.from({ length: rows }, variables.age);
    const live = Array.from({ length: rows }, variables.age);
    assert.equal(guess(reference, live), null);
    assert.equal(guess(reference, [...live, ...live.slice(0, 20).map((age) => 1000 * age)]), null);
    assert.equal(
      guess(
        reference,
        live.slice(0, 20).map((age) => 1000 * age),
      ),
      null,
    );
    assert.equal(guess(reference, new Array(rows).fill(0)), null);
    assert.equal(guess(reference, []), null);
  });

  it('is said in a sentence that asks', () => {
    for (const [factor, share, text] of [
      [1000, 1, 'about 1,000 times the usual values: another unit?'],
      [0.001, 0.97, 'about 1/1,000 of the usual values: another unit?'],
      [12, 0.52, '52 % are about 12 times the usual values: another unit?'],
    ] as const) {
      assert.equal(describeUnitGuess({ factor, share }), text);
    }
  });
});
