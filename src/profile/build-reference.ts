import { scoreFeature } from '../model/artifact.ts';
import type { Reference, VariableReference } from '../model/reference.ts';
import { ownValue, type Row } from '../model/row.ts';
import { countSegments } from '../model/segments.ts';
import { canonicalCategory } from '../stats/category-text.ts';
import { requireFinite } from '../stats/require-finite.ts';
import { associatedEffects, type ScoreSpread, scoreSpread } from './bin-effects.ts';
import { expectedCounts, numericReference, rankCategories } from './make-reference.ts';

/**
 * Makes the reference of any model from the rows it was made from and its scores for them.
 *
 * A variable whose present values are all numbers is numeric and cut as `quantileEdges` does; any other is categorical,
 * with a bin for each of its 20 commonest values that five rows have, and one for the rest together. `null` and
 * `undefined` are missing.
 *
 * @param output classes and threshold, by which predictions are counted
 * @param segments names of categorical features; the other features and the score are also watched within each of their
 * categories
 * @param rows keyed by feature name; the first one says which features there are
 * @param scores the model's output for each row
 * @throws RangeError without rows, if the number of scores differs, for a score that is not a finite number, or for
 * segments of a feature without categories, of one named twice, or with more than 10,000 counts
 */
export function buildReference(
  {
    model,
    version,
    output,
    segments = [],
  }: Pick<Reference, 'model' | 'version' | 'output'> & { readonly segments?: readonly string[] },
  rows: readonly object[],
  scores: readonly number[],
): Reference {
  if (rows.length === 0 || rows.length !== scores.length) {
    throw new RangeError(
      `a reference needs rows and as many scores, got ${rows.length} and ${scores.length}`,
    );
  }
  for (const score of scores) requireFinite(score, 'the score');
  const names = Object.keys(rows[0]);
  const { edges, counts } = numericReference(Float64Array.from(scores));
  const spread = scoreSpread(scores);
  const columns = names.map((name) => rows.map((row) => ownValue(row as Row, name)));
  const features = names.map((name, i) => variableReference(name, columns[i], spread));
  const score = withEffects(
    { name: scoreFeature, bins: { kind: 'numeric', edges } as const, counts },
    scores,
    spread,
  );
  return {
    model,
    version,
    ...(output && { output }),
    features,
    score,
    ...(segments.length > 0 && {
      segments: countSegments(
        [...features, score].map((variable, i) => ({ ...variable, values: columns[i] ?? scores })),
        segments,
      ),
    }),
  };
}

function withEffects<Variable extends VariableReference>(
  variable: Variable,
  values: readonly unknown[],
  spread: ScoreSpread | null,
): Variable {
  return spread === null
    ? variable
    : { ...variable, effects: associatedEffects(variable.bins, values, spread) };
}

function variableReference(
  name: string,
  values: readonly unknown[],
  spread: ScoreSpread | null,
): VariableReference {
  const present = values.filter((value) => value !== null && value !== undefined);
  const numbers = present.filter((value): value is number => typeof value === 'number');
  if (present.length > 0 && numbers.length === present.length) {
    const { edges, counts } = numericReference(
      Float64Array.from(values, (value) => Number(value ?? Number.NaN)),
    );
    const variable = { name, bins: { kind: 'numeric', edges }, counts, range: extremes(numbers) } as const;
    return withEffects(variable, values, spread);
  }
  const counts = new Map<string, number>();
  for (const value of present) {
    const category = canonicalCategory(value);
    if (category !== '') counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  const bins = { kind: 'categorical', ...rankCategories(counts) } as const;
  const named = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const expected = expectedCounts(bins, counts, values.length - named);
  return withEffects({ name, bins, counts: expected }, values, spread);
}

function extremes(values: readonly number[]): [min: number, max: number] {
  return values.reduce<[number, number]>(
    ([min, max], value) => [Math.min(min, value), Math.max(max, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}
