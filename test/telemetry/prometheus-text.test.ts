import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { DataPointType, MeterProvider, type MetricData } from '@opentelemetry/sdk-metrics';
import { loadArtifact } from '../../src/model/artifact.ts';
import { referenceOf } from '../../src/model/artifact-reference.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { createExposition } from '../../src/telemetry/expose-metrics.ts';
import { createMetricProducer } from '../../src/telemetry/metric-data.ts';
import { createModelMetrics } from '../../src/telemetry/model-metrics.ts';
import { prometheusName } from '../../src/telemetry/prometheus-names.ts';
import { createPrometheusText } from '../../src/telemetry/prometheus-text.ts';

/** A reader of the SDK with our metrics and some of the SDK's own, and odd ones among them. */
async function startReader() {
  const monitor = createMonitor(referenceOf(await loadArtifact('models/credit.json')));
  const other = createMonitor({ ...monitor.reference, version: 'other' });
  monitor.observe({ age: 41, limit: 1e9, history: 'paid' }, 0.25);
  const reader = new PrometheusExporter({
    preventServerStart: true,
    metricProducers: [createMetricProducer([createModelMetrics(monitor), createModelMetrics(other)])],
  });
  const resource = resourceFromAttributes({ 'service.name': 'a "quoted"\nname', 'process.pid': 7 });
  const meter = new MeterProvider({ resource, readers: [reader] }).getMeter('test');
  meter.createCounter('a.counter__here', { unit: '1' }).add(3, { 'the.label': 'back\\slash', n: 5 });
  meter.createUpDownCounter('up_and_down').add(-2.5);
  meter
    .createObservableGauge('infinite', { description: 'Two\nlines' })
    .addCallback((result) => result.observe(Number.NEGATIVE_INFINITY, { list: ['x', 'y'] }));
  const histogram = meter.createHistogram('latency', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.1, 1, 2.5] },
  });
  histogram.record(0.5);
  histogram.record(99, { route: '/a' });
  return { reader, monitor };
}

/** Without its unit, which the serializer leaves out of names. */
function withTranslatedName(metric: MetricData): MetricData {
  const { name, unit } = metric.descriptor;
  const isCounter = metric.dataPointType === DataPointType.SUM && metric.isMonotonic;
  const isHistogram = metric.dataPointType === DataPointType.HISTOGRAM;
  const type = isHistogram ? 'histogram' : isCounter ? 'counter' : 'gauge';
  return { ...metric, descriptor: { ...metric.descriptor, name: prometheusName(name, unit, type) } };
}

/** The lines of series, sorted; bounds as plain numbers. */
function series(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/le="([\d.e+-]+)"/, (_, bound) => `le="${Number(bound)}"`))
    .sort();
}

describe('Prometheus text', () => {
  it('has the series of the SDK’s own serializer, at every scrape', async () => {
    const { reader, monitor } = await startReader();
    const format = createPrometheusText();
    const serializer = new PrometheusSerializer('', false, undefined, false, true);
    for (let scrape = 0; scrape < 3; scrape++) {
      const { resourceMetrics } = await reader.collect();
      const text = format(resourceMetrics, 'text');
      const named = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
        scope,
        metrics: metrics.map((metric) => withTranslatedName(metric)),
      }));
      const expected = serializer.serialize({ ...resourceMetrics, scopeMetrics: named });
      assert.deepEqual(series(text), series(expected));
      assert.ok(series(text).length > 300);
      monitor.observe({ age: 20, limit: 500, history: null }, 0.75);
    }
  });

  it('is collected once for simultaneous scrapes, and again for the next', async () => {
    const { reader, monitor } = await startReader();
    const expose = createExposition(reader);
    const scrapes = [
      expose('text'),
      expose('text'),
      expose('text', true),
      expose('text', true),
      expose('openMetrics'),
    ];
    const [one, two, small, same, other] = await Promise.all(scrapes);
    assert.equal(one, two);
    assert.equal(small, same);
    assert.deepEqual(gunzipSync(small), one);
    assert.match(other.toString(), /# EOF\n$/);
    monitor.observe({ age: 20, limit: 500, history: 'paid' }, 0.75);
    assert.notDeepEqual(await expose('text'), one);
  });

  it('is refused after the shutdown', async () => {
    const { reader } = await startReader();
    await reader.shutdown();
    await assert.rejects(createExposition(reader)('text'), /shutdown/);
  });
});
