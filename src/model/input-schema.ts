import { canonicalCategory, codeOf, isTruthValue, missingPattern } from '../stats/category-text.ts';
import type { CategoricalFeature, NumericFeature } from './artifact.ts';

/** The longest category text that is accepted, unless training saw a longer one. */
const maxCategoryLength = 256;

/** What has to be known of a feature to check its values. */
export type InputFeature =
  | Pick<NumericFeature, 'name' | 'kind' | 'nullable'>
  | (Pick<CategoricalFeature, 'name' | 'kind' | 'nullable'> & {
      readonly categories: readonly string[];
      readonly grouped: readonly string[];
    });

/** The JSON Schema (2020-12) of one input row, derived from the artifact's features. */
export type InputSchema = {
  readonly type: 'object';
  readonly required: readonly string[];
  readonly additionalProperties: false;
  readonly properties: Readonly<Record<string, object>>;
};

/**
 * What `POST /predict` accepts: every feature, no other field. A nullable feature may be null or omitted; for any other
 * feature, texts that mean a missing value are refused like null. Categories that are numbers or booleans in training
 * are accepted as such in JSON too. Values that training never saw are not refused: detecting them is what the service
 * is for.
 */
export function inputSchema({ features }: { readonly features: readonly InputFeature[] }): InputSchema {
  return {
    type: 'object',
    required: features.filter(({ nullable }) => !nullable).map(({ name }) => name),
    additionalProperties: false,
    // fromEntries rather than assignment: a feature may be called `__proto__`
    properties: Object.fromEntries(
      features.map((feature) => [
        feature.name,
        feature.kind === 'numeric' ? { type: typesOf(feature, ['number']) } : categorySchema(feature),
      ]),
    ),
  };
}

function typesOf({ nullable }: InputFeature, types: readonly string[]): string | string[] {
  const all = nullable ? [...types, 'null'] : [...types];
  return all.length === 1 ? all[0] : all;
}

function categorySchema(feature: Extract<InputFeature, { kind: 'categorical' }>): object {
  const categories = [...feature.categories, ...feature.grouped];
  const texts = categories.map(canonicalCategory);
  const types = [
    'string',
    ...(texts.some((text) => codeOf(text) !== undefined) ? ['number'] : []),
    ...(texts.some(isTruthValue) ? ['boolean'] : []),
  ];
  return {
    type: typesOf(feature, types),
    maxLength: Math.max(maxCategoryLength, ...categories.map((category) => category.length)),
    ...(!feature.nullable && { not: { type: 'string', pattern: missingPattern(categories) } }),
  };
}
