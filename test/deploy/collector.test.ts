import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { requireTool } from '../support/tools.ts';

const run = promisify(execFile);
const plain = 'otel/collector.yaml';
const tailSampling = 'otel/collector-tail-sampling.yaml';
const pushed = 'otel/collector-pushed.yaml';

type Pipeline = { receivers?: string[]; processors?: string[]; exporters?: string[] };
type Config = {
  connectors: Record<string, Record<string, unknown>>;
  exporters: Record<string, { sending_queue?: { sizer: string; queue_size: number; batch?: object } }>;
  service: { pipelines: Record<string, Pipeline> };
};

function read(path: string): Config {
  return parse(readFileSync(path, 'utf8')) as Config;
}

describe('Collector configuration', () => {
  it('limits memory before all else, in every pipeline', () => {
    const pipelines = [plain, tailSampling, pushed].flatMap((path) =>
      Object.entries(read(path).service.pipelines),
    );
    const withProcessors = pipelines.filter(([, { processors }]) => processors !== undefined);
    assert.equal(withProcessors.length, 5);
    for (const [name, { processors }] of withProcessors)
      assert.equal(processors?.[0], 'memory_limiter', name);
  });

  it('bounds what it counts and what it keeps', () => {
    const { connectors, exporters } = read(plain);
    assert.ok(Number(connectors.span_metrics.aggregation_cardinality_limit) > 0);
    for (const [name, { sending_queue }] of Object.entries({ ...exporters, ...read(pushed).exporters })) {
      if (name === 'prometheus') continue;
      assert.equal(sending_queue?.sizer, 'items', name);
      assert.ok(Number(sending_queue?.queue_size) <= 50_000, name);
    }
  });

  it('makes batches in the queue of what sends them, so that a full queue is felt by the sender', () => {
    const texts = [plain, tailSampling, pushed].map((path) => readFileSync(path, 'utf8'));
    for (const text of texts) assert.doesNotMatch(text, /^ {2}batch|processors: .*\bbatch\b/m);
    assert.ok(read(plain).exporters['otlp_grpc/jaeger'].sending_queue?.batch);
    assert.ok(read(pushed).exporters['otlp_http/logs'].sending_queue?.batch);
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

    it('is valid with what is pushed laid over it', async () => {
      await run(otelcol, ['validate', '--config', plain, '--config', pushed]);
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
