import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createWindows, windowNames, windowSpans } from '../../src/monitor/windows.ts';

describe('sliding windows', () => {
  it('contain everything while they are younger than their span', () => {
    let nowMs = 0;
    const totals = new Float64Array(1);
    const windows = createWindows(totals, () => nowMs);
    for (let i = 0; i < 100; i++) {
      nowMs += 5_000;
      windows.advance();
      totals[0]++;
    }
    for (const name of windowNames) assert.deepEqual([...windows.since(name)], [100]);
  });

  it('forget what is older than the span by more than a step', () => {
    let nowMs = 0;
    const totals = new Float64Array(1);
    const windows = createWindows(totals, () => nowMs);
    totals[0] += 7;
    nowMs = windowSpans['10m'].spanMs + windowSpans['10m'].stepMs;
    assert.deepEqual([...windows.since('10m')], [0]);
    assert.deepEqual([...windows.since('1h')], [7]);
    nowMs = 40 * windowSpans['24h'].spanMs;
    assert.deepEqual([...windows.since('24h')], [0]);
  });

  it('contain, at any time, what arrived within the span, and at most one more step', () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 0, max: 900_000 }), (gapsMs, quietMs) => {
        let nowMs = 1_000;
        const totals = new Float64Array(1);
        const windows = createWindows(totals, () => nowMs);
        const times: number[] = [];
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          windows.advance();
          totals[0]++;
          times.push(nowMs);
        }
        nowMs += quietMs;
        for (const name of windowNames) {
          const { spanMs, stepMs } = windowSpans[name];
          const [held] = windows.since(name);
          const within = (backMs: number) => times.filter((time) => time > nowMs - backMs).length;
          assert.ok(held >= within(spanMs), `${name} holds ${held} of ${within(spanMs)}`);
          assert.ok(held <= within(spanMs + stepMs + 1), `${name} holds ${held}`);
        }
      }),
    );
  });
});
