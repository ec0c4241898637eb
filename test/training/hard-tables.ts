import { logistic } from '../../src/predictors/logistic/score.ts';
import { normalQuantile } from '../../src/stats/normal-quantile.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';
import type { TrainingSet } from '../../src/training/training-set.ts';

type Column = TrainingSet['columns'][number];

type Draw = {
  readonly random: Random;
  readonly normal: () => number;
  /** A draw for every row. */
  readonly column: (draw: (row: number) => number) => Float64Array;
};

/** A table that is hard to fit: columns of odd distributions, or few positives. */
export type HardTable = { readonly name: string; readonly set: TrainingSet };

const normalColumns = 6;
const slopes = [0.8, -0.5, 0.3, 0.2, -0.2, 0];

function makeTable(
  name: string,
  rows: number,
  seed: number,
  make: (draw: Draw) => {
    readonly extra?: readonly Column[];
    /** What the extra columns add to a row's log-odds. */
    readonly effect?: (row: number) => number;
    readonly intercept?: number;
    /** Multiplies all log-odds. */
    readonly strength?: number;
    readonly outcome?: (row: number, drawn: number, logOdds: number) => number;
  },
): HardTable {
  const random = createRandom(seed);
  const normal = () => normalQuantile(random() || 0.5);
  const column = (draw: (row: number) => number) =>
    Float64Array.from({ length: rows }, (_, row) => draw(row));
  const plain = Array.from({ length: normalColumns }, () => column(normal));
  const made = make({ random, normal, column });
  const { extra = [], effect = () => 0, intercept = -0.8, strength = 1 } = made;
  const outcomes = Uint8Array.from({ length: rows }, (_, row) => {
    const sum = plain.reduce((total, values, i) => total + slopes[i] * values[row], intercept);
    const logOdds = strength * (sum + effect(row));
    const drawn = random() < logistic(logOdds) ? 1 : 0;
    return made.outcome?.(row, drawn, logOdds) ?? drawn;
  });
  const columns = plain.map((values, i) => ({ name: `x${i}`, kind: 'numeric', values }) as const);
  return {
    name,
    set: {
      columns: [...columns, ...extra],
      target: { column: 'y', positive: 'yes', negative: 'no' },
      outcomes,
      dataDigest: `sha256:${'0'.repeat(64)}`,
    },
  };
}

function numeric(name: string, values: Float64Array): Column {
  return { name, kind: 'numeric', values };
}

/** One number with a heavy tail that says more than the six normal ones: its log-odds rise by `slope` a unit. */
function heavyTail(
  name: string,
  seed: number,
  slope: number,
  draw: (normal: () => number, random: Random) => number,
): HardTable {
  return makeTable(name, 5000, seed, ({ column, normal, random }) => {
    const values = column(() => draw(normal, random));
    return { extra: [numeric('tail', values)], effect: (row) => slope * values[row], intercept: -1 };
  });
}

/** Seeded tables on which fits by the gradient alone stop short, diverge or cannot divide. */
export function hardTables(): HardTable[] {
  return [
    makeTable('columns that differ by a thousandth and by a millionth', 5000, 1, ({ column, normal }) => {
      const one = column(normal);
      const thousandth = column((row) => one[row] + 1e-3 * normal());
      const millionth = column((row) => one[row] + 1e-6 * normal());
      return {
        extra: [numeric('a', one), numeric('b', thousandth), numeric('c', millionth)],
        effect: (row) => 0.5 * one[row],
      };
    }),
    makeTable('scales from 1e-9 to 1e9, one with an offset of 1e9', 5000, 2, ({ column, normal }) => {
      const small = column(() => 1e-9 * normal());
      const large = column(() => 1e9 * normal());
      const offset = column(() => 1e9 + normal());
      return {
        extra: [numeric('small', small), numeric('large', large), numeric('offset', offset)],
        effect: (row) => 0.4 * (small[row] * 1e9 + large[row] / 1e9 + offset[row] - 1e9),
      };
    }),
    makeTable('one in a hundred is 999999', 5000, 3, ({ column, normal, random }) => {
      const values = column(normal);
      const marked = values.map((value) => (random() < 0.01 ? 999_999 : value));
      return { extra: [numeric('marked', marked)], effect: (row) => 0.5 * values[row] };
    }),
    makeTable('a strong signal', 5000, 4, () => ({ strength: 6 })),
    heavyTail('log-normal, σ 2', 5, 0.3, (normal) => Math.exp(2 * normal())),
    heavyTail('log-normal, σ 3', 6, 0.03, (normal) => Math.exp(3 * normal())),
    heavyTail('Cauchy', 7, 1, (_, random) => Math.tan(Math.PI * (random() - 0.5))),
    makeTable('one value of a million, whose label agrees', 5000, 8, ({ column, normal }) => {
      const values = column(normal);
      const typed = values.with(17, 1e6);
      return {
        extra: [numeric('typed', typed)],
        effect: (row) => 0.9 * values[row],
        outcome: (row, drawn) => (row === 17 ? 1 : drawn),
      };
    }),
    makeTable(
      'a rare flag with one value of a million, whose label agrees',
      5000,
      13,
      ({ column, random }) => {
        const flags = column(() => (random() < 0.03 ? 1 : 0));
        return {
          extra: [numeric('flag', flags.with(17, 1e6))],
          effect: (row) => 3 * flags[row],
          outcome: (row, drawn) => (row === 17 ? 1 : drawn),
        };
      },
    ),
    makeTable('an amount that is nearly always 0, and once a million', 5000, 14, ({ column, random }) => {
      const amounts = column(() => (random() < 0.03 ? 1 + 2 * random() : 0));
      return {
        extra: [numeric('amount', amounts.with(17, 1e6))],
        effect: (row) => amounts[row],
        outcome: (row, drawn) => (row === 17 ? 1 : drawn),
      };
    }),
    makeTable('separable', 5000, 9, () => ({ outcome: (_, __, logOdds) => (logOdds > 0 ? 1 : 0) })),
    makeTable('a rare category all positive', 5000, 10, ({ random }) => {
      const values = Array.from({ length: 5000 }, (_, row) =>
        row < 12 ? 'rare' : random() < 0.5 ? 'a' : 'b',
      );
      return {
        extra: [{ name: 'kind', kind: 'categorical', values }],
        outcome: (row, drawn) => (row < 12 ? 1 : drawn),
      };
    }),
    makeTable('one positive in a hundred', 20_000, 11, () => ({ intercept: -5.1 })),
    makeTable('one positive in a thousand', 20_000, 12, () => ({ intercept: -7.6 })),
  ];
}
