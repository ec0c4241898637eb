import type { Feature } from '../model/artifact.ts';
import { createValueReader, type Row } from '../model/row.ts';
import { indexCategories } from '../stats/category-text.ts';

/** A feature's value as another model gets it; `null` for a missing one. */
export type FeatureValue = string | number | boolean | null;

/**
 * Makes the reader of one feature for a model that is not ours. A category is the text that the model file has for it,
 * however the caller wrote it, unless it came as a number or a truth value of JSON; one that the file does not know is as it
 * came. Texts that mean a missing value are `null`, as the monitor counts them.
 */
export function createFeatureReader(feature: Feature): (row: Row) => FeatureValue {
  const read = createValueReader(feature.name);
  if (feature.kind === 'numeric') return (row) => (read(row) as number | null | undefined) ?? null;
  const textOf = indexCategories(
    [...feature.categories, ...feature.grouped].map((category) => [category, category] as const),
  );
  return (row) => {
    const value = read(row) as FeatureValue | undefined;
    const text = textOf(value);
    if (text === null) return null;
    return typeof value === 'string' ? (text ?? value) : (value as number | boolean);
  };
}
