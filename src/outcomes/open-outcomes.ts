import { stat } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { openJsonlWriter } from '../samples/jsonl-writer.ts';
import { readJsonl } from '../samples/read-samples.ts';
import { listRotatedFiles } from '../samples/rotated-files.ts';
import { createImmaturePredictions } from './immature-predictions.ts';
import { createIntake, type OutcomeIntake } from './intake.ts';
import { createKnownModels, type KnownModels } from './known-models.ts';
import { createModelFiles, keepAgainMs, modelsFolder } from './model-files.ts';
import { readSharedAddress } from './shared-address.ts';
import type { SharedMemory } from './shared-memory.ts';
import type { Tokens } from './token.ts';

const dayMs = 86_400_000;
const saveIntervalMs = 60 * 1000;
const pendingBytes = 16 * 1024 * 1024;

export type Outcomes = {
  readonly models: KnownModels;
  readonly intake: OutcomeIntake;
  /** Writes what is pending. Never rejects. */
  close(): Promise<void>;
};

/**
 * Opens all that outcomes need: their file, the models they can be of, and what replicas share.
 *
 * @param others gives the outcome files of other replicas, running or gone
 */
export async function openOutcomes(
  config: Config,
  others: () => Promise<readonly string[]>,
  tokens: Tokens,
  onProblem: (message: string) => void,
): Promise<Outcomes> {
  const path = config.OUTCOMES_PATH;
  const maxAgeMs = config.OUTCOME_MAX_AGE_DAYS * dayMs;
  const maturityMs = config.OUTCOME_MATURITY_DAYS * dayMs;
  const folder = modelsFolder(path);
  const shared = await openShared(await readSharedAddress(config), { maxAgeMs, onProblem });
  const writer = openJsonlWriter({
    path,
    maxBytes: config.SAMPLES_MAX_BYTES,
    // an outcome stays as long as a repetition of it would be taken
    maxFiles: Number.POSITIVE_INFINITY,
    maxAgeDays: config.OUTCOME_MAX_AGE_DAYS,
    flushIntervalMs: 0,
    maxPendingBytes: pendingBytes,
    onProblem,
    others,
  });
  const immature = createImmaturePredictions(folder, onProblem);
  const otherFolders = async () => (await others()).map(modelsFolder);
  const models = createKnownModels({
    files: createModelFiles({ folder, otherFolders, maxAgeMs, onProblem }),
    maturityMs,
    shared,
    onKnown: (model) => (maturityMs > 0 ? immature.restore(model) : undefined),
    onDropped: (model) => (maturityMs > 0 ? immature.save([model]) : undefined),
    onProblem,
  });
  const intake = createIntake({
    tokens,
    models,
    writer,
    shared,
    maxAgeMs,
    maturityMs,
    earlier: readSeries(path),
    elsewhere: readElsewhere(others, onProblem),
    countedUntilMs:
      maturityMs > 0 ? immature.savedMs().then((ms) => ms ?? Date.now()) : Promise.resolve(Date.now()),
    onProblem,
  });
  const save = async () => {
    if (maturityMs === 0) return;
    // what is due by the time of the file has been counted, and only that
    intake.settle();
    await immature.save(models.all());
  };
  const saving = setInterval(save, saveIntervalMs).unref();
  const keeping = setInterval(() => models.keepAgain(), keepAgainMs(maxAgeMs)).unref();
  return {
    models,
    intake,
    async close() {
      clearInterval(saving);
      clearInterval(keeping);
      const { waiting } = intake.held;
      if (waiting > 0) {
        onProblem(
          `outcomes kept, but not counted before the end, as they waited for their version: ${waiting}`,
        );
      }
      await Promise.all([save(), writer.close(), shared?.close()]);
    },
  };
}

async function* readElsewhere(
  others: () => Promise<readonly string[]>,
  onProblem: (message: string) => void,
): AsyncGenerator<Record<string, unknown>> {
  for (const path of await others()) {
    try {
      yield* readSeries(path);
    } catch (error) {
      onProblem(`${(error as Error).message}: outcomes that it holds may count again`);
    }
  }
}

/** The lines of an outcome file and those rotated from it, oldest first. */
async function* readSeries(path: string): AsyncGenerator<Record<string, unknown>> {
  const rotated = await listRotatedFiles(path).catch(() => []);
  for (const source of [...rotated.map((file) => file.path), path]) {
    const isThere = await stat(source).then(
      () => true,
      () => false,
    );
    if (isThere) yield* readJsonl([source]);
  }
}

/** Redis' client is loaded only where it is needed: it takes 27 MB and delays the start. */
async function openShared(
  url: string | undefined,
  options: { maxAgeMs: number; onProblem: (message: string) => void },
): Promise<SharedMemory | undefined> {
  if (url === undefined) return undefined;
  const { openSharedMemory } = await import('./redis-memory.ts');
  return openSharedMemory(url, options);
}
