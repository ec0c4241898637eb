import assert from 'node:assert/strict';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import Fastify from 'fastify';
import {
  buildReference,
  createMetricProducer,
  createModelCounts,
  createModelMetrics,
  createMonitor,
  liveDrift,
  liveSegments,
} from '../src/index.ts';
import { plainBinOf, plainPsi } from './support/plain-psi.ts';
import { seriesValue } from './support/service.ts';

/** A model of another make, in a service of another make. */
const predictLoad = (row: any) =>
  1 / (1 + Math.exp(-(row.temperature - 15) / 10 - (row.day === 'sunday' ? 1 : 0)));
const days = ['monday', 'friday', 'sunday'];
const rowAt = (i: number, shift = 0) => ({ temperature: ((i * 7) % 40) + shift, day: days[i % 3] });

describe('the library', () => {
  it('watches a model that the service knows nothing of', async () => {
    const rows = Array.from({ length: 600 }, (_, i) => rowAt(i));
    const reference = buildReference({ model: 'load', version: '3' }, rows, rows.map(predictLoad));
    const monitor = createMonitor(reference);
    const counts = createModelCounts(monitor, ['low', 'high']);
    const exporter = new PrometheusExporter({
      preventServerStart: true,
      withoutScopeInfo: true,
      metricProducers: [createMetricProducer([createModelMetrics(counts)])],
    });
    const provider = new MeterProvider({ readers: [exporter] });

    const service = Fastify();
    service.post('/load', async (request) => {
      const score = predictLoad(request.body);
      monitor.observe(request.body as Record<string, unknown>, score);
      return { score };
    });
    service.get('/metrics', (request, reply) => {
      exporter.getMetricsRequestHandler(request.raw, reply.raw);
      reply.hijack();
    });
    try {
      for (let i = 0; i < 400; i++) {
        await service.inject({ method: 'POST', url: '/load', payload: rowAt(i, 12) });
      }
      const [temperature, day, score] = liveDrift(monitor, '1h');
      assert.equal(temperature.verdict, 'drifting');
      assert.equal(day.verdict, 'stable');
      assert.equal(score.name, '(score)');
      assert.ok((temperature.effect ?? 0) > 0.5, 'what goes with the temperature has changed');
      assert.ok((day.effect ?? 1) < 0.01);
      assert.ok((score.effect ?? 0) > 0.5);
      assert.equal(score.verdict, 'drifting');
      const text = (await service.inject('/metrics')).body;
      const labels = { model: 'load', version: '3', feature: 'temperature', window: '1h' };
      assert.equal(seriesValue(text, 'model_feature_drift_psi', labels), temperature.psi);
      const [{ bins, counts: reference600 }] = reference.features;
      assert.ok(bins.kind === 'numeric');
      const temperatures = Array.from({ length: 400 }, (_, i) => rowAt(i, 12).temperature);
      const expected = plainPsi(reference600, temperatures, plainBinOf(bins.edges));
      assert.deepEqual(
        temperature.bins.map((bin) => bin.live),
        expected.counts,
      );
      assert.ok(Math.abs((temperature.psi ?? 0) - expected.psi) < 1e-12);
    } finally {
      await service.close();
      await provider.shutdown();
    }
  });

  it('watches segments where they are named', () => {
    const rows = Array.from({ length: 3000 }, (_, i) => rowAt(i));
    const identity = { model: 'load', version: '3', segments: ['day'] };
    const reference = buildReference(identity, rows, rows.map(predictLoad));
    const monitor = createMonitor(reference);
    for (let i = 0; i < 3000; i++) {
      const row = rowAt(i, i % 3 === 2 ? 20 : 0);
      monitor.observe(row, predictLoad(row));
    }
    const [worst, ...others] = liveSegments(monitor, '1h');
    assert.deepEqual([worst.feature, worst.segment, worst.verdict], ['day', '= sunday', 'drifting']);
    assert.deepEqual(
      others.map(({ segment, verdict, samples }) => [segment, verdict, samples]),
      [
        ['= friday', 'stable', 1000],
        ['= monday', 'stable', 1000],
      ],
    );
    assert.throws(
      () => buildReference({ ...identity, segments: ['temperature'] }, rows, rows.map(predictLoad)),
      /"temperature" is none of the categorical features/,
    );
    assert.throws(
      () => buildReference({ ...identity, segments: ['day', 'day'] }, rows, rows.map(predictLoad)),
      /"day" is named twice/,
    );
    const wide = Array.from({ length: 300 }, (_, row) => ({
      ...rowAt(row),
      ...Object.fromEntries(Array.from({ length: 309 }, (_, i) => [`n${i}`, (row * (i + 1)) % 293])),
    }));
    assert.throws(
      () => buildReference(identity, wide, wide.map(predictLoad)),
      /segments of day need 1\d,\d{3} counts, .* at most 10,000 are allowed/,
    );
    const { segments = [] } = reference;
    assert.throws(
      () => createMonitor({ ...reference, segments: [...segments, ...segments] }),
      new RangeError('segments: "day" is named twice'),
    );
  });

  it('asks for rows and as many scores', () => {
    assert.throws(() => buildReference({ model: 'm', version: '1' }, [], []), /needs rows/);
    assert.throws(() => buildReference({ model: 'm', version: '1' }, [{ a: 1 }], []), /got 1 and 0/);
    assert.throws(() => buildReference({ model: 'm', version: '1' }, [{ a: 1 }], [Number.NaN]), /got NaN/);
  });
});
