import assert from 'node:assert/strict';
import { createRecentRequests } from '../../src/http/home/recent-requests.ts';
import { createHttpMetrics } from '../../src/telemetry/http-metrics.ts';

const minuteMs = 60_000;

describe('the requests of the last hour', () => {
  function start() {
    let nowMs = 0;
    const metrics = createHttpMetrics([]);
    const recent = createRecentRequests(metrics, () => nowMs);
    return {
      metrics,
      read: recent.read,
      pass(minutes: number) {
        for (let i = 0; i < minutes; i += 5) {
          nowMs += 5 * minuteMs;
          recent.step();
        }
      },
    };
  }

  it('are those that asked for predictions, by what became of them', () => {
    const { metrics, read } = start();
    assert.deepEqual(read(), { requests: 0, refused: 0, failed: 0, shed: 0, latency: null, minutes: 0 });
    for (let i = 0; i < 90; i++) metrics.record('POST', '/predict', 200, 0.002);
    for (let i = 0; i < 6; i++) metrics.record('POST', '/models/:name/predict', 422, 0.0005);
    for (let i = 0; i < 4; i++) metrics.record('POST', '/v2/models/:name/infer', 502, 2);
    metrics.record('GET', '/health', 200, 0.001);
    metrics.record('POST', '', 404, 0.001);
    metrics.shed.event_loop += 3;
    const { latency, ...counts } = read();
    assert.deepEqual(counts, { requests: 100, refused: 6, failed: 4, shed: 3, minutes: 0 });
    assert.ok(latency !== null && latency.p50 > 1 && latency.p50 < 2.5, `${latency?.p50} ms`);
    assert.ok(latency.p99 > 1000, `${latency.p99} ms`);
  });

  it('go back an hour and no further, to what there was before the first of a series', () => {
    const { metrics, read, pass } = start();
    metrics.record('POST', '/predict', 200, 0.002);
    pass(30);
    metrics.record('POST', '/predict', 500, 0.002);
    assert.deepEqual([read().requests, read().failed, read().minutes], [2, 1, 30]);
    pass(60);
    assert.deepEqual([read().requests, read().failed, read().minutes], [1, 1, 60]);
    pass(5);
    assert.deepEqual([read().requests, read().failed, read().latency], [0, 0, null]);
  });
});
