import assert from 'node:assert/strict';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { loadArtifact } from '../../src/model/artifact.ts';
import { referenceOf } from '../../src/model/artifact-reference.ts';
import { createDisclosure } from '../../src/model/disclosure.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { createBinExemplars } from '../../src/telemetry/bin-exemplars.ts';
import { createExemplars } from '../../src/telemetry/exemplars.ts';
import { createModelMetrics } from '../../src/telemetry/model-metrics.ts';
import { createPrometheusText } from '../../src/telemetry/prometheus-text.ts';

const minuteMs = 60_000;
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('exemplars', () => {
  it('are the last one of each series, and vanish after ten minutes', () => {
    let nowMs = 1e12;
    const exemplars = createExemplars(3, () => nowMs);
    assert.equal(exemplars.recent(0, 3), undefined);
    exemplars.note(1, { traceId: 'a', value: 1, timeMs: nowMs });
    exemplars.note(1, { traceId: 'b', value: 2, timeMs: nowMs });
    const last = { traceId: 'b', value: 2, timeMs: nowMs };
    assert.deepEqual(exemplars.recent(0, 3), [undefined, last, undefined]);
    assert.equal(exemplars.recent(2, 1), undefined);
    nowMs += 10 * minuteMs;
    assert.deepEqual(exemplars.recent(1, 1), [last]);
    nowMs += 1;
    assert.equal(exemplars.recent(0, 3), undefined);
  });

  /** The exemplars of one traced row in OpenMetrics, by series. */
  async function exposed(sensitive: string[]): Promise<string[]> {
    const monitor = createMonitor(referenceOf(await loadArtifact('models/credit.json')));
    const exemplars = createBinExemplars(monitor, createDisclosure({ sensitive }), () => 1e12);
    const row = { age: 30, limit: 1e9, history: null };
    exemplars.note(monitor.observe(row, 0.625), 0.625, traceId, 1e12 - minuteMs);
    const scopeMetrics = [
      { scope: { name: 'test' }, metrics: [...createModelMetrics(monitor, exemplars)()] },
    ];
    const metrics = { resource: resourceFromAttributes({}), scopeMetrics };
    assert.doesNotMatch(createPrometheusText()(metrics, 'text'), / # /);
    assert.doesNotMatch(createPrometheusText(false)(metrics, 'openMetrics'), / # /);
    return createPrometheusText()(metrics, 'openMetrics')
      .split('\n')
      .filter((line) => line.includes(' # '))
      .map((line) => line.replace(/model="credit",version="\w+",?/, ''));
  }

  it('are on each bin that a traced row falls into, and on the bucket of its score', async () => {
    const counted = `# {trace_id="${traceId}"} 1 999999940.000`;
    const lines = await exposed([]);
    assert.deepEqual(
      lines.map((line) => line.replace(/bin="[^"]+"/, 'bin')),
      [
        lines[0],
        `model_feature_bin_observations_total{feature="age",bin} 1 ${counted}`,
        `model_feature_bin_observations_total{feature="limit",bin} 1 ${counted}`,
        `model_feature_bin_observations_total{feature="history",bin} 1 ${counted}`,
        `model_feature_bin_observations_total{feature="(score)",bin} 1 ${counted}`,
      ],
    );
    assert.match(
      lines[0],
      /^model_score_bucket\{le="[\d.+Inf]+"\} 1 # \{trace_id="\w{32}"\} 0\.625 999999940\.000$/,
    );
    assert.match(lines[3], /bin="missing"/);
  });

  it('tell neither the bin of a sensitive feature nor, beside the others, the score', async () => {
    const lines = await exposed(['limit']);
    assert.deepEqual(
      lines.map((line) => /feature="(.+?)"/.exec(line)?.[1]),
      ['age', 'history'],
    );
  });
});
