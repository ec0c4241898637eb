import assert from 'node:assert/strict';
import { comparedCounts, joinsRare } from '../../src/stats/rare-categories.ts';

const numeric = { kind: 'numeric', edges: [1, 2] } as const;
const complete = { kind: 'categorical', categories: ['a', 'b'], grouped: [] } as const;
const grouped = { ...complete, grouped: ['c', 'd'] };

describe('rare and unseen categories', () => {
  it('are compared as one bin if the reference has rare ones and expects unseen ones', () => {
    assert.equal(joinsRare(grouped, [5, 4, 3, 0, 1]), true);
    assert.equal(joinsRare(grouped, [5, 4, 3, 1, 0]), false);
    assert.equal(joinsRare(complete, [5, 4, 0, 1]), false);
    assert.equal(joinsRare(numeric, [5, 4, 3, 2]), false);
  });

  it('are then counted as rare, and no other count changes', () => {
    assert.deepEqual(comparedCounts(grouped, [50, 40, 30, 20, 10], true), [50, 40, 40, 20]);
    assert.deepEqual(comparedCounts(grouped, [50, 40, 30, 20, 10], false), [50, 40, 30, 20, 10]);
    assert.deepEqual(comparedCounts(numeric, [50, 40, 30, 20], true), [50, 40, 30, 20]);
  });
});
