import { redacted } from '../model/disclosure.ts';
import type { LineTally } from '../samples/read-samples.ts';
import { parseTime } from '../times/parse-time.ts';
import type { Samples } from './keyed-samples.ts';
import { type ChunkLimits, createLabelChunk, isId, type LabelChunk } from './label-chunk.ts';
import type { OutcomeTexts } from './outcome-texts.ts';
import type { Label } from './read-labels.ts';
import type { Reporter } from './reporter.ts';

/** What happened to labels before they were sent. */
export type LabelTally = {
  rows: number;
  /** Without a key, or an id. */
  unnamed: number;
  /** Labels whose outcome is not known yet. */
  open: number;
  /** Labels with a key that an earlier row has; of these, those that contradict it. */
  repeated: number;
  contradicting: number;
  /** Labels without a prediction among the samples. */
  unmatched: number;
  /** When the oldest prediction with a key was made, according to its sample. */
  oldest: string | null;
};

/** Shows the progress of a part of the work. */
export type ShowProgress = (label: string, total: number) => { add(count: number): void; end(): void };

export type ReportOptions = {
  readonly labels: AsyncIterable<readonly Label[]>;
  readonly texts: OutcomeTexts;
  readonly reporter: Reporter;
  readonly tally: LabelTally;
  /** Stops the work; its reason is then thrown. */
  readonly signal: AbortSignal;
};

export type JoinOptions = ReportOptions & {
  readonly samples: Samples;
  /** The model of the predictions; needed if the samples are of several. */
  readonly model: string | undefined;
  /** Whether all predictions of a key get its outcome, and not only the newest. */
  readonly isForAll: boolean;
  readonly sampleTally: LineTally;
  readonly showProgress: ShowProgress;
  readonly limits?: ChunkLimits | undefined;
};

export function emptyTally(): LabelTally {
  return { rows: 0, unnamed: 0, open: 0, repeated: 0, contradicting: 0, unmatched: 0, oldest: null };
}

/** Sends labels whose rows identify the prediction by its id. @throws what reading and the reporter throw */
export async function reportById({ labels, texts, reporter, tally, signal }: ReportOptions): Promise<void> {
  for await (const { name, place } of complete(labels, texts, tally)) {
    signal.throwIfAborted();
    await reporter.add(name, texts.sent(place));
  }
  await reporter.flush();
}

/**
 * Joins labels with samples by the caller's own key, and sends an outcome for the newest prediction of each key or for
 * all of them. Memory is bounded: labels are processed in chunks, and all samples are read for each chunk.
 *
 * @throws Error before anything is sent if no sample has a key, or if the model is ambiguous; and what reading and the
 * reporter throw
 */
export async function reportByKey(options: JoinOptions): Promise<void> {
  const { labels, texts, reporter, tally } = options;
  const join = createJoin(options);
  let chunk = createLabelChunk(options.limits);
  for await (const { name, place } of complete(labels, texts, tally)) {
    const known = chunk.add(name, place);
    if (known !== undefined) {
      tally.repeated++;
      if (texts.sent(known) !== texts.sent(place)) tally.contradicting++;
    }
    if (!chunk.isFull) continue;
    await join(chunk);
    chunk = createLabelChunk(options.limits);
  }
  if (chunk.size > 0) await join(chunk);
  await reporter.flush();
}

/** The labels that identify a prediction and have an outcome; the others are counted. */
async function* complete(
  labels: AsyncIterable<readonly Label[]>,
  texts: OutcomeTexts,
  tally: LabelTally,
): AsyncGenerator<{ readonly name: string; readonly place: number }> {
  for await (const batch of labels) {
    for (const { name, outcome } of batch) {
      tally.rows++;
      if (name === null) tally.unnamed++;
      else if (outcome === null) tally.open++;
      else yield { name, place: texts.placeOf(outcome) };
    }
  }
}

type Keyed = { readonly key: string; readonly id: string; readonly model: string; readonly time: unknown };

function createJoin(options: JoinOptions): (chunk: LabelChunk) => Promise<void> {
  const { samples, model, isForAll, texts, reporter, tally, sampleTally, signal, showProgress } = options;
  let isChecked = false;

  /** All samples that have a key. */
  async function* keyed(onRedacted: () => void = () => {}): AsyncGenerator<Keyed> {
    const bar = showProgress('reading samples', await samples.bytes());
    // counted once, however often they are read
    const lines = isChecked ? { lines: 0, damaged: 0, faults: [] } : sampleTally;
    try {
      for await (const { key, id, model, time } of samples.read(lines, bar.add)) {
        signal.throwIfAborted();
        if (key === redacted) onRedacted();
        else if (typeof key === 'string' && typeof model === 'string' && isId(id)) {
          yield { key, id, model, time };
        }
      }
    } finally {
      bar.end();
    }
  }

  /** Iterates over all samples, and makes sure the first time that the model is unambiguous. */
  async function visit(take: ((sample: Keyed) => Promise<void> | void) | undefined): Promise<void> {
    const models = new Set<string>();
    let redactedLines = 0;
    const onRedacted = () => {
      redactedLines++;
    };
    for await (const sample of keyed(onRedacted)) {
      if (models.size < maxModels) models.add(sample.model);
      const { time } = sample;
      if (typeof time === 'string' && !(tally.oldest !== null && time >= tally.oldest)) tally.oldest = time;
      if (model === undefined || sample.model === model) await take?.(sample);
    }
    if (!isChecked) requireOneModel(samples.name, models, model, redactedLines > 0);
    isChecked = true;
  }

  return async (chunk) => {
    if (isForAll) {
      // before the first is sent
      if (!isChecked) await visit(undefined);
      await visit(({ key, id }) => {
        const place = chunk.find(key);
        if (place < 0) return;
        chunk.join(place, id, 0);
        return reporter.add(id, texts.sent(chunk.outcomeOf(place)));
      });
    } else {
      await visit(({ key, id, time }) => {
        const place = chunk.find(key);
        if (place >= 0) chunk.join(place, id, parseTime(time));
      });
    }
    let joined = 0;
    const bar = isForAll ? undefined : showProgress('reporting', chunk.size);
    for (const { id, place } of chunk.joined()) {
      joined++;
      if (isForAll) continue;
      signal.throwIfAborted();
      await reporter.add(id, texts.sent(chunk.outcomeOf(place)));
      bar?.add(1);
    }
    bar?.end();
    tally.unmatched += chunk.size - joined;
  };
}

/** At most this many are listed. */
const maxModels = 10;

function requireOneModel(
  source: string,
  models: ReadonlySet<string>,
  wanted: string | undefined,
  areRedacted: boolean,
): void {
  if (models.size === 0) {
    throw new Error(
      areRedacted
        ? `${source}: the model withholds the keys of its predictions, so no label can be joined by them: use --id`
        : `${source}: no sample has a key: predictions get one by the header x-prediction-key, observations by "key"`,
    );
  }
  const names = [...models].join(', ');
  if (wanted === undefined && models.size > 1) {
    throw new Error(
      `${source}: predictions of several models have keys (${names}): choose one with --model-name`,
    );
  }
  if (wanted !== undefined && !models.has(wanted) && models.size < maxModels) {
    throw new Error(`${source}: no prediction of model ${wanted} has a key, only predictions of ${names}`);
  }
}
