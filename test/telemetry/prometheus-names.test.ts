import assert from 'node:assert/strict';
import type { Instrument } from '../../src/telemetry/instrument.ts';
import { instruments } from '../../src/telemetry/instruments.ts';
import { instrumentName, type PrometheusType, prometheusName } from '../../src/telemetry/prometheus-names.ts';

describe('the name of a metric in Prometheus', () => {
  // as in the tests of prometheus/otlptranslator, which Prometheus' OTLP receiver and the Collector use
  for (const [name, unit, type, expected] of [
    ['http.server.request.duration', 's', 'histogram', 'http_server_request_duration_seconds'],
    ['nodejs.eventloop.delay.p99', 's', 'gauge', 'nodejs_eventloop_delay_p99_seconds'],
    ['nodejs.eventloop.time', 's', 'counter', 'nodejs_eventloop_time_seconds_total'],
    ['nodejs.eventloop.utilization', '1', 'gauge', 'nodejs_eventloop_utilization_ratio'],
    ['v8js.memory.heap.used', 'By', 'gauge', 'v8js_memory_heap_used_bytes'],
    ['v8js.resource.active', '{resource}', 'gauge', 'v8js_resource_active'],
    ['redis.lag', 'ms', 'gauge', 'redis_lag_milliseconds'],
    ['system.filesystem.usage.bytes', 'By', 'gauge', 'system_filesystem_usage_bytes'],
    ['total_requests', '1', 'counter', 'requests_total'],
    ['ratio.of.things', '1', 'gauge', 'of_things_ratio'],
    ['scores', '1', 'histogram', 'scores'],
    ['a__b.', '', 'gauge', 'a_b'],
    ['2xx.rate', '%', 'gauge', '_2xx_rate_percent'],
    ['speed', 'rpm', 'gauge', 'speed_rpm'],
    ['network.io', 'By/s', 'gauge', 'network_io_bytes_per_second'],
    ['heap.limit', 'MiBy', 'gauge', 'heap_limit_mebibytes'],
    ['arrivals', '{packet}/s', 'gauge', 'arrivals_per_second'],
    ['price', '$/h', 'counter', 'price_per_hour_total'],
  ] as [string, string, PrometheusType, string][]) {
    it(`of ${name} in ${unit || 'no unit'} is ${expected}`, () => {
      assert.equal(prometheusName(name, unit, type), expected);
    });
  }
});

describe('the names of our metrics', () => {
  it('have the form that OpenTelemetry asks for, and no units or types', () => {
    for (const { name } of Object.values<Instrument>(instruments)) {
      assert.match(name, /^[a-z][a-z0-9]*(?:[._][a-z0-9]+)*$/);
      assert.doesNotMatch(name, /seconds|bytes|total/);
    }
  });

  it('are not the namespaces of others', () => {
    const names = Object.values<Instrument>(instruments).map(({ name }) => name);
    for (const name of names) assert.ok(!names.some((other) => other.startsWith(`${name}.`)), name);
  });

  it('are different in Prometheus, too', () => {
    const names = Object.values<Instrument>(instruments).map(instrumentName);
    assert.equal(new Set(names).size, names.length);
  });
});
