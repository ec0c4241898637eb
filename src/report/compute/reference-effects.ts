import type { Explanation } from '../../predictors/explanation.ts';
import { associatedEffects, ownEffects, scoreSpread } from '../../profile/bin-effects.ts';
import type { ReferenceVariable } from './drift-reference.ts';

/**
 * The variable with what a row in each of its bins brings to the scores.
 *
 * @param rows of the reference, or a sample of them; without any, or with the same score for all, nothing is known
 * @param explanation of the model's scores, if the variable is one of its features and they can be explained: then it is the
 * feature's own contribution, else what goes with its values
 */
export function withEffects(
  variable: ReferenceVariable,
  rows: { readonly values: readonly unknown[]; readonly scores: readonly number[] },
  explanation?: Explanation,
): ReferenceVariable {
  const spread = rows.scores.length > 0 ? scoreSpread(rows.scores) : null;
  if (spread === null) return variable;
  const { bins } = variable;
  const effects =
    explanation === undefined
      ? associatedEffects(bins, rows.values, spread)
      : ownEffects(explanation, variable.name, bins, rows.values, spread);
  return { ...variable, effects };
}
