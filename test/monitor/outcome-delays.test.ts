import assert from 'node:assert/strict';
import { histogramCount, histogramQuantile } from '../../src/monitor/histogram.ts';
import { createOutcomeDelays } from '../../src/monitor/outcome-delays.ts';

const minuteMs = 60_000;
const dayS = 86_400;

describe('delays of outcomes', () => {
  it('are kept by class', () => {
    const delays = createOutcomeDelays(3);
    for (let i = 0; i < 10; i++) delays.add(0, 20 * dayS);
    delays.add(2, 600);
    const [first, second, third] = delays.histograms;
    assert.deepEqual(delays.histograms.map(histogramCount), [10, 0, 1]);
    assert.deepEqual(delays.window('1h').map(histogramCount), [10, 0, 1]);
    assert.equal(first.sum, 200 * dayS);
    // in the middle of the bucket from 14 to 30 days
    assert.equal(histogramQuantile(first, 0.5), 22 * dayS);
    assert.equal(histogramQuantile(second, 0.5), null);
    assert.equal(histogramQuantile(third, 0.5), 1800);
  });

  it('are refused when they are not finite numbers, and not counted', () => {
    const delays = createOutcomeDelays(2);
    delays.add(1, 600);
    for (const delay of [Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(
        () => delays.add(1, delay),
        new RangeError(`the delay must be a finite number, got ${delay}`),
      );
    }
    assert.deepEqual([histogramCount(delays.histograms[1]), delays.histograms[1].sum], [1, 600]);
  });

  it('are forgotten by a window when they have left it', () => {
    let nowMs = 0;
    const delays = createOutcomeDelays(2, () => nowMs);
    delays.add(1, 2 * dayS);
    nowMs = 30 * minuteMs;
    delays.add(1, 600);
    delays.add(0, 600);
    const counts = (window: '10m' | '1h' | '24h') => delays.window(window).map(histogramCount);
    assert.deepEqual(counts('10m'), [1, 1]);
    assert.deepEqual(counts('1h'), [1, 2]);
    assert.equal(histogramQuantile(delays.window('10m')[1], 0.95), 0.95 * 3600);
    nowMs = 70 * minuteMs;
    assert.deepEqual(counts('10m'), [0, 0]);
    assert.equal(histogramQuantile(delays.window('10m')[1], 0.5), null);
    assert.deepEqual(counts('1h'), [1, 1]);
    assert.deepEqual(counts('24h'), [1, 2]);
  });
});
