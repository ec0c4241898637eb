import assert from 'node:assert/strict';
import type { Reference } from '../../src/model/reference.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { createModelMetrics } from '../../src/telemetry/model-metrics.ts';

const numeric = (name: string) => ({
  name,
  bins: { kind: 'numeric' as const, edges: [1, 2] },
  counts: [1, 1, 1, 0],
});

describe('the series of a model', () => {
  it('are all different, also for numeric features without a range', () => {
    const reference: Reference = {
      model: 'm',
      version: '1',
      features: [
        numeric('height'),
        numeric('width'),
        { ...numeric('depth'), range: [0, 3] },
        {
          name: 'colour',
          bins: { kind: 'categorical', categories: ['red'], grouped: [] },
          counts: [3, 0, 0],
        },
      ],
      score: { ...numeric('(score)'), range: [0, 3] },
    };
    const monitor = createMonitor(reference);
    monitor.observe({ height: 1.5, width: 9, depth: 0, colour: 'red' }, 1.5);
    const seen = new Set<string>();
    for (const { descriptor, dataPoints } of createModelMetrics(monitor)()) {
      for (const { attributes } of dataPoints) {
        const series = `${descriptor.name} ${JSON.stringify(attributes)}`;
        assert.ok(!seen.has(series), series);
        seen.add(series);
      }
    }
    for (const feature of ['height', 'width', 'depth']) {
      const labels = JSON.stringify({ model: 'm', version: '1', feature });
      assert.ok(seen.has(`model.feature.value ${labels}`), feature);
    }
    assert.ok(seen.has(`model.score ${JSON.stringify({ model: 'm', version: '1' })}`));
  });
});
