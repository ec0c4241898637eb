import { createHash } from 'node:crypto';
import { readBytesOf } from '../files/read-bytes.ts';
import type { Artifact } from '../model/artifact.ts';
import { createDisclosure } from '../model/disclosure.ts';
import { featureBins } from '../model/features.ts';
import { classesOf, classOfScore } from '../model/output-classes.ts';
import { createInputValidator } from '../model/validate-input.ts';
import type { Prediction, Predictor } from '../predictors/predictor.ts';
import { findFiles, openRows } from '../report/read/open-rows.ts';
import { type Row, wantedFeature } from '../report/read/rows.ts';
import type { LineTally } from '../samples/read-samples.ts';
import type { Bin } from '../stats/binning.ts';
import { createBinner, unseenBin } from '../stats/binning.ts';
import { indexCategories } from '../stats/category-text.ts';
import type { DecimalSign } from '../tables/numbers.ts';
import { formatCount } from '../text/format.ts';
import { collectRows, type LabelledData } from './labelled-rows.ts';
import { countLeftOut, describeLeftOut } from './left-out.ts';
import { createSlicers } from './slicer.ts';

/** So many rows are given to the predictor at once. */
const batchRows = 1000;

/**
 * Reads rows with their features and their outcome from tables or JSONL, and lets the model score them. Rows without an
 * outcome, or with a text where the model takes a number, are skipped, and the notes say so.
 *
 * @param options `by`: features to slice by; `decimalSign` of numbers in tables, if it should not be detected
 * @throws Error naming the file for one that cannot be read, a missing column, or an outcome that is none of the two
 * classes; for a model file that names no column of the outcome; PredictorFailure when rows cannot be scored
 */
export async function readLabelledData(
  sources: readonly string[],
  artifact: Artifact,
  options: {
    readonly predictor: Predictor;
    readonly by: readonly string[];
    readonly decimalSign?: DecimalSign | undefined;
  },
): Promise<LabelledData> {
  const { predictor, by, decimalSign } = options;
  const { features, output } = artifact;
  const { column, threshold } = output;
  if (column === undefined) {
    throw new Error(
      `${artifact.name}: the model file names no column of the outcome: make it again with --target, or evaluate with --outcomes`,
    );
  }
  const classes = classesOf(output);
  const slicers = createSlicers(artifact, by);
  const validate = createInputValidator(artifact);
  const unseen = countUnseen(artifact);
  const wanted = [
    ...features.map((feature) => wantedFeature(feature, artifact)),
    {
      name: column,
      kind: 'categorical' as const,
      categories: new Set(classes),
    },
  ];
  const classOf = indexCategories(classes.map((name, i) => [name, i]));
  const collected = collectRows(by);
  const scoring = scoreInBatches(predictor, ({ outcome, bins }, { score, prediction }) => {
    const predicted =
      prediction === undefined ? classOfScore(score, threshold.value) : classes.indexOf(prediction);
    collected.add(score, predicted, outcome, bins);
  });
  const leftOut = countLeftOut();
  const tally: LineTally = { lines: 0, damaged: 0, faults: [] };
  const visit = (name: string, { values }: Row) => {
    const outcome = values && classOf(values[features.length]);
    if (values === null || outcome === null) {
      leftOut.add('unlabelled');
      return;
    }
    if (outcome === undefined) {
      throw new Error(
        `${name}: column ${column}: '${values[features.length]}' is neither '${classes[0]}' nor '${classes[1]}'`,
      );
    }
    const row = Object.fromEntries(features.map((feature, i) => [feature.name, values[i]]));
    const faults = validate(row);
    if (faults !== null) {
      const [{ code, feature }] = faults.told;
      leftOut.add(code, feature);
      return;
    }
    unseen.add(values);
    scoring.add({ row, outcome, bins: slicers.map(({ feature, binOf }) => binOf(row[feature])) });
  };
  const { paths } = await findFiles(sources);
  for await (const source of openRows(paths, tally, { decimalSign })) {
    await source.read(wanted, (row) => visit(source.name, row));
  }
  await scoring.end();
  leftOut.add('unreadable', null, tally.damaged);
  const notes = leftOut.list().map(describeLeftOut);
  if (collected.rows === 0) {
    const why = notes.length > 0 ? `: ${notes.join(' ')}` : '';
    throw new Error(`${sources.join(', ')}: no row has an outcome and can be scored${why}`);
  }
  const isTraining = await haveDigest(paths, artifact.training.dataDigest);
  return {
    ...collected,
    source: `rows of ${sources.join(', ')}`,
    coverage: null,
    delay: null,
    followed: [],
    leftOut: leftOut.list(),
    notes: [...(isTraining ? [noteOnOwnRows(artifact)] : []), ...notes, ...unseen.notes()],
  };
}

/** A row whose outcome is known, and the bins that it is sliced by. */
type Unscored = {
  readonly row: Readonly<Record<string, unknown>>;
  readonly outcome: number;
  readonly bins: readonly (Bin | null)[];
};

/** Gives rows to the predictor, one batch after another; a batch that is answered at once is done at once. */
function scoreInBatches(predictor: Predictor, take: (row: Unscored, prediction: Prediction) => void) {
  let batch: Unscored[] = [];
  let running: Promise<void> | undefined;

  function score(rows: readonly Unscored[]): Promise<void> | undefined {
    const takeAll = (predictions: readonly Prediction[]) => {
      for (const [i, prediction] of predictions.entries()) take(rows[i], prediction);
    };
    const answer = predictor.predict(rows.map(({ row }) => row));
    if (answer instanceof Promise) return answer.then(takeAll);
    takeAll(answer);
    return undefined;
  }

  function flush(): void {
    const rows = batch;
    batch = [];
    running = running === undefined ? score(rows) : running.then(() => score(rows));
    // told when all is read
    running?.catch(() => {});
  }

  return {
    add(row: Unscored): void {
      if (batch.push(row) === batchRows) flush();
    },
    /** @throws PredictorFailure when a batch could not be scored */
    async end(): Promise<void> {
      if (batch.length > 0) flush();
      await running;
    },
  };
}

/** Says that these rows are no new ones to the model file. */
function noteOnOwnRows({ evaluation }: Artifact): string {
  return evaluation?.protocol.kind === 'cross-validation'
    ? 'The model was trained on these very rows: what to expect on new rows are its cross-validated figures.'
    : 'The model file was made from these very rows: they add nothing to the figures that it already holds.';
}

/** Counts the categories that the model file does not know. */
function countUnseen(artifact: Artifact) {
  const { isWithheld } = createDisclosure(artifact);
  const counters = artifact.features.flatMap((feature, at) => {
    const bins = featureBins(feature);
    if (bins.kind === 'numeric') return [];
    return [
      { name: feature.name, at, binOf: createBinner(bins), bin: unseenBin(bins), rows: 0, example: '' },
    ];
  });
  return {
    add(values: readonly unknown[]): void {
      for (const counter of counters) {
        const value = values[counter.at];
        if (counter.binOf(value) !== counter.bin) continue;
        if (counter.rows++ === 0) counter.example = String(value);
      }
    },
    notes: () =>
      counters
        .filter(({ rows }) => rows > 0)
        .map(({ name, rows, example }) => {
          // what another kind of model makes of it is not known here
          const effect = artifact.predictor?.kind === 'logistic' ? ', and that counts as an average one' : '';
          const such = isWithheld(name) ? '' : `, such as '${example}'`;
          return `${name}: ${rows === 1 ? '1 row has' : `${formatCount(rows)} rows have`} a category that the reference lacks${such}${effect}.`;
        }),
  };
}

/** Whether one of the files, unpacked, is the one with this digest. Standard input cannot be read twice. */
async function haveDigest(paths: readonly string[], digest: string): Promise<boolean> {
  for (const path of paths) {
    if (path !== '-' && (await digestOf(path)) === digest) return true;
  }
  return false;
}

/** `null` for damaged gzip data, of which the readable rows count. */
async function digestOf(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    for await (const bytes of readBytesOf(path)) hash.update(bytes);
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw error;
    return null;
  }
  return `sha256:${hash.digest('hex')}`;
}
