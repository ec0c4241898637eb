import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { Attributes } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { formatLabels } from '../../src/telemetry/prometheus-labels.ts';
import { createPrometheusText } from '../../src/telemetry/prometheus-text.ts';
import { requireTool } from '../support/tools.ts';

const zero = [0, 0] as [number, number];

function exposition(resource: Attributes, metrics: MetricData[] = []): string {
  const scopeMetrics = [{ scope: { name: 'test' }, metrics }];
  return createPrometheusText()({ resource: resourceFromAttributes(resource), scopeMetrics }, 'text');
}

function gauge(name: string, ...points: Attributes[]): MetricData {
  return {
    descriptor: { name, description: 'A gauge.', unit: '', valueType: 1 },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.GAUGE,
    dataPoints: points.map((attributes, value) => ({ startTime: zero, endTime: zero, attributes, value })),
  };
}

function check(promtool: string, text: string): void {
  const { stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
  // what a metric should be called is a matter of taste; what cannot be read is not
  assert.doesNotMatch(stdout + stderr, /error|parsing/i, text);
}

describe('labels from attributes', () => {
  for (const [what, attributes, expected] of [
    ['keep a valid name', { team: 'risk' }, 'team="risk"'],
    ['replace what Prometheus does not take', { 'k8s.pod-name': 'a' }, 'k8s_pod_name="a"'],
    ['join the values of names that become one, by name', { b_a: '2', 'b.a': '1' }, 'b_a="1;2"'],
    ['join equal values too', { 'a.b': 'x', a_b: 'x' }, 'a_b="x;x"'],
    ['join names of which no letter is left', { 团队: 'a', 地区: 'b' }, '_="a;b"'],
    ['put key_ before a digit', { '2fa.owner': 'risk' }, 'key_2fa_owner="risk"'],
    ['join what meets after that', { '2fa': '1', 'key.2fa': '2' }, 'key_2fa="1;2"'],
    ['keep clear of the reserved names', { __name__: 'other', __x: '1' }, '_name_="other",_x="1"'],
    ['give an empty name one', { '': 'x' }, '_="x"'],
    ['escape quotes, backslashes and line ends', { a: '"\\\n' }, String.raw`a="\"\\\n"`],
    ['write what is no text as JSON', { n: 5, list: ['x', 'y'] }, String.raw`n="5",list="[\"x\",\"y\"]"`],
    ['drop what would end the text', { a: 'x\0y\ud800' }, 'a="x\ufffdy\ufffd"'],
  ] as [string, Attributes, string][]) {
    it(what, () => assert.equal(formatLabels(attributes), expected));
  }

  it('are read by Prometheus, whatever the attributes are', function () {
    const promtool = requireTool(this, 'promtool');
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.stringMatching(/^[_.0-9a-b-]{0,5}$/),
    );
    const attributes = fc.dictionary(name, fc.string({ unit: 'binary' }), { maxKeys: 12 });
    fc.assert(
      fc.property(fc.array(attributes, { minLength: 20, maxLength: 20 }), name, (many, metric) => {
        // each point once: promtool refuses a series that stands there twice
        const points = many.map((one, i) => ({ ...one, point: i }));
        check(promtool, exposition(many[0], [gauge(metric, ...points)]));
      }),
      { numRuns: 25 },
    );
  });

  it('are as unique on a metric as on target_info', () => {
    const text = exposition({ 'a.b': '1', a_b: '2' }, [gauge('one', { 'c.d': '1', c_d: '2' })]);
    assert.match(text, /^target_info\{a_b="1;2"\} 1$/m);
    assert.match(text, /^one\{c_d="1;2"\} 0$/m);
  });
});

describe('a histogram whose last bound is infinite', () => {
  it('has one +Inf bucket, which counts everything', function () {
    const promtool = requireTool(this, 'promtool');
    const text = exposition({}, [
      {
        descriptor: { name: 'wait_seconds', description: 'A wait.', unit: 's', valueType: 1 },
        aggregationTemporality: AggregationTemporality.CUMULATIVE,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: [
          {
            startTime: zero,
            endTime: zero,
            attributes: {},
            value: {
              buckets: { boundaries: [1, Number.POSITIVE_INFINITY], counts: [2, 3, 0] },
              sum: 9,
              count: 5,
            },
          },
        ],
      },
    ]);
    assert.deepEqual(text.match(/^wait_seconds_bucket.*$/gm), [
      'wait_seconds_bucket{le="1.0"} 2',
      'wait_seconds_bucket{le="+Inf"} 5',
    ]);
    check(promtool, text);
  });
});
