import type { CategoricalFeature, Feature } from '../model/artifact.ts';
import { createValueReader, type Row } from '../model/row.ts';
import { type CategoryIndex, indexCategories } from '../stats/category-text.ts';

/** A feature's value as an external model receives it; `null` for a missing one. */
export type FeatureValue = string | number | boolean | null;

/**
 * Makes the reader of one feature for an external model. A category becomes the text that the model file has for it,
 * however the caller wrote it, unless it arrived as a JSON number or boolean; a category that the file does not know
 * stays as it arrived. Texts that mean a missing value become `null`, as the monitor counts them.
 */
export function createFeatureReader(feature: Feature): (row: Row) => FeatureValue {
  const read = createValueReader(feature.name);
  if (feature.kind === 'numeric') return (row) => (read(row) as number | null | undefined) ?? null;
  const textOf = indexTexts(feature);
  return (row) => {
    const value = read(row) as FeatureValue | undefined;
    const text = textOf(value);
    if (text === null) return null;
    return typeof value === 'string' ? (text ?? value) : (value as number | boolean);
  };
}

/**
 * The same for a model that takes the feature as a text: a category is always the text that the model file has for it, so
 * that `true` of JSON is the `True` that the model was fitted on.
 */
export function createTextReader(feature: Feature): (row: Row) => string | null {
  if (feature.kind === 'numeric') {
    const read = createFeatureReader(feature);
    return (row) => {
      const value = read(row);
      return value === null ? null : String(value);
    };
  }
  const read = createValueReader(feature.name);
  const textOf = indexTexts(feature);
  return (row) => {
    const value = read(row);
    const text = textOf(value);
    return text === undefined ? String(value) : text;
  };
}

/** The text that the model file has for a category, however that is written. */
function indexTexts({ categories, grouped }: CategoricalFeature): CategoryIndex<string> {
  return indexCategories([...categories, ...grouped].map((category) => [category, category] as const));
}
