import { canonicalCategory } from '../stats/category-text.ts';
import { findOneName, splitNames } from '../text/column-names.ts';
import type { Values } from './command.ts';
import type { options } from './commands/profile.ts';
import { readDecimalSign } from './decimal-option.ts';
import { readThreshold, resolveModelFile } from './model-options.ts';
import { readNames } from './name-list.ts';
import { UsageError } from './run-cli.ts';
import type { ScoredRowsOptions } from './scored-rows.ts';

export type ProfileOptions = ReturnType<typeof readProfileOptions>;

/**
 * Reads the options of `vigia profile`, as far as they can be without the table.
 *
 * @throws UsageError
 */
export function readProfileOptions(values: Values<typeof options>) {
  const { data } = values;
  return {
    ...values,
    ...resolveModelFile(values, data),
    ...resolveClasses(values),
    decimalSign: readDecimalSign(values.decimal),
    threshold: readThreshold(values.threshold, 'for this model'),
  };
}

/** What the classes are called, as far as options tell; the columns tell the negative one that is not given. */
function resolveClasses({
  target,
  prediction,
  ...given
}: {
  readonly target?: string | undefined;
  readonly prediction?: string | undefined;
  readonly positive?: string | undefined;
  readonly negative?: string | undefined;
}) {
  const column = target ?? prediction;
  if (column !== undefined && given.positive === undefined) {
    throw new UsageError(`--positive is needed: the class of ${column} whose probability is the score`);
  }
  if (target !== undefined && given.negative !== undefined) {
    throw new UsageError(`--negative is the other class of ${target}, and read from it: leave it out`);
  }
  const positive = canonicalCategory(given.positive ?? 'positive');
  if (column !== undefined && given.negative === undefined) return { positive, negative: undefined };
  const negative = canonicalCategory(given.negative ?? 'negative');
  if (positive === '' || negative === '') throw new UsageError('a class needs a name');
  if (positive === negative) throw new UsageError(`--positive and --negative are both '${positive}'`);
  return { positive, negative };
}

/** What the options say of the columns of a table. @throws UsageError for a name in two places */
export function resolveProfileColumns(given: ProfileOptions, header: readonly string[]) {
  const nameOf = (name: string) => findOneName(name, header) ?? name;
  const namesOf = (
    option: 'exclude' | 'categorical' | 'allow-ids' | 'protected' | 'segments' | 'sensitive',
  ) => readNames(option, given[option] ?? [], header);
  const single = {
    score: nameOf(given.score),
    prediction: given.prediction === undefined ? undefined : nameOf(given.prediction),
    target: given.target === undefined ? undefined : nameOf(given.target),
  };
  const exclude = namesOf('exclude');
  const options = [...Object.entries(single), ...exclude.map((column) => ['exclude', column] as const)];
  for (const [i, [option, column]] of options.entries()) {
    const before = options.slice(0, i).find(([, other]) => column !== undefined && other === column);
    if (before !== undefined) throw new UsageError(`--${before[0]} and --${option} both name ${column}`);
  }
  return {
    ...single,
    exclude,
    positive: given.positive,
    negative: given.negative,
    threshold: given.threshold,
    decimalSign: given.decimalSign,
    na: given.na?.flatMap(splitNames),
    categorical: namesOf('categorical'),
    allowIds: namesOf('allow-ids'),
    protected: namesOf('protected'),
    segments: namesOf('segments'),
    sensitive: namesOf('sensitive'),
  } satisfies ScoredRowsOptions & Record<'protected' | 'segments', string[]>;
}
