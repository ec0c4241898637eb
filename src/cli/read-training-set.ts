import type { TrainingSet } from '../training/training-set.ts';
import { readOutcomes } from './read-classes.ts';
import { type ColumnChoice, readColumns, requireColumns } from './read-columns.ts';
import { cautionsOn, type FeatureOptions, readFeature } from './read-feature.ts';
import { readAllColumns } from './refused-columns.ts';

export type TrainingSetOptions = FeatureOptions & {
  readonly target: string;
  readonly positive: string;
  /** By default, all columns but the target. */
  readonly features?: readonly string[] | undefined;
  /** Columns that are no features. */
  readonly exclude?: readonly string[];
  readonly decimalSign?: ColumnChoice['decimalSign'];
  readonly na?: ColumnChoice['na'];
};

/** The columns to read, the target first. @throws Error for one that is not in the header */
function selectColumns(
  path: string,
  header: readonly string[],
  { target, features: given, exclude = [], categorical, allowIds }: TrainingSetOptions,
): string[] {
  const features = (given ?? header.filter((column) => column !== target)).filter(
    (column) => !exclude.includes(column),
  );
  requireColumns(path, header, [target, ...features, ...exclude, ...categorical, ...allowIds]);
  if (features.length === 0) {
    throw new Error(`${path}:1: no column is left as a feature beside the target, ${target}`);
  }
  return [target, ...features];
}

/**
 * Reads a training set from a file of delimited text.
 *
 * @param makeOptions gets the names of the columns
 * @throws Error `file:line: column name: …` for anything that would make a wrong or useless model, and what
 * `makeOptions` throws
 */
export async function readTrainingSet<Options extends TrainingSetOptions>(
  path: string,
  makeOptions: (header: readonly string[]) => Options,
): Promise<{
  readonly set: TrainingSet;
  readonly options: Options;
  /** What to know of how columns were read. */
  readonly cautions: readonly string[];
}> {
  const table = await readColumns(path, (header, name) => {
    const options = makeOptions(header);
    return {
      columns: selectColumns(name, header, options),
      decimalSign: options.decimalSign,
      na: options.na,
      options,
    };
  });
  const { options } = table.choice;
  const [target, ...features] = table.columns;
  const { positive, negative, isPositive } = readOutcomes(table, target, options.positive);
  const columns = readAllColumns(table.path, features, (column) => readFeature(table, column, options));
  return {
    set: {
      columns,
      target: { column: target.name, positive, negative },
      outcomes: isPositive,
      dataDigest: table.digest,
    },
    options,
    cautions: cautionsOn(features, columns),
  };
}
