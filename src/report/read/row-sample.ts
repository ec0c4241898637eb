import { createRandom } from '../../stats/random.ts';

const maxRows = 10_000;
/** Values that are kept in all; a wide table keeps fewer rows. */
const maxCells = 400_000;
const minRows = 1000;

/** Longer texts are kept by their beginning, so that the sample is bounded whatever the rows hold. */
const maxTextLength = 1000;

/** Rows with their scores: all of them while they are few, then a uniform sample. */
export type RowSample = {
  /** @param values parallel to the columns; copied, as they are of the next row afterwards */
  add(values: readonly unknown[], score: number | null): void;
  /** The values of a column that are not withheld, with the scores of the same rows, as far as they have one. */
  column(index: number): { readonly values: unknown[]; readonly scores: number[] };
  /** The scores of all rows in it that have one. */
  scores(): number[];
  /** The values of all rows in it. */
  rows(): (readonly unknown[])[];
};

/**
 * Keeps a bounded sample of rows. The same rows in the same order give the same sample.
 *
 * Source: algorithm R in J. S. Vitter, Random Sampling with a Reservoir, ACM Trans. Math. Softw. 11 (1985).
 */
export function createRowSample(columns: number): RowSample {
  const capacity = Math.max(minRows, Math.min(maxRows, Math.floor(maxCells / (columns + 1))));
  const random = createRandom(1);
  const rows: { readonly values: readonly unknown[]; readonly score: number | null }[] = [];
  let seen = 0;
  return {
    add(values, score) {
      seen++;
      const place = rows.length < capacity ? rows.length : Math.floor(random() * seen);
      if (place < capacity) rows[place] = { values: values.map(keep), score };
    },
    column(index) {
      const known = rows.flatMap(({ values, score }) =>
        score === null || values[index] === undefined ? [] : [{ value: values[index], score }],
      );
      return { values: known.map(({ value }) => value), scores: known.map(({ score }) => score) };
    },
    scores: () => rows.flatMap(({ score }) => score ?? []),
    rows: () => rows.map(({ values }) => values),
  };
}

/** A text as a copy: a piece cut from a file's text would keep the whole text in memory. */
function keep(value: unknown): unknown {
  return typeof value === 'string' ? Buffer.from(value.slice(0, maxTextLength)).toString() : value;
}
