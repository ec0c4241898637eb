import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import type { KnownModel } from './known-model.ts';

const ending = '.immature.json';
const schema = z.array(z.object({ startMs: z.number(), counts: z.array(z.number()) }));

/** Keeps the counts of predictions that are not old enough yet, so that they outlive the process. */
export type ImmaturePredictions = {
  /** Restores the counts that an earlier process has saved for a model version. Never rejects. */
  restore(model: KnownModel): Promise<void>;
  /** Never rejects. */
  save(models: readonly KnownModel[]): Promise<void>;
  /** When an earlier process last saved, in ms since 1970; undefined if none has. Never rejects. */
  savedMs(): Promise<number | undefined>;
};

/**
 * @param folder the folder of the known models
 * @param onProblem told in one line what could not be read or written; coverage is too high for a while then
 */
export function createImmaturePredictions(
  folder: string,
  onProblem: (message: string) => void,
): ImmaturePredictions {
  const pathOf = ({ digest }: KnownModel) => join(folder, `${digest.toString('hex')}${ending}`);
  let work: Promise<void> = Promise.resolve();
  /** A version may be dropped, and come back, before its file is written. */
  const inTurn = (step: () => Promise<void>) => {
    work = work.then(step);
    return work;
  };

  async function restore(model: KnownModel): Promise<void> {
    const path = pathOf(model);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) return;
    try {
      model.performance.immature.restore(schema.parse(JSON.parse(text)));
    } catch {
      onProblem(`${path}: cannot be used: predictions of the last process are missing from coverage`);
    }
  }

  async function save(models: readonly KnownModel[]): Promise<void> {
    for (const model of models) {
      const slots = model.performance.immature.slots();
      await writeFileAtomically(pathOf(model), JSON.stringify(slots)).catch((error: Error) =>
        onProblem(error.message),
      );
    }
  }

  return {
    restore: (model) => inTurn(() => restore(model)),
    save: (models) => inTurn(() => save(models)),
    async savedMs() {
      const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ending));
      const found = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
      const times = found.flatMap((file) => file?.mtimeMs ?? []);
      return times.length > 0 ? Math.max(...times) : undefined;
    },
  };
}
