import type { Feature } from '../model/artifact.ts';
import { countBins, missingBin } from '../stats/binning.ts';
import { maxMagnitude } from '../stats/summable.ts';
import type { CategoricalColumn, Column, NumericColumn } from './columns.ts';
import { expectedCounts, numericReference, rankCategories, summarise } from './make-reference.ts';

function describeNumeric({ name, kind, values }: NumericColumn): Feature {
  const present = values.filter((value) => !Number.isNaN(value));
  const summary = summarise(present);
  if (Math.max(Math.abs(summary.min), Math.abs(summary.max)) > maxMagnitude) {
    throw new Error(
      `column ${name}: holds a number beyond ±${maxMagnitude}, which cannot be a measurement: correct or remove its row`,
    );
  }
  const nullable = present.length < values.length;
  return { name, kind, nullable, summary, reference: numericReference(values) };
}

function describeCategorical({ name, kind, values }: CategoricalColumn): Feature {
  const rows = new Map<string, number>();
  for (const value of values) if (value !== null) rows.set(value, (rows.get(value) ?? 0) + 1);
  const { categories, grouped } = rankCategories(rows);
  const bins = { kind, categories, grouped } as const;
  const missing = countBins(bins, values)[missingBin(bins)];
  return {
    name,
    kind,
    nullable: missing > 0,
    categories,
    grouped,
    reference: { counts: expectedCounts(bins, rows, missing) },
  };
}

/**
 * Describes the features that rows have: their kinds, categories, bins, and how many rows are in each. What the bins
 * add to a model's score is not known yet.
 *
 * @param columns each with a value that is not missing
 * @throws Error naming the column that holds a number too large to compute with
 */
export function describeColumns(columns: readonly Column[]): Feature[] {
  return columns.map((column) =>
    column.kind === 'numeric' ? describeNumeric(column) : describeCategorical(column),
  );
}
