import { plainText } from '../stats/category-text.ts';
import { formatNames } from './column-names.ts';

/**
 * The known name that a mistyped one probably means: the same except for case, `-` and `_`, or the one with the fewest
 * typing errors, at most one in three characters.
 */
export function findNearest(given: string, known: readonly string[]): string | undefined {
  const text = simplify(given);
  const tolerated = Math.floor((text.length + 1) / 3);
  let [nearest, least]: [string | undefined, number] = [undefined, tolerated + 1];
  for (const name of known) {
    const errors = countErrors(text, simplify(name), least);
    if (errors < least) [nearest, least] = [name, errors];
  }
  return nearest;
}

/** A parenthesis that suggests the name that was probably meant, after a blank; empty if none is similar. */
export function didYouMean(given: string, known: readonly string[], prefix = ''): string {
  const nearest = findNearest(given, known);
  return nearest === undefined ? '' : ` (did you mean ${prefix}${nearest}?)`;
}

/** A longer list of names would not be worth the space. */
const mostListed = 30;

/**
 * Says that there is no such name, which one was probably meant, and which names exist.
 *
 * @param lack begins it: `the model has no feature`
 */
export function describeUnknown(lack: string, given: string, known: readonly string[]): string {
  const rest = known.length - mostListed;
  const more = rest > 0 ? ` and ${rest} more` : '';
  return `${lack} '${given}'${didYouMean(given, known)}, but ${formatNames(known.slice(0, mostListed))}${more}`;
}

function simplify(name: string): string {
  return plainText(name)
    .toLowerCase()
    .replaceAll(/[-_\s]/g, '');
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours that turn one text into another, none of them within a
 * part that another has changed (optimal string alignment distance).
 *
 * @param enough from this number on, the exact distance does not matter
 */
function countErrors(one: string, other: string, enough: number): number {
  if (Math.abs(one.length - other.length) >= enough) return enough;
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let k = 1; k <= other.length; k++) {
      const isSame = one[i - 1] === other[k - 1];
      let errors = Math.min(row[k] + 1, next[k - 1] + 1, row[k - 1] + (isSame ? 0 : 1));
      const isSwapped = i > 1 && k > 1 && one[i - 1] === other[k - 2] && one[i - 2] === other[k - 1];
      if (isSwapped) errors = Math.min(errors, before[k - 2] + 1);
      next.push(errors);
    }
    [before, row] = [row, next];
  }
  return row[other.length];
}
