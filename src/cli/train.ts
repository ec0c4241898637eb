import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { ownFile } from '../files/own-file.ts';
import { findOneName, splitNames } from '../text/column-names.ts';
import { columnsOf, writeLines } from '../text/terminal.ts';
import { defaultRidge } from '../training/fit-logistic.ts';
import { trainModel } from '../training/train-model.ts';
import type { Values } from './command.ts';
import type { options } from './commands/train.ts';
import { readDecimalSign } from './decimal-option.ts';
import { defaultThreshold, readThreshold, requireFeatures, resolveModelFile } from './model-options.ts';
import { summariseModel } from './model-summary.ts';
import { readNames } from './name-list.ts';
import { createProgressBar } from './progress-bar.ts';
import { readTrainingSet } from './read-training-set.ts';
import { withCommand } from './refused-columns.ts';
import { UsageError } from './run-cli.ts';
import { writeArtifact } from './write-artifact.ts';

const defaultsFile = ownFile('data/training.json');

type Defaults = {
  data: string;
  target: string;
  positive: string;
  features: string[];
  protected: string[];
  segments: string[];
  name: string;
};

function readRidge(text: string | undefined): number {
  const ridge = text === undefined ? defaultRidge : Number(text);
  if (!(ridge > 0 && ridge < Number.POSITIVE_INFINITY)) {
    throw new UsageError(
      `--ridge is a number above 0, not '${text}': without one there is no best fit where a column separates the classes; 1e-6 is next to none`,
    );
  }
  return ridge;
}

function readOptions(values: Values<typeof options>) {
  return {
    ...values,
    decimalSign: readDecimalSign(values.decimal),
    threshold: readThreshold(values.threshold, 'in training') ?? defaultThreshold,
    ridge: readRidge(values.ridge),
  };
}

/** Fills in from the defaults what was not given; own data have none. @throws UsageError */
function resolveOptions(given: ReturnType<typeof readOptions>, defaults: Defaults) {
  const own = given.data !== undefined;
  if (own && given.target === undefined) {
    throw new UsageError('--target is needed with --data: the column to predict');
  }
  if (own && given.positive === undefined) {
    throw new UsageError(
      `--positive is needed with --data: the class of ${given.target} whose probability is the score`,
    );
  }
  const data = given.data ?? relative('.', join(dirname(defaultsFile), defaults.data));
  return {
    ...given,
    defaults: own ? { ...defaults, features: undefined, protected: [], segments: [] } : defaults,
    data,
    positive: given.positive ?? defaults.positive,
    ...resolveModelFile(given, data, own ? undefined : defaults.name),
  };
}

/** The columns that the options name. @throws UsageError */
function resolveColumns(given: ReturnType<typeof resolveOptions>, header: readonly string[]) {
  const { defaults } = given;
  const namesOf = (
    option: 'features' | 'exclude' | 'categorical' | 'allow-ids' | 'protected' | 'segments' | 'sensitive',
  ) => given[option] && readNames(option, given[option], header);
  const givenTarget = given.target ?? defaults.target;
  const target = findOneName(givenTarget, header) ?? givenTarget;
  const features = namesOf('features') ?? defaults.features;
  const usedOf = (names: readonly string[]) => names.filter((column) => features?.includes(column));
  const exclude = namesOf('exclude') ?? [];
  if (features?.includes(target)) throw new UsageError(`--features holds the target, ${target}`);
  if (exclude.includes(target)) throw new UsageError(`--exclude holds the target, ${target}`);
  return {
    positive: given.positive,
    decimalSign: given.decimalSign,
    target,
    features,
    exclude,
    na: given.na?.flatMap(splitNames),
    categorical: namesOf('categorical') ?? [],
    allowIds: namesOf('allow-ids') ?? [],
    protected: namesOf('protected') ?? usedOf(defaults.protected),
    segments: namesOf('segments') ?? usedOf(defaults.segments),
    sensitive: namesOf('sensitive') ?? [],
  };
}

export async function run(values: Values<typeof options>): Promise<number> {
  const given = readOptions(values);
  const options = resolveOptions(given, JSON.parse(await readFile(defaultsFile, 'utf8')));
  const {
    set,
    options: columns,
    cautions,
  } = await withCommand(readTrainingSet(options.data, (header) => resolveColumns(options, header)));
  requireFeatures(options.data, set.columns, columns);
  const bar = createProgressBar('training', 1);
  const artifact = trainModel(set, {
    name: options.name,
    threshold: options.threshold,
    ridge: options.ridge,
    protected: columns.protected,
    segments: columns.segments,
    sensitive: columns.sensitive,
    onProgress: (done, total) => bar.update(done / total),
  });
  bar.end();
  await writeArtifact(options.out, artifact);
  writeLines(
    process.stdout,
    summariseModel(
      artifact,
      options.out,
      columnsOf(process.stdout),
      cautions.map((text) => ['caution', text]),
    ),
  );
  return 0;
}
