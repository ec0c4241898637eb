import { stat } from 'node:fs/promises';
import { readJsonl } from '../samples/read-samples.ts';
import { listRotatedFiles } from '../samples/rotated-files.ts';

type Line = Record<string, unknown>;

/**
 * The lines of an outcome file and those rotated from it, oldest first. What another process rotates meanwhile may come
 * twice, but is not left out.
 *
 * @throws Error for a file that is there and cannot be read
 */
export async function* readSeries(path: string): AsyncGenerator<Line> {
  const done = new Set<string>();
  for (;;) {
    const rotated = (await listRotatedFiles(path).catch(unlessMissing([]))).map((file) => file.path);
    const fresh = rotated.filter((source) => !done.has(source));
    if (fresh.length === 0 && done.has(path)) return;
    for (const source of [...fresh, path]) {
      done.add(source);
      if ((await stat(source).catch(unlessMissing(undefined))) !== undefined) yield* readJsonl([source]);
    }
  }
}

/** The lines of the files of other replicas. */
export async function* readElsewhere(
  others: () => Promise<readonly string[]>,
  onProblem: (message: string) => void,
): AsyncGenerator<Line> {
  for (const path of await others()) {
    try {
      yield* readSeries(path);
    } catch (error) {
      onProblem(`${(error as Error).message}: outcomes that it holds may count again`);
    }
  }
}

function unlessMissing<Missing>(missing: Missing): (error: NodeJS.ErrnoException) => Missing {
  return (error) => {
    if (error.code === 'ENOENT') return missing;
    throw error;
  };
}
