import assert from 'node:assert/strict';
import { binnedQuantile } from '../../src/stats/binned-quantile.ts';
import type { NumericBins } from '../../src/stats/binning.ts';

const bins: NumericBins = { kind: 'numeric', edges: [10, 20, 30] };

describe('a quantile from bins', () => {
  it('is interpolated within its bin', () => {
    assert.deepEqual(binnedQuantile(bins, [10, 40, 40, 10, 5], 0.5), { value: 20, side: 'about' });
    assert.deepEqual(binnedQuantile(bins, [10, 40, 40, 10, 5], 0.3), { value: 15, side: 'about' });
  });

  it('says of an outer bin only where that begins', () => {
    assert.deepEqual(binnedQuantile(bins, [10, 40, 40, 10], 0.95), { value: 30, side: 'or more' });
    assert.deepEqual(binnedQuantile(bins, [10, 40, 40, 10], 0.05), { value: 10, side: 'or less' });
    assert.deepEqual(binnedQuantile(bins, [0, 0, 0, 7], 0.01), { value: 30, side: 'or more' });
  });

  it('at the edge of a bin is that edge', () => {
    assert.deepEqual(binnedQuantile(bins, [10, 40, 40, 10], 0.1), { value: 10, side: 'or less' });
    assert.deepEqual(binnedQuantile(bins, [10, 40, 40, 10], 0.9), { value: 30, side: 'about' });
    assert.deepEqual(binnedQuantile(bins, [10, 40, 40, 10], 1), { value: 30, side: 'or more' });
    assert.deepEqual(binnedQuantile(bins, [10, 40, 40, 0, 5], 1), { value: 30, side: 'about' });
  });

  it('passes over empty bins, and is not known without values', () => {
    assert.deepEqual(binnedQuantile(bins, [0, 0, 8, 0], 0), { value: 20, side: 'about' });
    assert.deepEqual(binnedQuantile(bins, [0, 4, 4, 0], 0.5), { value: 20, side: 'about' });
    assert.equal(binnedQuantile(bins, [0, 0, 0, 0, 3], 0.5), null);
  });
});
