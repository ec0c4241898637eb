import { readBytesOf } from '../read-bytes.ts';
import { readRecords } from '../samples/read-samples.ts';
import { listRotatedFiles } from '../samples/rotated-files.ts';

type Line = Record<string, unknown>;

/**
 * So many looks in a row have to find nothing new where there is no live file. A deletion puts it aside for a moment
 * (`forgetRows`), and two looks can fall around that so that each looks where the file has just been.
 */
const looksWithoutLive = 3;

/**
 * The lines of an outcome file and those rotated from it, oldest first. What another process rotates or puts aside
 * meanwhile may come twice, but is not left out.
 *
 * @throws Error for a file that is there and cannot be read
 */
export async function* readSeries(path: string): AsyncGenerator<Line> {
  const done = new Set<string>();
  for (let looks = 0; looks < looksWithoutLive; looks++) {
    const rotated = await listRotatedFiles(path).catch((error) => {
      if (!isMissing(error)) throw error;
      return [];
    });
    for (const source of [...rotated.map((file) => file.path), path]) {
      if (done.has(source)) continue;
      yield* readIfThere(source, () => {
        done.add(source);
        looks = -1;
      });
    }
    if (looks >= 0 && done.has(path)) return;
  }
}

/** @param onRead is called when all of the file has been read; for a file that has been moved away it is not */
async function* readIfThere(source: string, onRead: () => void): AsyncGenerator<Line> {
  try {
    const tally = { lines: 0, damaged: 0, faults: [] };
    for await (const lines of readRecords(readBytesOf(source), source, tally)) yield* lines;
    onRead();
  } catch (error) {
    if (!isMissing((error as Error).cause)) throw error;
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

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
