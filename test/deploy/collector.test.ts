import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { requireTool } from '../support/tools.ts';

const run = promisify(execFile);
const plain = 'otel/collector.yaml';
const tailSampling = 'otel/collector-tail-sampling.yaml';

type Pipeline = { receivers?: string[]; processors?: string[]; exporters?: string[] };
type Config = {
  connectors: Record<string, Record<string, unknown>>;
  exporters: Record<string, { sending_queue?: { sizer: string; queue_size: number } }>;
  service: { pipelines: Record<string, Pipeline> };
};

function read(path: string): Config {
  return parse(readFileSync(path, 'utf8')) as Config;
}

describe('Collector configuration', () => {
  it('limits memory before all else, in every pipeline', () => {
    const pipelines = [plain, tailSampling].flatMap((path) => Object.entries(read(path).service.pipelines));
    const withProcessors = pipelines.filter(([, { processors }]) => processors !== undefined);
    assert.equal(withProcessors.length, 3);
    for (const [name, { processors }] of withProcessors)
      assert.equal(processors?.[0], 'memory_limiter', name);
  });

  it('bounds what it counts and what it keeps', () => {
    const { connectors, exporters } = read(plain);
    assert.ok(Number(connectors.span_metrics.aggregation_cardinality_limit) > 0);
    assert.equal(exporters['otlp_grpc/jaeger'].sending_queue?.sizer, 'items');
    assert.ok(Number(exporters['otlp_grpc/jaeger'].sending_queue?.queue_size) <= 20_000);
  });

  it('does no tail sampling by default', () => {
    assert.doesNotMatch(readFileSync(plain, 'utf8'), /tail_sampling/);
  });

  it('counts spans before it chooses among traces', () => {
    const { pipelines } = read(tailSampling).service;
    assert.deepEqual(pipelines.traces.exporters, ['span_metrics', 'forward/kept']);
    assert.deepEqual(pipelines['traces/kept'].receivers, ['forward/kept']);
    assert.ok(pipelines['traces/kept'].processors?.includes('tail_sampling'));
  });

  describe('as the Collector reads it', () => {
    let otelcol: string;

    before(function () {
      otelcol = requireTool(this, 'otelcol-contrib');
    });

    it('is valid', async () => {
      await run(otelcol, ['validate', '--config', plain]);
    });

    it('is valid with tail sampling laid over it', async () => {
      await run(otelcol, ['validate', '--config', plain, '--config', tailSampling]);
    });

    it('would be refused with an unknown component', async () => {
      const stray = 'yaml:exporters::no_such_exporter::endpoint: x';
      await assert.rejects(
        run(otelcol, ['validate', '--config', plain, '--config', stray]),
        /no_such_exporter/,
      );
    });
  });
});
