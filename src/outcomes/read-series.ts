import { lstat } from 'node:fs/promises';
import { type ReadBytesOptions, readBytesOf } from '../files/read-bytes.ts';
import { listSeries } from '../files/rotated-files.ts';
import { type LineTally, readRecords } from '../samples/read-samples.ts';

type Line = Record<string, unknown>;

type ReadSeriesOptions = Pick<ReadBytesOptions, 'onBytes'> & {
  /** Counts lines, and those that cannot be read. */
  readonly tally?: LineTally;
};

/**
 * The lines of an outcome or sample file and those rotated from it, oldest first. Lines that another process rotates or
 * moves aside in the meantime may come twice, but are never skipped: a file that was moved before it could be read is
 * found under its new name in the next look at the folder.
 *
 * @throws Error for a file that exists but cannot be read
 */
export async function* readSeries(path: string, options: ReadSeriesOptions = {}): AsyncGenerator<Line> {
  const done = new Set<string>();
  for (;;) {
    const files = await listSeries(path).catch((error) => {
      if (!isMissing(error)) throw error;
      return [];
    });
    const others = files.filter((file) => !done.has(file));
    if (others.length === 0) return;
    for (const source of others) yield* readIfThere(source, options, () => done.add(source));
  }
}

/** @param onDone is called when everything has been read; not for a file that has been moved away */
async function* readIfThere(
  source: string,
  { onBytes, tally = { lines: 0, damaged: 0, faults: [] } }: ReadSeriesOptions,
  onDone: () => void,
): AsyncGenerator<Line> {
  try {
    for await (const lines of readRecords(readBytesOf(source, { onBytes }), source, tally)) yield* lines;
    onDone();
  } catch (error) {
    if (!isMissing((error as Error).cause)) throw error;
    // a dangling link stays
    const there = await lstat(source).catch(() => undefined);
    if (there?.isSymbolicLink()) onDone();
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
      onProblem(`${(error as Error).message}: outcomes in it may be counted again`);
    }
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
