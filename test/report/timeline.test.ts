import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSlidingWindow } from '../../src/report/compute/sliding-window.ts';
import { createTimeline } from '../../src/report/compute/timeline.ts';

describe('a timeline', () => {
  it('counts by step, whatever the order', () => {
    const timeline = createTimeline(2, [10], 100);
    for (const [timeMs, cell] of [
      [25, 0],
      [5, 1],
      [29, 0],
      [20, 1],
    ]) {
      timeline.add(timeMs, [cell, -1]);
    }
    assert.deepEqual(
      timeline.steps().map(({ fromMs, counts }) => [fromMs, ...counts]),
      [
        [0, 0, 1],
        [20, 2, 1],
      ],
    );
  });

  it('uses longer steps when there are too many, and loses no row', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5000, max: 5000 }), { minLength: 1 }), (times) => {
        const timeline = createTimeline(1, [1, 10, 50, 10_000], 5);
        for (const timeMs of times) timeline.add(timeMs, [0]);
        const steps = timeline.steps();
        assert.ok(steps.length <= 5);
        assert.equal(
          steps.reduce((sum, { counts }) => sum + counts[0], 0),
          times.length,
        );
        for (const { fromMs, counts } of steps) {
          const within = times.filter((timeMs) => timeMs >= fromMs && timeMs < fromMs + timeline.stepMs);
          assert.equal(Math.abs(fromMs % timeline.stepMs), 0);
          assert.equal(counts[0], within.length);
        }
      }),
    );
  });
});

describe('a sliding window', () => {
  it('contains the steps that lie within it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 30 }),
        (starts, spanSteps, lagSteps) => {
          const steps = starts
            .sort((a, b) => a - b)
            .map((start) => ({ fromMs: start * 10, counts: Uint32Array.of(start + 1) }));
          const window = createSlidingWindow(steps, 10, spanSteps * 10, lagSteps * 10);
          for (let timeMs = 0; timeMs <= 1000; timeMs += 10) {
            window.moveTo(timeMs);
            const endMs = timeMs - lagSteps * 10;
            const within = steps.filter(
              ({ fromMs }) => fromMs + 10 <= endMs && fromMs >= endMs - spanSteps * 10,
            );
            assert.equal(
              window.counts[0],
              within.reduce((sum, { counts }) => sum + counts[0], 0),
            );
          }
        },
      ),
    );
  });
});
