import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fineScoreEdges } from '../../src/monitor/fine-score-edges.ts';
import { scoreBandEdges, scoreBandOf, sumByScoreBand } from '../../src/monitor/score-bands.ts';

describe('bands of the score', () => {
  it('are at most ten, with as many bins in each as possible', () => {
    const edges = Array.from({ length: 49 }, (_, i) => (i + 1) / 50);
    assert.deepEqual(scoreBandEdges(edges), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
    assert.deepEqual(
      [0, 4, 5, 9, 10, 49].map((bin) => scoreBandOf(bin, 50)),
      [0, 0, 1, 1, 2, 9],
    );
  });

  it('are the bins where there are no more than ten', () => {
    assert.deepEqual(scoreBandEdges([0.2, 0.7]), [0.2, 0.7]);
    assert.deepEqual([...sumByScoreBand([1, 2, 3])], [1, 2, 3]);
  });

  it('have the sum of their bins', () => {
    assert.deepEqual(
      [...sumByScoreBand(Array.from({ length: 20 }, (_, bin) => bin))],
      [1, 5, 9, 13, 17, 21, 25, 29, 33, 37],
    );
  });
});

describe('fine edges of the score', () => {
  it('cut each bin of the reference, and what is left up to 0 and 1, into five equal parts', () => {
    const near = (values: readonly number[]) => values.map((value) => value.toFixed(12));
    assert.deepEqual(near(fineScoreEdges([0.5])), near([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]));
    assert.deepEqual(near(fineScoreEdges([])), near([0.2, 0.4, 0.6, 0.8]));
  });

  it('hold the edges of the reference exactly, but not those outside 0 to 1', () => {
    const edges = [-1, 0, 0.1 + 0.2, 0.7, 1, 2];
    const fine = fineScoreEdges(edges);
    assert.equal(fine.length, 14);
    assert.ok(fine.includes(0.1 + 0.2) && fine.includes(0.7));
    assert.ok(fine.every((edge) => edge > 0 && edge < 1));
  });

  it('ascend, however close together the edges of the reference are', () => {
    const edges = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });
    fc.assert(
      fc.property(edges, (some) => {
        const fine = fineScoreEdges([...new Set(some)].sort((a, b) => a - b));
        for (const [i, edge] of fine.entries()) assert.ok(edge > (i === 0 ? 0 : fine[i - 1]) && edge < 1);
      }),
    );
    assert.deepEqual(fineScoreEdges([Number.MIN_VALUE]).slice(0, 2), [Number.MIN_VALUE, 0.2]);
  });
});
