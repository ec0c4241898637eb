import { createBinner, missingBin } from '../../stats/binning.ts';
import { normalScores } from '../../stats/normal-scores.ts';
import type { ReferenceVariable } from './drift-reference.ts';

/** Values of rows by the name of their column. */
export type ValueRows = { readonly names: readonly string[]; readonly rows: readonly (readonly unknown[])[] };

/** One number a row, with mean 0 and variance 1 over both sides. */
export type DomainColumn = {
  readonly feature: string;
  /** Whether it says only if a row is in one bin or not. */
  readonly isIndicator: boolean;
  /** First the rows of the reference, then the live ones. */
  readonly values: Float64Array;
  /** The variance before it was brought to 1; of an indicator p(1 − p). */
  readonly variance: number;
};

/**
 * Codes both sides alike, knowing nothing of which row is of which side: numbers as normal scores of their ranks among
 * all rows, missing ones by an indicator, categories by an indicator a bin. Left out are features that some row
 * withholds, as that alone would tell the sides apart, and columns that never change.
 */
export function domainColumns(
  variables: readonly ReferenceVariable[],
  reference: ValueRows,
  live: ValueRows,
): DomainColumn[] {
  return variables.flatMap(({ name, bins }) => {
    const values = [...valuesOf(reference, name), ...valuesOf(live, name)];
    if (values.includes(undefined)) return [];
    const binOf = createBinner(bins);
    const indices = Uint16Array.from(values, binOf);
    const indicator = (bin: number) =>
      standardise(
        name,
        true,
        Float64Array.from(indices, (index) => (index === bin ? 1 : 0)),
      );
    if (bins.kind === 'categorical') {
      return Array.from({ length: missingBin(bins) + 2 }, (_, bin) => indicator(bin)).flat();
    }
    const numbers = Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN));
    return [...standardise(name, false, normalScores(numbers)), ...indicator(missingBin(bins))];
  });
}

function valuesOf({ names, rows }: ValueRows, name: string): unknown[] {
  const at = names.indexOf(name);
  return rows.map((row) => row[at]);
}

function standardise(feature: string, isIndicator: boolean, values: Float64Array): DomainColumn[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  if (!(variance > 1e-12)) return [];
  const deviation = Math.sqrt(variance);
  return [{ feature, isIndicator, variance, values: values.map((value) => (value - mean) / deviation) }];
}
