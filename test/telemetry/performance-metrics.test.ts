import assert from 'node:assert/strict';
import { DataPointType } from '@opentelemetry/sdk-metrics';
import { createOutcomeDelays } from '../../src/monitor/outcome-delays.ts';
import { createPerformance } from '../../src/monitor/performance.ts';
import { equalWidthEdges } from '../../src/stats/binning.ts';
import { createRandom } from '../../src/stats/random.ts';
import { createPerformanceMetrics } from '../../src/telemetry/performance-metrics.ts';

describe('the counters of performance', () => {
  it('never go down, not even by a rounding error: Prometheus would see a restart', () => {
    const performance = createPerformance({
      model: 'm',
      version: 'v',
      classes: ['no', 'yes'],
      threshold: 0.5,
      scoreEdges: equalWidthEdges(0, 1, 50),
      calibration: { scores: [0, 0.3, 0.6, 0.9], probabilities: [0, 0.1, 0.7, 1] },
    });
    const source = createPerformanceMetrics({ performance, delays: createOutcomeDelays(2) });
    const random = createRandom(1);
    const before = new Map<string, number>();
    for (let scrape = 0; scrape < 500; scrape++) {
      for (let i = 0; i < 20; i++) {
        const score = random() < 0.3 ? 0.85 + random() * 0.15 : random();
        performance.addPrediction(score);
        performance.addOutcome(score, random() < score ? 1 : 0);
      }
      for (const { descriptor, dataPointType, dataPoints } of source()) {
        if (dataPointType !== DataPointType.SUM) continue;
        for (const { attributes, value } of dataPoints) {
          const series = `${descriptor.name} ${JSON.stringify(attributes)}`;
          assert.ok(value >= (before.get(series) ?? 0), series);
          before.set(series, value);
        }
      }
    }
    assert.ok(before.size > 500);
  });
});
