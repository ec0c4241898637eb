import assert from 'node:assert/strict';
import { driftReportJsonSchema } from '../../src/report/compute/drift-report.ts';
import { measureDrift } from '../../src/stats/drift.ts';
import { type DriftStatistic, driftStatistics } from '../../src/stats/drift-statistics.ts';
import type { Instrument } from '../../src/telemetry/instrument.ts';
import { instruments } from '../../src/telemetry/instruments.ts';

describe('every statistic of drift', () => {
  const bins = { kind: 'numeric', edges: [1, 2] } as const;
  const [reference, live] = [
    [50, 30, 20, 0],
    [20, 30, 50, 5],
  ];
  const drift = measureDrift(bins, reference, live);
  const schema = driftReportJsonSchema() as any;

  for (const [name, { measure, metric }] of Object.entries<DriftStatistic>(driftStatistics)) {
    it(`is measured, reported and exported: ${name}`, () => {
      const value = measure({
        reference,
        live,
        values: { reference: reference.slice(0, 3), live: live.slice(0, 3) },
        smoothing: { pseudoCount: 0.5 },
      });
      assert.ok(value !== null && value > 0);
      assert.equal(drift[name as keyof typeof driftStatistics], value);
      assert.equal(measureDrift(bins, reference, [0, 0, 0, 0])[name as keyof typeof driftStatistics], null);
      assert.ok(name in schema.properties.features.items.properties);
      if (metric === undefined) return;
      const gauge = Object.values<Instrument>(instruments).find((one) => one.name === metric.name);
      assert.deepEqual([gauge?.type, gauge?.attributes.at(-1)], ['gauge', 'window']);
    });
  }
});
