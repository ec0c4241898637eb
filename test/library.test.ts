import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import Fastify from 'fastify';
import {
  buildReference,
  createMetricProducer,
  createMonitor,
  createMonitorMetrics,
  type LiveDrift,
  liveDrift,
  liveSegments,
  type Monitor,
} from '../src/index.ts';
import { instruments } from '../src/telemetry/instruments.ts';
import { instrumentName } from '../src/telemetry/prometheus-names.ts';
import { metricsBehind } from './grafana/surroundings.ts';
import { freePort } from './support/free-port.ts';
import { plainBinOf, plainPsi } from './support/plain-psi.ts';
import { seriesValue } from './support/service.ts';

/** A model of another make, in a service of another make. */
const predictLoad = (row: any) =>
  1 / (1 + Math.exp(-(row.temperature - 15) / 10 - (row.day === 'sunday' ? 1 : 0)));
/** The alerts on drift; those on outcomes need a service that takes them. */
const driftRuleFiles = ['model-drift.yml', 'model-segments.yml', 'model-shares.yml', 'model-slow-drift.yml'];
const days = ['monday', 'friday', 'sunday'];
const rowAt = (i: number, shift = 0) => ({ temperature: ((i * 7) % 40) + shift, day: days[i % 3] });

describe('the library', () => {
  it('watches a model that the service does not know', async () => {
    const rows = Array.from({ length: 600 }, (_, i) => rowAt(i));
    const reference = buildReference({ model: 'load', version: '3' }, rows, rows.map(predictLoad));
    const monitor = createMonitor(reference);
    const exporter = new PrometheusExporter({
      preventServerStart: true,
      withoutScopeInfo: true,
      metricProducers: [createMetricProducer([createMonitorMetrics(monitor)])],
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

  it('watches segments if they are named', () => {
    const rows = Array.from({ length: 3000 }, (_, i) => rowAt(i));
    const identity = { model: 'load', version: '3', segments: ['day'] };
    const reference = buildReference(identity, rows, rows.map(predictLoad));
    const monitor = createMonitor(reference);
    for (let i = 0; i < 3000; i++) {
      const row = rowAt(i, i % 3 === 2 ? 20 : 0);
      monitor.observe(row, predictLoad(row));
    }
    const [worst, ...others] = liveSegments(monitor, '1h');
    assert.deepEqual([worst.feature, worst.segment.label, worst.verdict], ['day', '= sunday', 'drifting']);
    assert.deepEqual(
      others.map(({ segment, verdict, samples }) => [segment.label, verdict, samples]),
      [
        ['= friday', 'stable', 1000],
        ['= monday', 'stable', 1000],
      ],
    );
    assert.throws(
      () => buildReference({ ...identity, segments: ['temperature'] }, rows, rows.map(predictLoad)),
      /"temperature" is not one of the categorical features/,
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

  it('does what its comment says, with all that the rules and the dashboard of drift ask for', async () => {
    const source = await readFile(new URL('../src/index.ts', import.meta.url), 'utf8');
    const lines = [...source.matchAll(/^ \* {5}(.*)$/gm)].map(([, line]) => line);
    const port = await freePort();
    const example = lines
      .join('\n')
      .replace('port: 9464', `port: ${port}`)
      .replace(`version: '7',`, `version: '7', segments: ['day'],`);
    assert.notEqual(example, lines.join('\n'));
    const rows = Array.from({ length: 600 }, (_, i) => rowAt(i));
    const [row] = rows;
    const score = 0.4;
    const given = {
      buildReference,
      createMetricProducer,
      createMonitor,
      createMonitorMetrics,
      liveDrift,
      PrometheusExporter,
      MeterProvider,
      rows,
      scores: rows.map(predictLoad),
      row,
      score,
    };
    const run = new Function(...Object.keys(given), `${example}\nreturn { monitor, meters, tenure };`);
    const { monitor, meters, tenure } = run(...Object.values(given)) as {
      monitor: Monitor;
      meters: MeterProvider;
      tenure: LiveDrift;
    };
    try {
      assert.equal(tenure.samples, 1);
      monitor.observe(row, 0.39);
      monitor.observe(row, 0.1, 1);
      for (const wrong of [Number.NaN, Infinity, -Infinity]) {
        assert.throws(() => monitor.observe(row, wrong), /^RangeError: the score must be a finite number/);
      }
      const text = await (await fetch(`http://localhost:${port}/metrics`)).text();
      const model = { model: 'churn', version: '7' };
      assert.equal(seriesValue(text, 'model_predictions_total', { ...model, prediction: 'stays' }), 1);
      assert.equal(seriesValue(text, 'model_predictions_total', { ...model, prediction: 'leaves' }), 2);
      assert.equal(seriesValue(text, 'model_info', { ...model, positive: 'leaves', threshold: '0.4' }), 1);
      const names = new Set([...text.matchAll(/^(\w+)(?:\{| )/gm)].map(([, name]) => name));
      const needed = metricsBehind('model-drift', driftRuleFiles);
      assert.ok(needed.length > 10);
      // of those who ask a model, and a second one for comparison, as a monitor does not
      const { predictFailures, shadowRowsDropped, agreement } = instruments;
      assert.deepEqual(
        needed.filter((name) => !names.has(name)),
        [predictFailures, shadowRowsDropped, agreement].map(instrumentName),
      );
      const series = [...text.matchAll(/^(\w+(?:\{.*\})?) \S+$/gm)].map(([, each]) => each);
      assert.equal(new Set(series).size, series.length);
    } finally {
      await meters.shutdown();
    }
  });

  it('exposes a duplicate series once, and reports it', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => rowAt(i));
    const reference = buildReference({ model: 'load', version: '3' }, rows, rows.map(predictLoad));
    const [one, twin] = [createMonitor(reference), createMonitor(reference)];
    one.observe(rows[0], 0.5);
    const producer = createMetricProducer([one, twin].map(createMonitorMetrics));
    for (let scrape = 0; scrape < 2; scrape++) {
      const { resourceMetrics, errors } = await producer.collect();
      assert.ok(errors.some((error) => String(error).includes('model.predictions{"model":"load"')));
      for (const { descriptor, dataPoints } of resourceMetrics.scopeMetrics[0].metrics) {
        const labels = dataPoints.map(({ attributes }) => JSON.stringify(attributes));
        assert.equal(new Set(labels).size, labels.length, descriptor.name);
        if (descriptor.name === 'model.predictions') assert.equal(dataPoints[0].value, 1);
      }
    }
    const other = createMonitor({ ...reference, version: '4' });
    const { errors } = await createMetricProducer([one, other].map(createMonitorMetrics)).collect();
    assert.deepEqual(errors, []);
  });

  it('counts predictions together if the classes are not known, and refuses classes with the same name', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => rowAt(i));
    const identity = { model: 'load', version: '3' };
    const reference = buildReference(identity, rows, rows.map(predictLoad));
    const monitor = createMonitor(reference);
    monitor.observe(rows[0], 0.1);
    monitor.observe(rows[1], 52_000);
    const metrics = createMonitorMetrics(monitor)();
    const predictions = metrics.find(({ descriptor }) => descriptor.name === 'model.predictions');
    assert.deepEqual(
      predictions?.dataPoints.map(({ attributes, value }) => ({ attributes, value })),
      [{ attributes: { ...identity, prediction: '' }, value: 2 }],
    );
    const output = { negative: 'yes', positive: 'yes', threshold: 0.5 };
    assert.throws(
      () => createMonitor({ ...reference, output }),
      /both classes of the output have the name "yes"/,
    );
  });

  it('requires rows and as many scores', () => {
    assert.throws(() => buildReference({ model: 'm', version: '1' }, [], []), /needs rows/);
    assert.throws(() => buildReference({ model: 'm', version: '1' }, [{ a: 1 }], []), /got 1 and 0/);
    assert.throws(() => buildReference({ model: 'm', version: '1' }, [{ a: 1 }], [Number.NaN]), /got NaN/);
  });
});
