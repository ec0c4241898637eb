import { setTimeout as delay } from 'node:timers/promises';
import { openJsonlWriter } from '../files/jsonl-writer.ts';
import type { Config } from '../settings/config.ts';
import type { AgeClock } from '../times/age-clock.ts';
import { dayMs } from '../times/day.ts';
import { createImmaturePredictions } from './immature-predictions.ts';
import { createIntake, type OutcomeIntake } from './intake.ts';
import { createKnownModels, type KnownModels } from './known-models.ts';
import { createModelFiles, keepAgainMs, modelsFolder } from './model-files.ts';
import type { ShadowOutcomes } from './outcome-counter.ts';
import { readElsewhere, readSeries } from './read-series.ts';
import { createShadowPairs } from './shadow-pairs.ts';
import { createShadowScores } from './shadow-scores.ts';
import { readSharedAddress } from './shared-address.ts';
import type { SharedStore } from './shared-store.ts';
import { openSlots, type SlotStates, type Slots } from './slots.ts';
import type { Tokens } from './token.ts';

const saveIntervalMs = 60 * 1000;
/** A disk that hangs delays a scrape by at most this. */
const saveMs = 1000;
const pendingBytes = 16 * 1024 * 1024;

export type Outcomes = {
  /** What shadows predicted for recent rows, and how well they did. */
  readonly shadows: ShadowOutcomes;
  readonly models: KnownModels;
  readonly intake: OutcomeIntake;
  /** The store that replicas share, if they do. */
  readonly shared: SharedStore | undefined;
  /** To be called in the same turn of the event loop in which a scrape reads the counts. */
  collected(): void;
  /**
   * To be called before the scrape that last read the counts is answered: what it shows is remembered, so that no later
   * process counts it again. Outcomes that waited for a scrape count from then on. Never rejects.
   */
  beforeAnswer(): Promise<void>;
  /** Writes what is pending. Never rejects. */
  close(): Promise<void>;
};

/**
 * Opens everything that outcomes need: their file, the models they may belong to, and the shared store.
 *
 * @param others returns the outcome files of other replicas, running or gone
 * @param ages the clock that decides what has expired
 */
export async function openOutcomes(
  config: Config,
  others: () => Promise<readonly string[]>,
  tokens: Tokens,
  { now }: Pick<AgeClock, 'now'>,
  onProblem: (message: string) => void,
): Promise<Outcomes> {
  const path = config.OUTCOMES_PATH;
  const maxAgeMs = config.OUTCOME_MAX_AGE_DAYS * dayMs;
  const maturityMs = config.OUTCOME_MATURITY_DAYS * dayMs;
  const folder = modelsFolder(path);
  const address = await readSharedAddress(config);
  const slots = await openSlots(path, onProblem);
  const opening = openShared(address, slots, { maxAgeMs, onProblem });
  const shared = await opening.catch((error) => {
    slots.close();
    throw error;
  });
  let mayHaveBeenShown = false;
  const writer = openJsonlWriter({
    path,
    maxBytes: config.SAMPLES_MAX_BYTES,
    // an outcome is kept as long as a repetition of it would be accepted
    maxFiles: Number.POSITIVE_INFINITY,
    maxAgeDays: config.OUTCOME_MAX_AGE_DAYS,
    flushIntervalMs: 0,
    maxPendingBytes: pendingBytes,
    onProblem,
    others,
    now,
  });
  const immature = maturityMs > 0 ? createImmaturePredictions(folder, onProblem) : undefined;
  const otherFolders = async () => (await others()).map(modelsFolder);
  const models = createKnownModels({
    files: createModelFiles({ folder, otherFolders, maxAgeMs, now, onProblem }),
    maturityMs,
    shared,
    mayHaveBeenShown: () => mayHaveBeenShown,
    onKnown: (model) => immature?.restore(model),
    onDropped: (model) => immature?.save([model]),
    onProblem,
  });
  const shadows = { scores: createShadowScores(), pairs: createShadowPairs(models) };
  const intake = createIntake({
    tokens,
    shadows,
    models,
    writer,
    shared,
    slots,
    now,
    maxAgeMs,
    maturityMs,
    earlier: readSeries(path),
    elsewhere: readElsewhere(others, onProblem),
    countedUntilMs: Promise.resolve(immature?.savedMs()).then((ms) => ms ?? Date.now()),
    onEarlier() {
      mayHaveBeenShown = true;
    },
    onProblem,
  });
  const save = async () => {
    if (immature === undefined) return;
    // exactly what was due at the time of the file has been counted
    intake.settle();
    await immature.save(models.all());
  };
  const saving = setInterval(save, saveIntervalMs).unref();
  const keeping = setInterval(() => models.keepAgain(), keepAgainMs(maxAgeMs)).unref();
  let read = { states: slots.states(), shown: () => {} };
  /** What the last scrape has shown, saved at the end in case the disk refused it then. */
  let shownStates: SlotStates = [];
  return {
    models,
    intake,
    shared,
    shadows,
    collected() {
      read = { states: slots.states(), shown: models.collected() };
    },
    async beforeAnswer() {
      const { states, shown } = read;
      shownStates = states;
      await Promise.race([slots.save(states), delay(saveMs, undefined, { ref: false })]);
      mayHaveBeenShown = true;
      shown();
      // immediately: a version that was loaded only for this could be dropped
      intake.settle();
    },
    async close() {
      clearInterval(saving);
      clearInterval(keeping);
      intake.close();
      await Promise.all([save(), slots.save(shownStates), writer.close(), shared?.close()]);
      slots.close();
    },
  };
}

/** The Redis client is loaded only if needed: it takes 27 MB and delays the start. */
async function openShared(
  url: string | undefined,
  { own: { owner }, owners }: Slots,
  options: { maxAgeMs: number; onProblem: (message: string) => void },
): Promise<SharedStore | undefined> {
  if (url === undefined) return undefined;
  const { openSharedStore } = await import('./redis-store.ts');
  return openSharedStore(url, { owner, owners, ...options });
}
