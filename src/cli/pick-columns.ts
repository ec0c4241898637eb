import { findName, formatNames } from '../column-names.ts';
import type { Artifact } from '../model/artifact.ts';
import { createDisclosure } from '../model/disclosure.ts';
import { readNames } from './name-list.ts';

/** The features that `--features` names. @throws UsageError for a name that is not there */
export function pickFeatures(
  given: readonly string[],
  names: readonly string[],
  artifact: Artifact | null,
): string[] {
  const owner = artifact === null ? 'reference' : 'model';
  return readNames(
    'features',
    given,
    names,
    (name) => `--features: the ${owner} has no feature '${name}', but ${formatNames(names)}`,
  );
}

/** The columns that `--by` names. @throws UsageError for a column that is not there, or that the model calls sensitive */
export function pickSegments(
  given: readonly string[],
  names: readonly string[],
  artifact: Artifact | null,
): string[] {
  const { isWithheld } = createDisclosure(artifact);
  const shown = names.filter((name) => !isWithheld(name));
  const describe = (name: string) =>
    isWithheld(findName(name, names) ?? name)
      ? `--by: the model calls ${name} sensitive: its values are not shown`
      : `--by: the reference has no column '${name}', but ${formatNames(shown)}`;
  return readNames('by', given, shown, describe);
}
