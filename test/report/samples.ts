import { type Artifact, loadArtifact } from '../../src/model/artifact.ts';
import { createRandom } from '../../src/stats/random.ts';
import { drawFromReference } from '../../src/traffic/reference-rows.ts';
import { scorerOf } from '../support/model-parts.ts';

type Row = Record<string, unknown>;

export const model = 'models/credit.json';
export const artifact: Artifact = await loadArtifact(model);
const score = scorerOf(artifact);

export type SampleOptions = {
  readonly count: number;
  /** Time of the first sample, and between two. */
  readonly start?: string;
  readonly everyMs?: number;
  readonly seed?: number;
  /** Changes the row of the sample with this index. */
  readonly change?: (row: Row, i: number) => Row;
};

/** Samples of the model's own reference, as the service writes them. */
export function makeSamples({
  count,
  start = '2026-01-05T00:00:00Z',
  everyMs = 60_000,
  seed = 1,
  change,
}: SampleOptions) {
  const random = createRandom(seed);
  const draw = drawFromReference(artifact, random);
  return Array.from({ length: count }, (_, i) => {
    const row = change?.(draw(), i) ?? draw();
    const p = score(row);
    return {
      time: new Date(Date.parse(start) + i * everyMs).toISOString(),
      id: `id-${i}`,
      model: artifact.name,
      version: artifact.version,
      features: row,
      score: p,
      prediction: p >= artifact.output.threshold.value ? artifact.output.positive : artifact.output.negative,
    };
  });
}

/** One line of JSON each. */
export function toJsonl(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** A table with a header. */
export function toCsv(rows: readonly Row[], separator = ','): string {
  const columns = Object.keys(rows[0]);
  const lines = rows.map((row) => columns.map((column) => row[column] ?? '').join(separator));
  return `${columns.join(separator)}\n${lines.join('\n')}\n`;
}
