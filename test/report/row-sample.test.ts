import assert from 'node:assert/strict';
import { createRowSample } from '../../src/report/read/row-sample.ts';

describe('a sample of rows', () => {
  it('contains all rows if there are few, in order, without the values that are withheld', () => {
    const sample = createRowSample(2);
    const row: unknown[] = [];
    for (let i = 0; i < 5; i++) {
      row[0] = i;
      row[1] = i === 2 ? undefined : `text ${i}`;
      sample.add(row, i / 10);
    }
    assert.deepEqual(sample.scores(), [0, 0.1, 0.2, 0.3, 0.4]);
    assert.deepEqual(sample.column(0).values, [0, 1, 2, 3, 4]);
    assert.deepEqual(sample.column(1), {
      values: ['text 0', 'text 1', 'text 3', 'text 4'],
      scores: [0, 0.1, 0.3, 0.4],
    });
  });

  it('is bounded, even for a wide table, and includes early and late rows alike', () => {
    for (const [columns, rows] of [
      [3, 10_000],
      [2000, 1000],
    ]) {
      const sample = createRowSample(columns);
      const total = 5 * rows;
      for (let i = 0; i < total; i++) sample.add([i], i);
      const scores = sample.scores();
      assert.equal(scores.length, rows);
      assert.deepEqual(sample.column(0).values, scores);
      const mean = scores.reduce((sum, score) => sum + score, 0) / rows / total;
      assert.ok(Math.abs(mean - 0.5) < 5 / Math.sqrt(12 * rows), `${mean}`);
    }
  });
});
