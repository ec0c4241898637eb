import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { type FileLock, lockFile, NoLocks, requireLocks } from '../files/file-lock.ts';
import { type JsonlWriter, openJsonlWriter } from '../files/jsonl-writer.ts';
import { makeFolder } from '../files/make-folder.ts';
import { liveDrift } from '../monitor/live-drift.ts';
import type { Monitor } from '../monitor/monitor.ts';
import { readSeries } from '../outcomes/read-series.ts';
import { createDriftSteps, type DriftStep, type DriftSteps } from './drift-steps.ts';

/**
 * A step of a model with 200 features takes 1.5 kB, and a day of them 0.4 MB: one file has room for a day of ten such
 * models.
 */
const maxBytes = 4 * 1024 * 1024;
const flushIntervalMs = 500;
/** More than a step of all models; if the disk hangs, what exceeds it is lost. */
const maxPendingBytes = 1024 * 1024;

const lineSchema = z.object({
  model: z.string(),
  version: z.string(),
  time: z.iso.datetime(),
  samples: z.number().min(0),
  psi: z.array(z.number().nullable()),
});

export type DriftHistory = Omit<DriftSteps, 'add'> & {
  /** Stores the current drift of the last hour of a model. */
  addStep(monitor: Monitor, timeMs: number): void;
  /** Resolves once the steps of earlier processes have been read. */
  readonly read: Promise<void>;
  /** Writes what is pending. Never rejects. */
  close(): Promise<void>;
};

/**
 * Opens the history of drift: a step every five minutes over the last day, stored in a hidden JSONL file next to the
 * samples so that a restart does not forget the day. It contains no row and no value of one. Reading and writing it
 * delays nothing.
 *
 * If several processes use the same path for samples, only one writes: the first, until it ends. The others keep their
 * own steps in memory.
 *
 * @param samplesPath of this replica
 * @param onProblem told in one line if the file is damaged, or cannot be read or written
 */
export function openDriftHistory(samplesPath: string, onProblem: (message: string) => void): DriftHistory {
  const path = historyPath(samplesPath);
  const steps = createDriftSteps();
  let file: { readonly writer: JsonlWriter; readonly lock: FileLock | undefined } | undefined;
  let isSaid = false;
  let isClosed = false;
  let writing = Promise.resolve();

  /** The file, if this process writes it. */
  async function owned(): Promise<JsonlWriter | undefined> {
    // nothing is stored next to a device such as /dev/null
    if ((await stat(samplesPath).catch(() => undefined))?.isCharacterDevice()) return undefined;
    await makeFolder(dirname(path));
    const lock = await lockFile(`${path}.lock`);
    if (lock === undefined && (await hasLocks(dirname(path)))) return undefined;
    const writer = openJsonlWriter({
      path,
      maxBytes,
      maxFiles: 2,
      maxAgeDays: 2,
      flushIntervalMs,
      maxPendingBytes,
      onProblem,
    });
    file = { writer, lock };
    return writer;
  }

  async function write(line: string): Promise<void> {
    if (isClosed) return;
    const writer = file?.writer ?? (await owned().catch(sayOnce));
    writer?.append(line);
  }

  function sayOnce({ message }: Error): undefined {
    if (!isSaid) onProblem(`${path}: ${message}: the next process will not know of this day's drift`);
    isSaid = true;
  }

  const read = readEarlier(path, steps, onProblem);
  return {
    psiOverTime: steps.psiOverTime,
    latestMs: steps.latestMs,
    read,
    addStep(monitor, timeMs) {
      const step = measureStep(monitor, timeMs);
      writing = writing.then(async () => {
        // an earlier step added after it would make it forgotten
        await read;
        steps.add(step);
        await write(formatStep(step));
      });
    },
    async close() {
      await writing;
      isClosed = true;
      await file?.writer.close();
      file?.lock?.release();
    },
  };
}

/** No replica name begins with a dot, and nothing that reads samples reads hidden files. */
export function historyPath(samplesPath: string): string {
  return join(dirname(samplesPath), `.${basename(samplesPath, '.jsonl')}.drift-history.jsonl`);
}

/** If a file system has no locks, they all seem to be taken; only a single process may use the path then. */
function hasLocks(folder: string): Promise<boolean> {
  return requireLocks(folder).then(
    () => true,
    (error) => !(error instanceof NoLocks),
  );
}

function measureStep(monitor: Monitor, timeMs: number): DriftStep {
  const { model, version } = monitor.reference;
  const drifts = liveDrift(monitor, '1h');
  return {
    model,
    version,
    timeMs,
    samples: drifts[0].samples,
    psi: drifts.map(({ psi }) => (psi === null ? null : Number(psi.toPrecision(4)))),
  };
}

function formatStep({ model, version, timeMs, samples, psi }: DriftStep): string {
  const time = new Date(timeMs).toISOString();
  return JSON.stringify({ time, model, version, samples, psi });
}

async function readEarlier(
  path: string,
  steps: DriftSteps,
  onProblem: (message: string) => void,
): Promise<void> {
  const tally = { lines: 0, damaged: 0, faults: [] };
  try {
    for await (const line of readSeries(path, { tally })) {
      const { success, data } = lineSchema.safeParse(line);
      if (success) steps.add({ ...data, timeMs: Date.parse(data.time) });
      else tally.damaged++;
    }
  } catch (error) {
    onProblem(`${(error as Error).message}: the charts of drift over time begin with this process`);
  }
  if (tally.damaged > 0)
    onProblem(
      `${path}: ${tally.damaged} of ${tally.lines} lines cannot be used: the charts of drift over time lack these steps`,
    );
}
