import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Artifact } from '../model/artifact.ts';
import { createScorer } from '../model/score.ts';
import { findFiles, openRows } from '../report/open-rows.ts';
import { type Row, wantedFeature } from '../report/rows.ts';
import type { LineTally } from '../samples/read-samples.ts';
import type { DecimalSign } from '../tables/numbers.ts';
import { collectRows, type LabelledData } from './labelled-rows.ts';
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
  const wanted = [
    ...features.map((feature) => wantedFeature(feature, artifact)),
    {
      name: target.column,
      kind: 'categorical' as const,
      categories: new Set([target.negative, target.positive]),
    },
  ];
  const collected = collectRows(by);
  const tally: LineTally = { lines: 0, damaged: 0, faults: [] };
  const leftOut = { unlabelled: 0, unreadable: 0 };
  const visit = (name: string, { values }: Row) => {
    const outcome = values?.[features.length];
    if (values === null || outcome === null || outcome === undefined) {
      leftOut.unlabelled++;
      return;
    }
    if (outcome !== target.positive && outcome !== target.negative) {
      throw new Error(
        `${name}: column ${target.column}: '${outcome}' is neither '${target.negative}' nor '${target.positive}'`,
      );
    }
    const row = Object.fromEntries(features.map((feature, i) => [feature.name, values[i]]));
    if (features.some(({ kind }, i) => kind === 'numeric' && Number.isNaN(values[i]))) {
      leftOut.unreadable++;
      return;
    }
    const p = score(row);
    collected.add(
      p,
      p >= threshold.value ? 1 : 0,
      outcome === target.positive ? 1 : 0,
      slicers.map(({ feature, labelOf }) => labelOf(row[feature])),
    );
  };
  const { paths } = await findFiles(sources);
  for await (const source of openRows(paths, tally, { decimalSign })) {
    await source.read(wanted, (row) => visit(source.name, row));
  }
  if (collected.rows === 0) throw new Error(`${sources.join(', ')}: no row has an outcome`);
  const isTraining = await haveDigest(paths, artifact.training.dataDigest);
  const unreadable = leftOut.unreadable + tally.damaged;
  return {
    ...collected,
    source: `rows of ${sources.join(', ')}`,
    coverage: null,
    delay: null,
    notes: [
      ...(isTraining
        ? ['The model was trained on these very rows: its figures on new ones are the cross-validated.']
        : []),
      ...(leftOut.unlabelled > 0 ? [`${leftOut.unlabelled} rows without an outcome are left out.`] : []),
      ...(unreadable > 0 ? [`${unreadable} rows that cannot be read are left out.`] : []),
    ],
  };
}

/** Whether one of the files is the one with this digest. Standard input cannot be read twice. */
async function haveDigest(paths: readonly string[], digest: string): Promise<boolean> {
  for (const path of paths) {
    if (path === '-') continue;
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    if (`sha256:${hash.digest('hex')}` === digest) return true;
  }
  return false;
}
