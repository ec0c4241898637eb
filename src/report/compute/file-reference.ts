import { type Artifact, scoreFeature } from '../../model/artifact.ts';
import { filePredictor } from '../../predictors/index.ts';
import type { LineTally } from '../../samples/read-samples.ts';
import { formatAmount } from '../../text/format.ts';
import { type OpenOptions, openRows } from '../read/open-rows.ts';
import { createRowSample } from '../read/row-sample.ts';
import type { RowSource } from '../read/rows.ts';
import { allColumns, type ChooseFeatures, selectColumns, selectNamed } from '../read/select-columns.ts';
import { createVersionFilter } from '../read/version-filter.ts';
import { type CollectedNumbers, createNumberCollector } from './collect-numbers.ts';
import { describeDropped } from './describe-dropped.ts';
import type { ValueRows } from './domain-columns.ts';
import type { DriftReference, ReferenceVariable } from './drift-reference.ts';
import { createSortSpace } from './number-column.ts';
import { createCollector, numericVariable } from './reference-collector.ts';
import { withEffects } from './reference-effects.ts';
import { createRowScorer, predictionOf } from './row-scorer.ts';
import { type SegmentColumn, segmentColumns, segmentReading } from './segment-counts.ts';

export type FileReferenceOptions = {
  /** Says which columns there are and of what kind; `null` takes all, judged by what they hold. */
  readonly artifact: Artifact | null;
  /** Picks features by name; `null` takes all, without a model all but ids and dates. */
  readonly chooseFeatures: ChooseFeatures | null;
  /** Picks features that are not compared; by default none. */
  readonly excludeFeatures?: ChooseFeatures | null;
  /** Picks the columns to cut into segments by, of all there are; `null` picks none. */
  readonly chooseSegments?: ChooseFeatures | null;
  /** Values of a column that are kept; beyond that it has no summary. By default a million. */
  readonly maxValues?: number;
  /** Whether values far beyond the model's reference are kept out of the new one: they are counted, no more. */
  readonly leavesOutFar?: boolean;
} & OpenOptions;

/** A reference with the files it was made of. */
export type FileReference = DriftReference & {
  /** The columns picked by `chooseSegments`: the bins of compared ones, and of others cut in the same way. */
  readonly by: readonly SegmentColumn[];
  /** Its rows, or a sample of them. */
  readonly rows: ValueRows;
  /** The files, which can be read once more. */
  readonly sources: readonly RowSource[];
};

/**
 * Makes a reference of the rows of files. Numeric variables are cut at their own frequent values and deciles, sensitive ones at the model's;
 * categorical ones keep the categories of the model if there is one. Rows that hold bins are counted in the model's bins as they are.
 *
 * @throws Error naming the file when it cannot be read, has no rows, or holds bins and there is no model to tell what
 * they are
 */
export async function fileReference(
  paths: readonly string[],
  {
    artifact,
    chooseFeatures,
    excludeFeatures = null,
    chooseSegments,
    maxValues,
    leavesOutFar = false,
    ...reading
  }: FileReferenceOptions,
): Promise<FileReference> {
  const tally: LineTally = { lines: 0, damaged: 0, faults: [] };
  const scores = createNumberCollector({ maxValues });
  const predictions = new Map<string, number>();
  const filter = createVersionFilter(artifact?.version ?? null);
  let samples = 0;
  let scored = 0;

  const sources: RowSource[] = [];
  for await (const source of openRows(paths, tally, reading)) sources.push(source);
  if (sources.length === 0) throw new Error(`${paths.join(', ')}: holds no rows to compare with`);
  const [{ name, holdsBins }] = sources;
  if (holdsBins && artifact === null) {
    throw new Error(`${name}: holds bins, not values: give the model that cut them with --model`);
  }
  const { wanted, all, notes } = selectColumns(sources, artifact, chooseFeatures, excludeFeatures);
  const by = chooseSegments?.(allColumns(all, sources)) ?? [];
  const cutting = segmentReading(wanted, selectNamed(by, sources, artifact)).slice(wanted.length);
  const collectors = [...wanted, ...cutting].map((column) =>
    createCollector(column, artifact, holdsBins, { maxValues, leavesOutFar }),
  );
  const explanation = artifact === null ? undefined : filePredictor(artifact)?.explanation;
  const sample = createRowSample(wanted.length);
  for (const source of sources) {
    const scoreOf = createRowScorer(artifact, wanted);
    await source.read([...wanted, ...cutting], (row) => {
      if (!filter.accepts(row)) return;
      samples++;
      for (let i = 0; i < collectors.length; i++) collectors[i].add(row, i);
      const score = scoreOf(row);
      const prediction = predictionOf(row, score, artifact);
      if (prediction !== null) predictions.set(prediction, (predictions.get(prediction) ?? 0) + 1);
      if (row.values !== null || score !== null) sample.add(row.values ?? [], score);
      if (score === null) return;
      scores.add(score);
      scored++;
    });
  }
  if (samples === 0)
    throw new Error(`${paths.join(', ')}: holds no rows to compare with${describe(filter, tally)}`);

  const space = createSortSpace();
  const ended = collectors.map((collector) => collector.finish(space));
  const finished = ended.slice(0, wanted.length).map((variable, i) => {
    if (typeof variable === 'string') return variable;
    const isOfModel = artifact?.features.some((feature) => feature.name === variable.name);
    return withEffects(variable, sample.column(i), isOfModel ? explanation : undefined);
  });
  const features = finished.filter((variable) => typeof variable !== 'string');
  const predicted = [...predictions.values()].reduce((sum, count) => sum + count, 0);
  return {
    origin: 'file',
    samples,
    features,
    leftOut: all.filter((column) => !features.some((feature) => feature.name === column)),
    score: scored > 0 ? scoreVariable(scores.finish(space), sample.scores()) : null,
    predictions:
      predicted > 0 ? new Map([...predictions].map(([name, count]) => [name, count / predicted])) : null,
    version: filter.version,
    by: segmentColumns(by, ended),
    sources,
    rows: { names: wanted.map((column) => column.name), rows: sample.rows() },
    notes: [
      ...notes,
      ...collectors.flatMap((collector) =>
        describeDropped(
          collector.dropped(),
          'rows',
          ' of the reference',
          leavesOutFar ? 'far beyond the older reference' : undefined,
        ),
      ),
      ...finished.filter((reason) => typeof reason === 'string'),
      ...(tally.damaged > 0
        ? [
            `${formatAmount(tally.damaged, 'damaged line')} of the reference ${tally.damaged === 1 ? 'was' : 'were'} skipped.`,
          ]
        : []),
      ...[...filter.others].map(
        ([version, count]) =>
          `${formatAmount(count, 'row')} of the reference of version ${version} ${count === 1 ? 'was' : 'were'} left out: version ${filter.version} is compared.`,
      ),
    ],
  };
}

function describe(filter: { others: ReadonlyMap<string, number>; version: string | null }, tally: LineTally) {
  if (filter.others.size > 0) {
    return `: all are of version ${[...filter.others.keys()].join(', ')}, the model is ${filter.version}`;
  }
  const [fault] = tally.faults;
  return fault === undefined ? '' : `: line ${fault.line}: ${fault.reason}`;
}

function scoreVariable(collected: CollectedNumbers, scores: number[]): ReferenceVariable {
  return withEffects(numericVariable(scoreFeature, collected), { values: scores, scores });
}
