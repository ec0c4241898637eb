import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { startRedis } from '../support/redis.ts';
import { root, startTestService } from '../support/service.ts';
import { openSmallDisk } from './disk.ts';
import { type FlakyStore, openFlakyStore } from './flaky-store.ts';
import type { Forget, History } from './history.ts';
import { cleanUpClock, type MovableClock, openMovableClock } from './movable-clock.ts';
import type { Shape, Slot } from './plan.ts';
import type { Recorder } from './recorder.ts';
import { createSlot, type ProcessSlot } from './slot.ts';

/** What the machine has for it. */
export type Machine = {
  /** Runs a command where it may mount file systems. */
  readonly unshare: readonly string[];
  readonly faketime: string;
  readonly redis: string;
};

/** Service processes with everything they depend on, each part of which can be made to fail. */
export type System = {
  readonly slots: ReadonlyMap<Slot, ProcessSlot>;
  readonly disk: { fill(): Promise<void>; free(): Promise<void> };
  readonly store: FlakyStore | undefined;
  readonly clocks: ReadonlyMap<Slot, MovableClock>;
  /** Deletes a prediction's lines, as an operator does. */
  forget(step: number, id: string): Promise<Forget>;
  readFiles(): Promise<Pick<History, 'samples' | 'outcomes'>>;
  close(): Promise<void>;
};

export async function openSystem(shape: Shape, machine: Machine, recorder: Recorder): Promise<System> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'vigia-history-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const disk = await openSmallDisk(machine.unshare, folder, root);
  opened.defer(() => disk.close());
  let store: FlakyStore | undefined;
  if (shape.hasStore) {
    const port = await freePort();
    const redis = await startRedis(machine.redis, port);
    opened.defer(() => redis.stop());
    store = await openFlakyStore(port);
    opened.defer(() => store?.close());
  }
  const clockFolder = await mkdtemp(join(tmpdir(), 'vigia-clock-'));
  opened.defer(() => rm(clockFolder, { recursive: true, force: true }));
  const paths = {
    SAMPLES_PATH: join(folder, 'input_samples.jsonl'),
    OUTCOMES_PATH: join(folder, 'outcomes.jsonl'),
  };
  const env = {
    ...paths,
    SAMPLES_MAX_BYTES: String(shape.maxBytes),
    SAMPLES_MAX_FILES: '1000000',
    OUTCOME_KEYS: 'a-key-for-histories-only',
    OUTCOME_MATURITY_DAYS: String(shape.maturityMs / 86_400_000),
    LOG_LEVEL: 'silent',
    ...(store && { OUTCOME_DEDUP_URL: store.url }),
  };
  const clocks = new Map<Slot, MovableClock>();
  const slots = new Map<Slot, ProcessSlot>();
  for (const slot of shape.slots) {
    const clock = await openMovableClock(machine.faketime, join(clockFolder, slot));
    clocks.set(slot, clock);
    const launch = async () => {
      const service = await startTestService({ ...env, ...clock.env }, folder, disk.launcher);
      const { process } = service;
      process.once('exit', () => cleanUpClock(process.pid ?? 0));
      return service;
    };
    slots.set(slot, createSlot(slot, launch, recorder));
  }
  const closing = opened.move();

  return {
    slots,
    disk,
    store,
    clocks,
    async forget(step, id) {
      const operation = recorder.begin<'forget'>({ kind: 'forget', step, ids: [id] });
      const [command, ...args] = [
        ...disk.launcher,
        ...[process.execPath, 'bin/vigia.cjs', 'samples', '--forget', id],
      ];
      operation.answer = await new Promise((resolve) => {
        execFile(command, args, { cwd: root, env: { ...process.env, ...paths } }, (error, stdout) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
          resolve({ code, deleted: Number(/^(\d+) lines? deleted/m.exec(stdout)?.[1] ?? 0) });
        });
      });
      recorder.end(operation);
      return operation;
    },
    async readFiles() {
      const [samples, outcomes] = await Promise.all(
        ['input_samples.', 'outcomes.'].map((prefix) => disk.read(prefix, '.jsonl')),
      );
      return { samples, outcomes };
    },
    async close() {
      await Promise.all([...slots.values()].map((slot) => slot.kill()));
      await closing.disposeAsync();
    },
  };
}
