import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findOneName } from '../text/column-names.ts';
import { writeLines } from '../text/terminal.ts';
import { defaultRidge } from '../training/fit-logistic.ts';
import { trainModel } from '../training/train-model.ts';
import { readDecimalSign } from './decimal-option.ts';
import { defaultThreshold, readThreshold, requireFeatures, resolveModelFile } from './model-options.ts';
import { summariseModel } from './model-summary.ts';
import { readNames } from './name-list.ts';
import { createProgressBar } from './progress-bar.ts';
import { readTrainingSet } from './read-training-set.ts';
import { runCli, UsageError } from './run-cli.ts';
import { writeArtifact } from './write-artifact.ts';

const help = () => `Usage: npm run train -- [options]

Trains a logistic regression and writes it as one JSON file. Without --data it
trains what data/training.json says.

  --data FILE          table with a header: CSV, TSV, ; or |; gzip, or - for
                       standard input (then --name too)
  --target COLUMN      what to predict, a column with two values
  --positive VALUE     the class whose probability is the score
  --features A,B,…     columns to predict from (with --data: all but the target)
  --categorical A,B,…  columns of numbers that are codes
  --allow-ids A,B,…    use columns that look like ids or dates all the same
  --decimal SIGN       decimal sign of the numbers, . or , (found out for each
                       column if left out)
  --threshold P        predict the positive class from this probability on
                       (default 0.5)
  --ridge L            how strongly the fit keeps weights small, above 0
                       (default 1, which is C = 1/L = 1 in scikit-learn)
  --protected A,B,…    features whose groups fairness is watched for
  --segments A,B,…     categorical features each of whose categories is watched
                       for drift by itself
  --sensitive A,B,…    features that samples, logs and traces tell nothing of;
                       "(key)" for the keys that callers give predictions
  --name NAME          name of the model (with --data: that of the file)
  --out FILE           where to write it (default models/NAME.json)
  --help               this text

Options that name columns may be given several times; a name with a comma is
quoted, as in 'age,"income, monthly"', or given alone.
--target and --positive, left out, are those of data/training.json too.
`;

const defaultsFile = fileURLToPath(new URL('../../data/training.json', import.meta.url));

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

function readOptions(args: string[]) {
  const text = { type: 'string' } as const;
  const names = { type: 'string', multiple: true } as const;
  const { values } = parseArgs({
    args,
    options: {
      data: text,
      target: text,
      positive: text,
      features: names,
      categorical: names,
      'allow-ids': names,
      decimal: text,
      threshold: text,
      ridge: text,
      protected: names,
      segments: names,
      sensitive: names,
      name: text,
      out: text,
    },
  });
  return {
    ...values,
    decimalSign: readDecimalSign(values.decimal),
    threshold: readThreshold(values.threshold, 'in training') ?? defaultThreshold,
    ridge: readRidge(values.ridge),
  };
}

/** Fills in what was not given: everything from the defaults, or with own data only the target and its classes. */
function resolveOptions(given: ReturnType<typeof readOptions>, defaults: Defaults) {
  const own = given.data !== undefined;
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
    option: 'features' | 'categorical' | 'allow-ids' | 'protected' | 'segments' | 'sensitive',
  ) => given[option] && readNames(option, given[option], header);
  const givenTarget = given.target ?? defaults.target;
  const target = findOneName(givenTarget, header) ?? givenTarget;
  const features = namesOf('features') ?? defaults.features;
  const usedOf = (names: readonly string[]) => names.filter((column) => features?.includes(column));
  if (features?.includes(target)) throw new UsageError(`--features holds the target, ${target}`);
  return {
    positive: given.positive,
    decimalSign: given.decimalSign,
    target,
    features,
    categorical: namesOf('categorical') ?? [],
    allowIds: namesOf('allow-ids') ?? [],
    protected: namesOf('protected') ?? usedOf(defaults.protected),
    segments: namesOf('segments') ?? usedOf(defaults.segments),
    sensitive: namesOf('sensitive') ?? [],
  };
}

await runCli(help, async (args) => {
  const given = readOptions(args);
  const options = resolveOptions(given, JSON.parse(await readFile(defaultsFile, 'utf8')));
  const { set, options: columns } = await readTrainingSet(options.data, (header) =>
    resolveColumns(options, header),
  );
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
  writeLines(process.stdout, summariseModel(artifact, options.out));
  return 0;
});
