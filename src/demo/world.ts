import type { Artifact } from '../model/artifact.ts';
import { createRandom } from '../stats/random.ts';
import { readDataRows } from '../traffic/data-rows.ts';
import { featuresOfArtifact, type Row } from '../traffic/request-features.ts';
import { example } from './example.ts';

/** What is true of the rows that a model is asked about. */
export type World = {
  /** A row as in training. */
  next(): Row;
  /** One with the change: its number has another unit. What becomes of it is the same as without. */
  nextChanged(): Row;
  /** What became of a row. */
  outcomeOf(row: Row): string;
};

/** The rows that the example's model was trained on, in random order, with what became of each. */
export async function openWorld(artifact: Artifact): Promise<World> {
  const columns = featuresOfArtifact(artifact);
  const target = { name: example.outcome, kind: 'categorical' } as const;
  const rows = await readDataRows(example.data, [...columns, target]);
  const random = createRandom(1);
  const outcomes = new WeakMap<Row, string>();

  function draw(change: (row: Row) => Row): Row {
    const { [target.name]: outcome, ...features } = rows[Math.floor(random() * rows.length)];
    const row = change(features);
    outcomes.set(row, String(outcome));
    return row;
  }

  return {
    next: () => draw((row) => row),
    nextChanged: () =>
      draw((row) => ({ ...row, [example.feature]: Number(row[example.feature]) * example.factor })),
    outcomeOf: (row) => outcomes.get(row) ?? '',
  };
}
