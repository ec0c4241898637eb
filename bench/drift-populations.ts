import type { VariableReference } from '../src/model/reference.ts';
import { type Bins, binCount, createBinner, missingBin, unseenBin } from '../src/stats/binning.ts';
import type { Random } from '../src/stats/random.ts';
import { chiSquareUpperTail } from './chi-square.ts';

/** `null` is a missing value. */
export type Value = number | string | null;

/** A distribution that rows are drawn from. */
export type Population = {
  draw(random: Random): Value;
  /** The probability of each of a reference's cells: its bins, with values outside the reference's range apart. */
  cells(reference: VariableReference): Float64Array;
};

export type ListedPopulation = Population & {
  readonly values: readonly Value[];
  readonly probabilities: readonly number[];
};

/** After the bins there are two more cells: values below the reference's range, and values above. */
export const cellsOutside = 2;

/** Adds the cells outside the range to the bins that they belong to. @returns how many rows they hold */
export function foldOutside(cells: Float64Array, bins: Bins): number {
  const size = binCount(bins);
  const [below, above] = [cells[size], cells[size + 1]];
  cells[0] += below;
  cells[missingBin(bins) - 1] += above;
  return below + above;
}

/** A distribution over listed values. @param weigh how likely each is, in any unit */
export function listed<V extends Value>(
  values: readonly V[],
  weigh: (value: V, index: number) => number,
): ListedPopulation {
  const weights = values.map(weigh);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const probabilities = weights.map((weight) => weight / total);
  let sum = 0;
  const upTo = Float64Array.from(probabilities, (probability) => {
    sum += probability;
    return sum;
  });
  return {
    values,
    probabilities,
    draw(random) {
      const uniform = random();
      let low = 0;
      let high = upTo.length - 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (uniform < upTo[middle]) high = middle;
        else low = middle + 1;
      }
      return values[low];
    },
    cells({ bins, range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] }) {
      const size = binCount(bins);
      const cells = new Float64Array(size + cellsOutside);
      const binOf = createBinner(bins);
      const [min, max] = range;
      for (let i = 0; i < values.length; i++) {
        const value = values[i];
        if (typeof value === 'number' && value < min) cells[size] += probabilities[i];
        else if (typeof value === 'number' && value > max) cells[size + 1] += probabilities[i];
        else cells[binOf(value)] += probabilities[i];
      }
      return cells;
    },
  };
}

/** The same numbers, each `factor` as large. */
export function scaled(population: ListedPopulation, factor: number): ListedPopulation {
  return listed(
    population.values.map((value) => factor * Number(value)),
    (_, i) => population.probabilities[i],
  );
}

/** The same numbers after they went through single precision. */
export function inSinglePrecision(population: ListedPopulation): ListedPopulation {
  return listed(
    population.values.map((value) => Math.fround(Number(value))),
    (_, i) => population.probabilities[i],
  );
}

/** Rows of several populations, each with its share. The shares add up to 1. */
export function mixture(...parts: readonly (readonly [share: number, population: Population])[]): Population {
  return {
    draw(random) {
      let uniform = random();
      const part = parts.find(([share]) => {
        uniform -= share;
        return uniform < 0;
      });
      return (part ?? parts[0])[1].draw(random);
    },
    cells(reference) {
      const cells = new Float64Array(binCount(reference.bins) + cellsOutside);
      for (const [share, population] of parts) {
        population.cells(reference).forEach((probability, i) => {
          cells[i] += share * probability;
        });
      }
      return cells;
    },
  };
}

/** One value only. */
export function only(value: Value): Population {
  return listed([value], () => 1);
}

const ageDeviation = 11.4;

/**
 * Ages in whole years, like those of the German credit data: 19 + a gamma variable, mean 35.5, deviation 11.4, moved
 * by `shift` deviations.
 */
export function ages(shift = 0): ListedPopulation {
  const mean = 16.5;
  const shape = (mean / ageDeviation) ** 2;
  const scale = mean / shape;
  const below = (age: number) => {
    const x = age - 19 - shift * ageDeviation;
    return x <= 0 ? 0 : 1 - chiSquareUpperTail((2 * x) / scale, 2 * shape);
  };
  const youngest = 10;
  const oldest = 100;
  const values = Array.from({ length: oldest - youngest + 1 }, (_, i) => youngest + i);
  return listed(values, (age) => (age === oldest ? 1 : below(age + 1)) - below(age));
}

/** A standard normal variable to two digits, moved and spread. */
export function normal(shift = 0, spread = 1): ListedPopulation {
  const values = Array.from({ length: 1601 }, (_, i) => (i - 800) / 100);
  return listed(values, (z) => Math.exp(-(((z - shift) / spread) ** 2) / 2));
}

/** Log-normal amounts to two digits, most of them from 500 to 11,000. */
export function amounts(): ListedPopulation {
  const values = Array.from({ length: 1201 }, (_, i) => Math.round(25_000 * 80 ** (i / 1200)) / 100);
  return listed(values, (amount) => Math.exp(-0.5 * (Math.log(amount / 2300) / 0.78) ** 2));
}

/** Interest rates with a given number of distinct values: multiples of 0.05. */
export function interestRates(count: number): ListedPopulation {
  const values = Array.from({ length: count }, (_, i) => (i + 1) / 20);
  return listed(values, () => 1);
}

/** Repaid shares below 100 %, to one digit. */
export function repaidShares(): ListedPopulation {
  const values = Array.from({ length: 1000 }, (_, i) => i / 10);
  return listed(values, () => 1);
}

/** Whole numbers with a Poisson distribution. */
export function numbersOfEvents(mean: number): ListedPopulation {
  const values = Array.from({ length: 20 }, (_, i) => i);
  const weights = [1];
  for (const value of values.slice(1)) weights.push((weights[value - 1] * mean) / value);
  return listed(values, (value) => weights[value]);
}

/** Five categories as the credit history has them, the fourth (5 % of the reference) moved to `share`. */
export function histories(share = 0.05): ListedPopulation {
  const others = (1 - share) / 0.95;
  const shares = [0.53 * others, 0.29 * others, 0.09 * others, share, 0.04 * others];
  return listed(['existing paid', 'critical', 'delayed', 'all paid', 'none'], (_, i) => shares[i]);
}

/** Twenty categories, the i-th 1/i as frequent as the first (Zipf). */
export function purposes(): ListedPopulation {
  return listed(
    Array.from({ length: 20 }, (_, i) => `purpose ${i + 1}`),
    (_, i) => 1 / (i + 1),
  );
}

/** Twenty categories, each half as frequent as the one before: most of them are rarer than one row in 1,000. */
export function channels(): ListedPopulation {
  return listed(
    Array.from({ length: 20 }, (_, i) => `channel ${i + 1}`),
    (_, i) => 0.5 ** i,
  );
}

/**
 * Names with a Pareto tail, among which new ones never cease: all beyond the n-th together have the share (n +
 * 1)^−tail.
 */
export function merchants(tail: number): Population {
  const nameOf = (n: number) => `merchant ${n}`;
  const probability = (name: string) => {
    const n = Number(name.slice(nameOf(0).length - 1));
    return n ** -tail - (n + 1) ** -tail;
  };
  return {
    draw: (random) => nameOf(Math.floor((1 - random()) ** (-1 / tail))),
    cells({ bins }) {
      if (bins.kind === 'numeric') throw new TypeError('names need the bins of a category');
      const cells = new Float64Array(binCount(bins) + cellsOutside);
      const { categories, grouped } = bins;
      categories.forEach((name, i) => {
        cells[i] = probability(name);
      });
      for (const name of grouped) cells[categories.length] += probability(name);
      cells[unseenBin(bins)] = Math.max(0, 1 - cells.reduce((sum, share) => sum + share, 0));
      return cells;
    },
  };
}
