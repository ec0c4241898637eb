import { stat } from 'node:fs/promises';
import { readBytesOf } from '../files/read-bytes.ts';
import { listSeries } from '../files/rotated-files.ts';
import { readSeries } from '../outcomes/read-series.ts';
import { expand, type LineTally, readRecords } from '../samples/read-samples.ts';

/** Samples that can be read repeatedly. */
export type Samples = {
  /** The name used in messages. */
  readonly name: string;
  /** The total size in bytes of the files as they are now. */
  bytes(): Promise<number>;
  /**
   * Reads all lines again.
   *
   * @param tally counts lines, and those that cannot be read
   * @param onBytes called with the number of bytes read each time
   */
  read(tally: LineTally, onBytes: (count: number) => void): AsyncIterable<Record<string, unknown>>;
};

/** The samples of services: live files, with those rotated from them. Files rotated in the meantime are not missed. */
export function samplesOfServices(live: readonly string[]): Samples {
  return {
    name: live.join(', '),
    async bytes() {
      const series = await Promise.all(live.map((path) => listSeries(path).catch(() => [])));
      return sizeOf(series.flat());
    },
    async *read(tally, onBytes) {
      for (const path of live) yield* readSeries(path, { tally, onBytes });
    },
  };
}

/** Samples in files given by name or by patterns. */
export function samplesInFiles(sources: readonly string[]): Samples {
  const files = async () => (await Promise.all(sources.map(expand))).flat();
  return {
    name: sources.join(', '),
    bytes: async () => sizeOf(await files()),
    async *read(tally, onBytes) {
      for (const path of await files()) {
        for await (const records of readRecords(readBytesOf(path, { onBytes }), path, tally)) yield* records;
      }
    },
  };
}

async function sizeOf(paths: readonly string[]): Promise<number> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return found.reduce((sum, file) => sum + (file?.size ?? 0), 0);
}
