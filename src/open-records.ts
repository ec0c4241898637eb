import { type JsonlWriter, openJsonlWriter } from './files/jsonl-writer.ts';
import { type DriftHistory, openDriftHistory } from './history/open-drift-history.ts';
import { openAgeClock } from './outcomes/open-age-clock.ts';
import { type Outcomes, openOutcomes } from './outcomes/open-outcomes.ts';
import type { Tokens } from './outcomes/token.ts';
import type { Config } from './settings/config.ts';
import type { createLogger } from './telemetry/logger.ts';
import { within } from './times/within.ts';

const samplesFlushMs = 500;
const samplesPendingBytes = 16 * 1024 * 1024;
const closeClockMs = 1000;

/** What the service keeps on disk. */
type OpenRecords = {
  readonly samples: JsonlWriter;
  readonly history: DriftHistory;
  readonly outcomes: Outcomes;
  /** By which the age of all of them is measured. */
  readonly ages: Awaited<ReturnType<typeof openAgeClock>>;
};

/**
 * Opens the files of samples, of the history of drift and of outcomes.
 *
 * @param config with the paths of this replica
 * @param othersOf returns the files that other replicas, running or gone, have for the same setting
 * @param opened closes them again if a later step of the start fails
 */
export async function openRecords({
  config,
  othersOf,
  tokens,
  logger,
  opened,
}: {
  readonly config: Config;
  readonly othersOf: (setting: 'SAMPLES_PATH' | 'OUTCOMES_PATH') => Promise<readonly string[]>;
  readonly tokens: Tokens;
  readonly logger: Pick<ReturnType<typeof createLogger>, 'warn'>;
  readonly opened: AsyncDisposableStack;
}): Promise<OpenRecords> {
  const ages = await openAgeClock(config, (message) => logger.warn({ event: 'clock' }, message));
  opened.defer(() => within(closeClockMs, ages.close()));
  const samples = openJsonlWriter({
    path: config.SAMPLES_PATH,
    maxBytes: config.SAMPLES_MAX_BYTES,
    // the setting counts only rotated files, the writer also the live one
    maxFiles: config.SAMPLES_MAX_FILES + 1,
    maxAgeDays: config.SAMPLES_MAX_AGE_DAYS,
    flushIntervalMs: samplesFlushMs,
    maxPendingBytes: samplesPendingBytes,
    onProblem: (message) => logger.warn({ event: 'samples' }, message),
    others: () => othersOf('SAMPLES_PATH'),
    now: ages.now,
  });
  opened.defer(() => samples.close());
  const history = openDriftHistory(config.SAMPLES_PATH, (message) =>
    logger.warn({ event: 'history' }, message),
  );
  opened.defer(() => history.close());
  const outcomes = await openOutcomes(
    config,
    () => othersOf('OUTCOMES_PATH'),
    tokens,
    ages,
    (message) => logger.warn({ event: 'outcomes' }, message),
  );
  opened.defer(() => outcomes.close());
  return { samples, history, outcomes, ages };
}
