import { redacted } from '../model/disclosure.ts';
import { classesOf } from '../model/output-classes.ts';
import { ownValue, type Row } from '../model/row.ts';
import { createPerformance } from '../monitor/performance.ts';
import { type Coverages, measureCoverage } from '../monitor/performance-coverage.ts';
import { performanceReferenceOf } from '../monitor/performance-reference.ts';
import { readJsonl } from '../samples/read-samples.ts';
import { isScore } from '../samples/sample-shape.ts';
import type { Bin } from '../stats/binning.ts';
import { quantileSorted } from '../stats/quantile.ts';
import { formatAmount } from '../text/format.ts';
import { dayMs } from '../times/day.ts';
import { parseTime } from '../times/parse-time.ts';
import type { FollowedModel, FollowedRow } from './followed-model.ts';
import { collectRows, type Delay, type LabelledData, type RowCollector } from './labelled-rows.ts';
import { type Labelled, type OutcomeSource, type ReadOutcomes, readOutcomes } from './read-outcomes.ts';
import { createSlicers, type Slicer } from './slicer.ts';

/** By name and version. */
type FollowedModels = Map<string, FollowedModel & { readonly rows: FollowedRow[] }>;

/**
 * Joins sample lines and outcome lines by id. The first outcome of a prediction counts, as in the service: replicas
 * whose files are read together may both have kept one. Samples of a shadow are joined with the outcomes of the model
 * that it followed.
 *
 * @throws Error naming the file for one that cannot be read, and when no outcome is of the version
 */
export async function readJoinedData(
  options: OutcomeSource & { readonly by: readonly string[] },
): Promise<LabelledData> {
  const { artifact, version, samples, outcomes, by } = options;
  const notes: string[] = [];
  const { labelled, ofOthers, others, refuse } = await readOutcomes(options, notes);
  if (labelled.size === 0 && ofOthers.size === 0) refuse();
  const all = [...labelled.values()];
  const own = all.length;
  const collected = collectRows(by);
  const followed: FollowedModels = new Map();
  const slicers = createSlicers(artifact, by, version);
  const coverage =
    samples.length > 0
      ? await readSamples(options, { labelled, ofOthers }, slicers, { collected, all, followed }, notes)
      : null;
  if (all.length === 0) refuse();
  const ofShadow = all.length - own;
  if (ofShadow > 0) {
    const count = formatAmount(ofShadow, 'outcome');
    notes.push(`${count} came for a model that this one followed as its shadow (of ${others}).`);
  } else if (others !== '') notes.push(`Outcomes of other versions are left out: ${others}.`);
  if (coverage !== null && labelled.size > 0) {
    notes.push(`Without a sample: ${formatAmount(labelled.size, 'outcome')}, counted, but in no slice.`);
  }
  const unknown = slicers.map(() => null);
  for (const { score, prediction, outcome } of labelled.values()) {
    collected.add(score, prediction, outcome, unknown);
  }
  return {
    ...collected,
    source: `outcomes of ${artifact.name} ${version} in ${outcomes.join(', ')}`,
    coverage,
    delay: measureDelay(all),
    followed: [...followed.values()],
    leftOut: [],
    notes,
  };
}

function measureDelay(labelled: readonly Labelled[]): Delay | null {
  const days = labelled.map(({ delayMs }) => delayMs / dayMs).filter((delay) => !Number.isNaN(delay));
  if (days.length === 0) return null;
  days.sort((a, b) => a - b);
  return { p50Days: quantileSorted(days, 0.5), p95Days: quantileSorted(days, 0.95) };
}

/**
 * Moves the labelled rows that have a sample to `collected`, with their bins, and adds those of a shadow to `all`, and to
 * `followed` beside what the other model said; counts all predictions.
 */
async function readSamples(
  { artifact, version, samples, maturedMs }: OutcomeSource,
  { labelled, ofOthers }: Pick<ReadOutcomes, 'labelled' | 'ofOthers'>,
  slicers: readonly Slicer[],
  {
    collected,
    all,
    followed,
  }: {
    readonly collected: RowCollector;
    readonly all: Labelled[];
    readonly followed: FollowedModels;
  },
  notes: string[],
): Promise<Coverages> {
  const counted = createPerformance(performanceReferenceOf(artifact));
  const reading = readJsonl(samples);
  const classes: readonly unknown[] = classesOf(artifact.output);
  let withheld = 0;
  let timeless = 0;
  for await (const sample of reading) {
    const { id, model, score } = sample;
    if (model !== artifact.name || sample.version !== version || !isScore(score)) continue;
    const predictedMs = parseTime(sample.time);
    if (Number.isNaN(predictedMs)) timeless++;
    if (!(predictedMs <= maturedMs)) continue;
    counted.addPrediction(score);
    const key = String(id);
    const other = classes.includes(sample.prediction) ? ofOthers.get(key) : undefined;
    const row =
      labelled.get(key) ??
      (other && {
        ...{ score, prediction: classes.indexOf(sample.prediction) },
        ...{ outcome: other.outcome, delayMs: other.delayMs },
      });
    if (row === undefined) continue;
    // samples may repeat a prediction, which counts once
    if (!labelled.delete(key)) {
      ofOthers.delete(key);
      all.push(row);
      if (other?.said !== undefined)
        addFollowed(followed, other.model, { champion: other.said, shadow: row });
    }
    counted.addOutcome(score, row.outcome);
    const bins = slicers.map((slicer) => binIn(sample, slicer));
    if (bins.includes(null)) withheld++;
    collected.add(row.score, row.prediction, row.outcome, bins);
  }
  if (withheld > 0) notes.push(`Without the features to slice by: ${formatAmount(withheld, 'sample')}.`);
  if (timeless > 0) notes.push(`Left out: ${formatAmount(timeless, 'sample')} without a readable time.`);
  if (reading.damaged > 0) {
    notes.push(`Left out: ${formatAmount(reading.damaged, 'damaged line')} of samples.`);
  }
  return measureCoverage(counted.cells, counted.sums);
}

function addFollowed(
  followed: FollowedModels,
  model: FollowedModel['model'],
  { champion, shadow }: { readonly champion: FollowedRow['champion']; readonly shadow: Labelled },
): void {
  const key = `${model.name} ${model.version}`;
  const known = followed.get(key) ?? { model, rows: [] as FollowedRow[] };
  followed.set(key, known);
  const { score, prediction, outcome } = shadow;
  known.rows.push({ champion, shadow: { score, predictedClass: prediction }, outcome });
}

/** A feature's bin, from the value or as the sample has it. */
function binIn(
  sample: Readonly<Record<string, unknown>>,
  { feature, binOf, recordedBin }: Slicer,
): Bin | null {
  if (sample.features !== undefined) {
    const value = ownValue(sample.features as Row, feature);
    return value !== undefined && value !== redacted ? binOf(value) : null;
  }
  if (sample.bins === undefined) return null;
  return recordedBin(ownValue(sample.bins as Row, feature)) ?? null;
}
