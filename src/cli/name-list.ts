import { findName, splitNames } from '../text/column-names.ts';
import { UsageError } from './run-cli.ts';

/**
 * Reads an option that names columns. It may be given several times; each time it is one name that is known, or names
 * separated by commas, in which a name that holds a comma or blanks at its ends is quoted as in CSV:
 * `--features 'age,"income, monthly"'`. The order of the first mention is kept.
 *
 * @param given the option's values
 * @param known the names there are
 * @param describeUnknown says what is wrong with a name that is not known; without it such a name is taken as it is
 * @throws UsageError for an empty name and one named twice, and with what `describeUnknown` says
 */
export function readNames(
  option: string,
  given: readonly string[],
  known: readonly string[],
  describeUnknown?: (name: string) => string,
): string[] {
  const names = given.flatMap((value) =>
    findName(value, known) === undefined ? splitNames(value) : [value],
  );
  if (names.some((name) => name.trim() === '' && findName(name, known) === undefined)) {
    throw new UsageError(`--${option} has an empty name: '${given.join("' '")}'`);
  }
  const found = names.map((name) => {
    const match = findName(name, known);
    if (match === undefined && describeUnknown !== undefined) throw new UsageError(describeUnknown(name));
    return match ?? name;
  });
  const twice = found.find((name, i) => found.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`--${option} names ${twice} twice`);
  return found;
}
