import assert from 'node:assert/strict';
import {
  createHistogram,
  histogramCount,
  histogramQuantile,
  recordValue,
} from '../../src/monitor/histogram.ts';

describe('a histogram', () => {
  const of = (...values: number[]) => {
    const histogram = createHistogram([1, 2, 5]);
    for (const value of values) recordValue(histogram, value);
    return histogram;
  };

  it('counts a value in the first bucket whose bound it does not exceed, and adds it to the sum', () => {
    const { counts, sum } = of(-1, 0.5, 1, 1.5, 2, 5, 5.1, 1000);
    assert.deepEqual([...counts], [3, 2, 1, 2]);
    assert.equal(sum, 1014.1);
    assert.equal(histogramCount(of(3, 3, 9)), 3);
  });

  it('has no quantile without any value', () => {
    assert.equal(histogramCount(of()), 0);
    assert.equal(histogramQuantile(of(), 0.5), null);
  });

  it('interpolates a quantile within its bucket, and the first bucket from 0', () => {
    const histogram = of(0.5, 0.5, 1.5, 1.5, 1.5, 1.5, 3, 3);
    assert.equal(histogramQuantile(histogram, 1 / 8), 0.5);
    assert.equal(histogramQuantile(histogram, 1 / 4), 1);
    assert.equal(histogramQuantile(histogram, 1 / 2), 1.5);
    assert.equal(histogramQuantile(histogram, 3 / 4), 2);
    assert.equal(histogramQuantile(histogram, 7 / 8), 3.5);
    assert.equal(histogramQuantile(histogram, 1), 5);
  });

  it('skips empty buckets', () => {
    assert.equal(histogramQuantile(of(3, 3), 0.5), 3.5);
  });

  it('takes a value in the unbounded bucket as the greatest bound', () => {
    assert.equal(histogramQuantile(of(0.5, 7, 8, 9), 0.5), 5);
  });
});
