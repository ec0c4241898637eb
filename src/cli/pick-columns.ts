import type { Artifact } from '../model/artifact.ts';
import { createDisclosure } from '../model/disclosure.ts';
import { findName, formatNames } from '../text/column-names.ts';
import { describeUnknown, didYouMean } from '../text/did-you-mean.ts';
import { readNames } from './name-list.ts';
import { UsageError } from './run-cli.ts';

/** The features that `--features`, or `--exclude`, names. @throws UsageError for a name that is not there */
export function pickFeatures(
  option: 'features' | 'exclude',
  given: readonly string[],
  names: readonly string[],
  artifact: Artifact | null,
): string[] {
  const owner = artifact === null ? 'reference' : 'model';
  return readNames(option, given, names, (name) =>
    describeUnknown(`--${option}: the ${owner} has no feature`, name, names),
  );
}

/** The columns that `--by` names. @throws UsageError for a column that is not there, or that the model calls sensitive */
export function pickSegments(
  given: readonly string[],
  names: readonly string[],
  artifact: Artifact | null,
): string[] {
  return readShown(given, names, artifact, (name, shown) =>
    describeUnknown('--by: the reference has no column', name, shown),
  );
}

/**
 * The columns that `--by` names where live rows are compared with what the model holds of segments.
 *
 * @throws UsageError for a column that it has no segments of, or that it calls sensitive
 */
export function pickModelSegments(given: readonly string[], artifact: Artifact): string[] {
  const names = artifact.segments?.map(({ feature }) => feature) ?? [];
  if (names.length === 0) {
    throw new UsageError(
      `--by needs --reference FILE: model ${artifact.name} holds the reference of all rows, and none of segments`,
    );
  }
  return readShown(
    given,
    names,
    artifact,
    (name, shown) =>
      `--by: model ${artifact.name} holds segments by ${formatNames(shown)}, not by '${name}'${didYouMean(name, shown)}: give the rows behind it with --reference FILE`,
  );
}

function readShown(
  given: readonly string[],
  names: readonly string[],
  artifact: Artifact | null,
  whyUnknown: (name: string, shown: readonly string[]) => string,
): string[] {
  const { isWithheld } = createDisclosure(artifact);
  const shown = names.filter((name) => !isWithheld(name));
  return readNames('by', given, shown, (name) =>
    isWithheld(findName(name, names) ?? name)
      ? `--by: the model calls ${name} sensitive: its values are not shown`
      : whyUnknown(name, shown),
  );
}
