import type { Artifact } from '../model/artifact.ts';
import { classesOf } from '../model/output-classes.ts';
import { isForgotten } from '../outcomes/outcome.ts';
import { readJsonl } from '../samples/read-samples.ts';
import { isScore } from '../samples/sample-shape.ts';
import { formatAmount } from '../text/format.ts';
import { parseTime } from '../times/parse-time.ts';
import type { FollowedModel, FollowedRow } from './followed-model.ts';
import { listOthers, type OtherModel, whyNone, whyYoung } from './other-outcomes.ts';

export type OutcomeSource = {
  readonly artifact: Artifact;
  /** The model version to evaluate; its classes must be the artifact's. */
  readonly version: string;
  /** For coverage and slices; without them the outcomes alone are evaluated. */
  readonly samples: readonly string[];
  readonly outcomes: readonly string[];
  /** Predictions made later are not old enough to count; ms since 1970. */
  readonly maturedMs: number;
};

/** A prediction of the model, and what became of it. */
export type Labelled = {
  readonly score: number;
  readonly prediction: number;
  readonly outcome: number;
  readonly delayMs: number;
};

/** What became of a row that another model answered. */
type OtherOutcome = Pick<Labelled, 'outcome' | 'delayMs'> & {
  readonly model: FollowedModel['model'];
  /** What that model said; `undefined` where the line does not tell. */
  readonly said: FollowedRow['champion'] | undefined;
};

export type ReadOutcomes = {
  readonly labelled: Map<string, Labelled>;
  /** Of other models by id: a shadow has kept its samples under the ids of the model that it followed. */
  readonly ofOthers: Map<string, OtherOutcome>;
  /** Says what the outcomes of other versions are. */
  readonly others: string;
  /** @throws Error that says why there is nothing to evaluate */
  readonly refuse: () => never;
};

/**
 * Reads the first outcome of each prediction.
 *
 * @param notes gets a line for each kind of lines that are left out
 * @throws Error naming the file for one that cannot be read
 */
export async function readOutcomes(
  { artifact, version, samples, outcomes, maturedMs }: OutcomeSource,
  notes: string[],
): Promise<ReadOutcomes> {
  const { name, output } = artifact;
  const labelled = new Map<string, Labelled>();
  const ofOthers = new Map<string, OtherOutcome>();
  const others = new Map<string, OtherModel>();
  let repeated = 0;
  let young = 0;
  let timeless = 0;
  let oldestYoungMs = Number.POSITIVE_INFINITY;
  let foreign = 0;
  const classes: readonly unknown[] = classesOf(output);
  const reading = readJsonl(outcomes);
  for await (const line of reading) {
    if (isForgotten(line)) continue;
    const { id, model, score, prediction, outcome } = line;
    const predictedMs = parseTime(line.predictedAt);
    if (typeof model !== 'string' || typeof line.version !== 'string') {
      foreign++;
    } else if (model !== name || line.version !== version) {
      const key = `${model} ${line.version}`;
      const other = others.get(key) ?? { name: model, version: line.version, count: 0 };
      others.set(key, { ...other, count: other.count + 1 });
      const isJoined = samples.length > 0 && model !== name && classes.includes(outcome);
      if (isJoined && typeof id === 'string' && predictedMs <= maturedMs && !ofOthers.has(id)) {
        const delayMs = parseTime(line.time) - predictedMs;
        ofOthers.set(id, {
          ...{ outcome: classes.indexOf(outcome), delayMs },
          model: { name: model, version: line.version },
          said:
            isScore(score) && classes.includes(prediction)
              ? { score, predictedClass: classes.indexOf(prediction) }
              : undefined,
        });
      }
    } else if (
      typeof id !== 'string' ||
      !isScore(score) ||
      !classes.includes(prediction) ||
      !classes.includes(outcome)
    ) {
      foreign++;
    } else if (labelled.has(id)) {
      repeated++;
    } else if (predictedMs > maturedMs) {
      young++;
      oldestYoungMs = Math.min(oldestYoungMs, predictedMs);
    } else if (Number.isNaN(predictedMs)) {
      timeless++;
    } else {
      labelled.set(id, {
        score,
        prediction: classes.indexOf(prediction),
        outcome: classes.indexOf(outcome),
        delayMs: parseTime(line.time) - predictedMs,
      });
    }
  }
  const refuse = (): never => {
    const why =
      young > 0
        ? whyYoung(young, oldestYoungMs)
        : timeless > 0
          ? `, but ${timeless} whose predictedAt is no time`
          : whyNone(artifact, [...others.values()], foreign, reading.damaged);
    throw new Error(`${outcomes.join(', ')}: no outcome of ${name} ${version}${why}`);
  };
  const count = (outcomes: number) => formatAmount(outcomes, 'outcome');
  if (young > 0) notes.push(`Left out: ${count(young)} of predictions that are not old enough.`);
  if (timeless > 0) notes.push(`Left out: ${count(timeless)} of predictions whose time cannot be read.`);
  if (repeated > 0) notes.push(`Repeated: ${count(repeated)}; the first of each prediction counts.`);
  const damaged = foreign + reading.damaged;
  if (damaged > 0) notes.push(`Left out: ${formatAmount(damaged, 'line')} without a valid outcome.`);
  return { labelled, ofOthers, others: listOthers(others.values()), refuse };
}
