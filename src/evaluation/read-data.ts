import { createHash } from 'node:crypto';
import { readBytesOf } from '../files/read-bytes.ts';
import type { Artifact } from '../model/artifact.ts';
import { createDisclosure } from '../model/disclosure.ts';
import { featureBins } from '../model/features.ts';
import { createInputValidator } from '../model/validate-input.ts';
import { createScorer } from '../predictors/logistic/score.ts';
import { findFiles, openRows } from '../report/read/open-rows.ts';
import { type Row, wantedFeature } from '../report/read/rows.ts';
import type { LineTally } from '../samples/read-samples.ts';
import { createBinner, unseenBin } from '../stats/binning.ts';
import { indexCategories } from '../stats/category-text.ts';
import type { DecimalSign } from '../tables/numbers.ts';
import { formatCount } from '../text/format.ts';
import { collectRows, type LabelledData } from './labelled-rows.ts';
import { countLeftOut, describeLeftOut } from './left-out.ts';
import { createSlicers } from './slicer.ts';

/**
 * Reads rows with their features and their outcome from tables or JSONL, and lets the model score them. Rows without an
 * outcome, or with a text where the model takes a number, are left out and told of.
 *
 * @param options `by`: features to slice by; `decimalSign` of numbers in tables, where it is not to be found out
 * @throws Error naming the file for one that cannot be read, a missing column, or an outcome that is none of the two
 * classes
 */
export async function readLabelledData(
  sources: readonly string[],
  artifact: Artifact,
  { by, decimalSign }: { readonly by: readonly string[]; readonly decimalSign?: DecimalSign | undefined },
): Promise<LabelledData> {
  const { features, target, threshold } = artifact;
  const slicers = createSlicers(artifact, by);
  const score = createScorer(artifact);
  const validate = createInputValidator(artifact);
  const unseen = countUnseen(artifact);
  const wanted = [
    ...features.map((feature) => wantedFeature(feature, artifact)),
    {
      name: target.column,
      kind: 'categorical' as const,
      categories: new Set([target.negative, target.positive]),
    },
  ];
  const classes = [target.negative, target.positive];
  const classOf = indexCategories(classes.map((name, i) => [name, i]));
  const collected = collectRows(by);
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
        `${name}: column ${target.column}: '${values[features.length]}' is neither '${target.negative}' nor '${target.positive}'`,
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
    const p = score(row);
    collected.add(
      p,
      p >= threshold.value ? 1 : 0,
      outcome,
      slicers.map(({ feature, labelOf }) => labelOf(row[feature])),
    );
  };
  const { paths } = await findFiles(sources);
  for await (const source of openRows(paths, tally, { decimalSign })) {
    await source.read(wanted, (row) => visit(source.name, row));
  }
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
    leftOut: leftOut.list(),
    notes: [
      ...(isTraining
        ? ['The model was trained on these very rows: its figures on new ones are the cross-validated.']
        : []),
      ...notes,
      ...unseen.notes(),
    ],
  };
}

/** Counts the categories that training never saw. */
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
          const such = isWithheld(name) ? '' : `, such as '${example}'`;
          return `${name}: ${rows === 1 ? '1 row has' : `${formatCount(rows)} rows have`} a category that training never saw${such}, and that counts as an average one.`;
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
