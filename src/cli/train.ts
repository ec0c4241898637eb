import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Artifact, scoreFeature } from '../model/artifact.ts';
import { createJointGroups } from '../monitor/joint-groups.ts';
import { maxGroups } from '../outcomes/token.ts';
import { findOneName, formatNames } from '../text/column-names.ts';
import { formatCount, formatShare } from '../text/format.ts';
import { writeLines } from '../text/terminal.ts';
import { wrap } from '../text/wrap.ts';
import { defaultRidge } from '../training/fit-logistic.ts';
import { train } from '../training/train.ts';
import { readDecimalSign } from './decimal-option.ts';
import { readNames } from './name-list.ts';
import { createProgressBar } from './progress-bar.ts';
import { runCli, UsageError } from './run-cli.ts';
import { readTrainingSet } from './training-set.ts';
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
  --sensitive A,B,…    features that samples, logs and traces tell nothing of
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

function readThreshold(text: string | undefined): Artifact['threshold'] {
  const value = text === undefined ? 0.5 : Number(text);
  if (!(value > 0 && value < 1)) throw new UsageError(`--threshold is between 0 and 1, not '${text}'`);
  if (text === undefined) {
    return { value, reason: 'the likelier class is predicted, as if both errors cost the same' };
  }
  const times = Number(((1 - value) / value).toPrecision(3));
  return {
    value,
    reason: `chosen in training: the best when missing a positive costs ${times} times as much as a false alarm`,
  };
}

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
    threshold: readThreshold(values.threshold),
    ridge: readRidge(values.ridge),
  };
}

/** Fills in what was not given: everything from the defaults, or with own data only the target and its classes. */
function resolveOptions(given: ReturnType<typeof readOptions>, defaults: Defaults) {
  const own = given.data !== undefined;
  const data = given.data ?? relative('.', join(dirname(defaultsFile), defaults.data));
  if (data === '-' && given.name === undefined) throw new UsageError('--data - needs --name for the model');
  const name = given.name ?? (own ? nameOf(data) : defaults.name);
  if (name === '' || name.startsWith('.') || name.includes(sep)) {
    throw new UsageError(
      `--name cannot be '${name}': it names a file too, and may not begin with a dot or hold a ${sep}`,
    );
  }
  return {
    ...given,
    defaults: own ? { ...defaults, features: undefined, protected: [], segments: [] } : defaults,
    data,
    positive: given.positive ?? defaults.positive,
    name,
    out: given.out ?? join('models', `${name}.json`),
  };
}

/** The name of a file without its endings. */
function nameOf(path: string): string {
  const file = basename(path).replace(/\.gz$/i, '');
  return basename(file, extname(file));
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

/** What the choice of `--sensitive` does not do: the model is linear, so that a score and the other values give it away. */
function sensitivityNotice(sensitive: readonly string[]): string {
  return `${sensitive.join(', ')}: redacted, but whoever has the model and a sample with the other values can compute the value from the score; SAMPLES_VALUES=off prevents that`;
}

/** What becomes of protected features that the ids of predictions have no room for. */
function unfollowedNotice(names: readonly string[]): string {
  return `${names.join(', ')}: only decisions are counted by bin, not outcomes, for which an id has no room; name first in --protected what matters most`;
}

function formatTimes(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function summaryLines(artifact: Artifact, out: string): string[] {
  const { training, evaluation, target, threshold, features, sensitive, segments = [] } = artifact;
  const figure = ({ value, standardError }: { value: number; standardError: number }) =>
    `${value.toFixed(3)} ± ${standardError.toFixed(3)}`;
  const { leftOut } = createJointGroups(artifact, maxGroups);
  const names = features.map(({ name, kind }) => (kind === 'numeric' ? name : `${name} (categories)`));
  const lines = [
    [
      'rows',
      `${formatCount(training.rows)}, of which ${target.positive} ${formatCount(training.positives)} (${formatShare(training.prevalence)})`,
    ],
    ['features', names.join(', ')],
    [
      'AUC',
      `${figure(evaluation.rocAuc)} (${evaluation.folds}-fold cross-validation, ${formatTimes(evaluation.repeats)})`,
    ],
    ['log-loss', figure(evaluation.logLoss)],
    ['accuracy', figure(evaluation.accuracy)],
    ['threshold', `${threshold.value}: ${threshold.reason}`],
    ...(leftOut.length > 0 ? [['protected', unfollowedNotice(leftOut)]] : []),
    ...(segments.length > 0 ? [['segments', `of ${segments.map(({ feature }) => feature).join(', ')}`]] : []),
    ...(sensitive.length > 0 ? [['sensitive', sensitivityNotice(sensitive)]] : []),
    ['drift', training.smallestDetectableDrift],
    ['written', `${out}, model ${artifact.name} version ${artifact.version}`],
  ];
  return lines.flatMap(([label, text]) => wrap(`${label.padEnd(10)}${text}`, 80, ' '.repeat(10)));
}

await runCli(help, async (args) => {
  const given = readOptions(args);
  const options = resolveOptions(given, JSON.parse(await readFile(defaultsFile, 'utf8')));
  const { set, options: columns } = await readTrainingSet(options.data, (header) =>
    resolveColumns(options, header),
  );
  const names = set.columns.map(({ name }) => name);
  if (names.includes(scoreFeature)) {
    throw new Error(`${options.data}:1: column ${scoreFeature}: is a reserved name: rename it`);
  }
  for (const list of ['categorical', 'protected', 'segments', 'sensitive'] as const) {
    const unknown = columns[list].find((column) => !names.includes(column));
    if (unknown !== undefined) {
      throw new UsageError(`--${list} names ${unknown}, which is none of the features ${formatNames(names)}`);
    }
  }
  const bar = createProgressBar('training', 1);
  const artifact = train(set, {
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
  writeLines(process.stdout, summaryLines(artifact, options.out));
  return 0;
});
