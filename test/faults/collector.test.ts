import assert from 'node:assert/strict';
import { assertAllRight, scrape, startLoad } from '../support/load.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { eventually, seriesValue, startTestService, type TestService } from '../support/service.ts';
import { compareThroughput } from './throughput.ts';

const exportTimeoutMs = 500;
const settings = {
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: '0.1',
  OTEL_EXPORTER_OTLP_TIMEOUT: String(exportTimeoutMs),
  // docs/faults.md has figures of the usual queue; a slow machine could not fill it
  ...(process.env.FAULTS === 'long' ? {} : { OTEL_BSP_MAX_QUEUE_SIZE: '512' }),
  LOG_LEVEL: 'silent',
};
/** At two spans per request, more than the queue holds during an export. */
const burst = 1500;

/** Names a trace that its caller has sampled, so that the number of spans is known. */
const sampled = (n: number) => ({
  traceparent: `00-${(n + 1).toString(16).padStart(32, '0')}-00f067aa0ba902b7-01`,
});

type Counts = { exported: number; queueFull: number; exportFailed: number };

describe('a Collector in trouble', () => {
  let sink: OtlpSink;
  let healthySink: OtlpSink;
  let service: TestService;
  let healthy: TestService;

  before(async () => {
    [sink, healthySink] = await Promise.all([startOtlpSink(), startOtlpSink()]);
    [service, healthy] = await Promise.all(
      [sink, healthySink].map(({ url }) =>
        startTestService({ ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: url }),
      ),
    );
    healthySink.behave = take;
    await startLoad(healthy.api, { count: burst }).done;
  });
  after(async () => {
    await Promise.all([service.stop(), healthy.stop()]);
    sink.close();
    healthySink.close();
  });

  /** Accepts spans without reading them, so that the machine is busy with the service. */
  const take: OtlpSink['behave'] = (response) => response.end('{}');

  async function counts(): Promise<Counts> {
    const text = await scrape(service);
    const of = (name: string, reason?: string) =>
      seriesValue(text, `otel_spans_${name}_total`, reason ? { reason } : {}) ?? Number.NaN;
    return {
      exported: of('exported'),
      queueFull: of('dropped', 'queue_full'),
      exportFailed: of('dropped', 'export_failed'),
    };
  }
  const dropped = ({ queueFull, exportFailed }: Counts) => queueFull + exportFailed;

  it('leaves no span uncounted, exported or lost', async () => {
    await startLoad(service.api, { count: 1, headers: sampled }).done;
    const { exported: each } = await eventually(async () => {
      const one = await counts();
      assert.ok(one.exported > 0);
      return one;
    });
    assert.ok(each >= 2, `${each} spans a request`);
    sink.behave = (response) => response.writeHead(400).end();
    await startLoad(service.api, { count: burst, headers: sampled }).done;
    await eventually(async () => {
      const all = await counts();
      assert.equal(all.exported + dropped(all), (1 + burst) * each);
      assert.ok(dropped(all) > 0);
    });
  });

  let port = 0;
  const faults: [string, () => void, (() => Promise<void>)?][] = [
    [
      'refuses connections',
      () => {
        port = Number(new URL(sink.url).port);
        sink.close();
      },
      async () => {
        sink = await startOtlpSink(port);
      },
    ],
    [
      'hangs',
      () => {
        sink.behave = () => {};
      },
    ],
    [
      'answers 503',
      () => {
        sink.behave = (response) => response.writeHead(503).end();
      },
    ],
    [
      'answers slowly',
      () => {
        sink.behave = (response) => setTimeout(() => response.end('{}'), exportTimeoutMs * 0.8);
      },
    ],
  ];
  for (const [what, begin, end] of faults) {
    it(`that ${what} changes no answer and no throughput; lost spans are counted; all is well once it is`, async () => {
      sink.behave = take;
      const start = await counts();
      sink.spans.length = 0;
      begin();
      assertAllRight(await startLoad(service.api, { count: burst, headers: sampled }).done);
      await compareThroughput(healthy, service);
      await eventually(async () => assert.ok(dropped(await counts()) > dropped(start)));

      await end?.();
      sink.behave = undefined;
      await eventually(async () => {
        await startLoad(service.api, { count: 1, headers: sampled }).done;
        assert.ok(sink.spans.length > 0);
      });
    });
  }
});
