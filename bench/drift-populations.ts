import type { Bins } from '../src/stats/binning.ts';
import { chiSquareUpperTail } from '../src/stats/chi-square.ts';
import type { Random } from '../src/stats/random.ts';

/** A distribution over a grid of values; `null` is a missing value. Rows drawn from it are multinomial counts. */
export type Population = {
  readonly values: readonly (number | string | null)[];
  readonly probabilities: readonly number[];
};

/** How the bins of a variable come about: numeric ones from the reference that was drawn, categories as given. */
export type Variable = { readonly kind: 'numeric' } | Extract<Bins, { kind: 'categorical' }>;

const oldest = 100;
const ageDeviation = 11.4;

/**
 * Ages in whole years, like those of the German credit data: 19 + a gamma variable, mean 35.5, deviation 11.4, moved
 * by `shift` deviations; a share `missing` of them missing.
 */
export function ages(shift = 0, missing = 0): Population {
  const mean = 16.5;
  const shape = (mean / ageDeviation) ** 2;
  const scale = mean / shape;
  const below = (age: number) => {
    const x = age - 19 - shift * ageDeviation;
    return x <= 0 ? 0 : 1 - chiSquareUpperTail((2 * x) / scale, 2 * shape);
  };
  const values: (number | null)[] = [];
  const probabilities: number[] = [];
  for (let age = 10; age <= oldest; age++) {
    values.push(age);
    const upTo = age === oldest ? 1 : below(age + 1);
    probabilities.push((1 - missing) * (upTo - below(age)));
  }
  return { values: [...values, null], probabilities: [...probabilities, missing] };
}

/** A standard normal variable moved by `shift`, on a grid of tenths. */
export function normal(shift = 0): Population {
  const below = (z: number) =>
    z < 0 ? chiSquareUpperTail(z * z, 1) / 2 : 1 - chiSquareUpperTail(z * z, 1) / 2;
  const values = Array.from({ length: 121 }, (_, i) => (i - 60) / 10);
  const probabilities = values.map((z) => below(z + 0.05 - shift) - below(z - 0.05 - shift));
  return { values, probabilities: normalise(probabilities) };
}

/** Credit limits, log-normal on 120 amounts from 250 to 20,000; the live ones in another unit, `factor` as large. */
export function limits(factor = 1): Population {
  const amounts = Array.from({ length: 120 }, (_, i) => 250 * 80 ** (i / 119));
  const weights = amounts.map((amount) => Math.exp(-0.5 * (Math.log(amount / 2300) / 0.78) ** 2));
  return { values: amounts.map((amount) => amount * factor), probabilities: normalise(weights) };
}

/** Five categories as the credit history has them, the fourth (5 % of the reference) moved to `share`. */
export function histories(share = 0.05): Population {
  const others = (1 - share) / 0.95;
  return {
    values: ['existing paid', 'critical', 'delayed', 'all paid', 'none'],
    probabilities: [0.53 * others, 0.29 * others, 0.09 * others, share, 0.04 * others],
  };
}

/** Twenty categories, the i-th 1/i as frequent as the first (Zipf). */
export function purposes(): Population {
  const values = Array.from({ length: 20 }, (_, i) => `purpose ${i + 1}`);
  return { values, probabilities: normalise(values.map((_, i) => 1 / (i + 1))) };
}

/** Twenty categories, each half as frequent as the one before: most of them are rarer than one row in 1,000. */
export function channels(): Population {
  const values = Array.from({ length: 20 }, (_, i) => `channel ${i + 1}`);
  return { values, probabilities: normalise(values.map((_, i) => 0.5 ** i)) };
}

/** The bins' categories of a categorical population. */
export function categories(population: Population): Variable {
  return { kind: 'categorical', categories: population.values.map(String), grouped: [] };
}

/**
 * Makes a function that draws `rows` rows and adds each to `counts` at its value's index: multinomial counts. The
 * probabilities are first rounded to 1/65,536, so that one random number looks up two rows in a table.
 */
export function createSampler(probabilities: readonly number[], random: Random) {
  const table = new Uint8Array(65_536);
  let sum = 0;
  let from = 0;
  probabilities.forEach((probability, i) => {
    sum += probability;
    const to = Math.round(sum * table.length);
    table.fill(i, from, to);
    from = to;
  });
  return (counts: Float64Array, rows: number) => {
    for (let row = 0; row < rows; row += 2) {
      const bits = (random() * 4294967296) >>> 0;
      counts[table[bits & 0xffff]]++;
      if (row + 1 < rows) counts[table[bits >>> 16]]++;
    }
  };
}

function normalise(weights: number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
