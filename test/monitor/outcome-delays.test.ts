import assert from 'node:assert/strict';
import { histogramCount, histogramQuantile } from '../../src/monitor/histogram.ts';
import { createOutcomeDelays } from '../../src/monitor/outcome-delays.ts';

const minuteMs = 60_000;
const dayS = 86_400;

describe('delays of outcomes', () => {
  it('are told by class', () => {
    const delays = createOutcomeDelays();
    for (let i = 0; i < 10; i++) delays.add(false, 20 * dayS);
    delays.add(true, 600);
    const [negative, positive] = delays.histograms;
    assert.equal(histogramCount(negative), 10);
    assert.equal(negative.sum, 200 * dayS);
    // in the middle of the bucket from 14 to 30 days
    assert.equal(histogramQuantile(negative, 0.5), 22 * dayS);
    assert.equal(histogramQuantile(positive, 0.5), 1800);
  });

  it('are refused when they are not finite numbers, and not counted', () => {
    const delays = createOutcomeDelays();
    delays.add(true, 600);
    for (const delay of [Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(
        () => delays.add(true, delay),
        new RangeError(`the delay must be a finite number, got ${delay}`),
      );
    }
    assert.deepEqual([histogramCount(delays.histograms[1]), delays.histograms[1].sum], [1, 600]);
  });

  it('are forgotten by a window when they have left it', () => {
    let nowMs = 0;
    const delays = createOutcomeDelays(() => nowMs);
    delays.add(true, 2 * dayS);
    nowMs = 30 * minuteMs;
    delays.add(true, 600);
    delays.add(false, 600);
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
