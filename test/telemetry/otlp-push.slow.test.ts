import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { scrape } from '../support/load.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { eventually, postJson, seriesValue, startTestService, type TestService } from '../support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const push = { OTEL_METRICS_EXPORTER: 'prometheus,otlp', OTEL_METRIC_EXPORT_INTERVAL: '200' };
const sendLogs = { OTEL_LOGS_EXPORTER: 'otlp', OTEL_BLRP_SCHEDULE_DELAY: '50' };

type Attribute = { key: string; value: Record<string, unknown> };
type Metric = {
  name: string;
  unit: string;
  histogram?: { dataPoints: { attributes: Attribute[]; count: string | number; explicitBounds: number[] }[] };
  sum?: { isMonotonic: boolean; dataPoints: { asDouble: number }[] };
};

/** The metrics of the last push, and the resource. */
function lastPush({ requests }: OtlpSink) {
  const pushed = requests.filter(({ url }) => url === '/v1/metrics').at(-1);
  assert.ok(pushed, 'nothing was pushed');
  const [{ resource, scopeMetrics }] = JSON.parse(String(pushed.body)).resourceMetrics;
  const metrics = scopeMetrics.flatMap((scope: { metrics: Metric[] }) => scope.metrics) as Metric[];
  return { resource: resource.attributes as Attribute[], metrics };
}

function messages(service: TestService, event: string): string[] {
  return service
    .logLines()
    .filter((line) => line.event === event)
    .map((line) => String(line.msg));
}

async function withService(
  env: Record<string, string>,
  use: (service: TestService) => Promise<void>,
): Promise<void> {
  const service = await startTestService({ OTEL_TRACES_EXPORTER: 'none', ...env });
  try {
    await use(service);
  } finally {
    await service.stop();
  }
}

describe('metrics over OTLP', () => {
  let sink: OtlpSink;
  beforeEach(async () => {
    sink = await startOtlpSink();
    sink.behave = (response) => response.setHeader('content-type', 'application/json').end('{}');
  });
  afterEach(() => sink.close());

  it('have the names, units and attributes of the semantic conventions', () =>
    withService({ ...push, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url }, async (service) => {
      await postJson(`${service.api}/predict`, row);
      const { metrics, resource } = await eventually(() => {
        const found = lastPush(sink);
        const duration = found.metrics.find(({ name }) => name === 'http.server.request.duration');
        assert.ok(duration?.histogram?.dataPoints.some(({ count }) => Number(count) === 1));
        return found;
      });
      const duration = metrics.find(({ name }) => name === 'http.server.request.duration');
      assert.equal(duration?.unit, 's');
      const attributesOf = (status: number) =>
        duration?.histogram?.dataPoints
          .map(({ attributes }) => Object.fromEntries(attributes.map(({ key, value }) => [key, value])))
          .find(
            (one) =>
              one['http.route'].stringValue === '/predict' &&
              one['http.response.status_code'].intValue === status,
          );
      assert.deepEqual(attributesOf(200), {
        'http.request.method': { stringValue: 'POST' },
        'http.route': { stringValue: '/predict' },
        'http.response.status_code': { intValue: 200 },
        'url.scheme': { stringValue: 'http' },
      });
      assert.deepEqual(attributesOf(503)?.['error.type'], { stringValue: '503' });
      assert.equal(metrics.find(({ name }) => name === 'model.predictions')?.sum?.isMonotonic, true);
      assert.equal(metrics.find(({ name }) => name === 'v8js.memory.heap.used')?.unit, 'By');
      const named = new Map(resource.map(({ key, value }) => [key, value.stringValue]));
      for (const key of [
        'service.name',
        'service.version',
        'service.instance.id',
        'telemetry.sdk.language',
        'telemetry.sdk.name',
        'telemetry.sdk.version',
      ])
        assert.ok(named.get(key), key);
      assert.doesNotMatch(JSON.stringify(resource), /process\.|src\/server\.ts/);
    }));

  it('are pushed once more at the end', () =>
    withService(
      { ...push, OTEL_METRIC_EXPORT_INTERVAL: '600000', OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
      async (service) => {
        await postJson(`${service.api}/predict`, row);
        assert.equal(sink.requests.length, 0);
        assert.equal((await service.signal('SIGTERM')).code, 0);
        const { metrics } = lastPush(sink);
        const points = metrics.find(({ name }) => name === 'model.predictions')?.sum?.dataPoints;
        assert.equal(
          points?.reduce((sum, { asDouble }) => sum + asDouble, 0),
          1,
        );
      },
    ));

  it('go where the variables for metrics alone say, traces elsewhere', () =>
    withService(
      {
        ...push,
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${sink.url}/own`,
        OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'x-scope=metrics',
        OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'gzip',
      },
      () =>
        eventually(() => {
          const [{ url, headers }] = sink.requests;
          assert.equal(url, '/own');
          assert.equal(headers['x-scope'], 'metrics');
          assert.equal(headers['content-encoding'], 'gzip');
        }),
    ));

  for (const [what, status, body, series, message] of [
    ['fail', 404, '', { reason: 'export_failed' }, /^metrics are lost .*404 .*\/v1\/metrics is appended/],
    ['are too large', 413, '', { reason: 'export_failed' }, /413 .*scrape the metrics/],
    [
      'are rejected in part',
      200,
      '{"partialSuccess":{"rejectedDataPoints":"7"}}',
      { reason: 'rejected' },
      /rejects 7 of \d+/,
    ],
  ] as const) {
    it(`are counted and said once when they ${what}`, () => {
      sink.behave = (response) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      return withService({ ...push, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url }, async (service) => {
        await eventually(async () => {
          assert.ok(sink.requests.length > 3);
          assert.ok(
            (seriesValue(await scrape(service), 'otel_metric_points_dropped_total', series) ?? 0) > 0,
          );
          assert.equal(messages(service, 'metrics').length, 1, messages(service, 'metrics').join('\n'));
        });
        assert.match(messages(service, 'metrics')[0], message);
        assert.deepEqual(messages(service, 'opentelemetry'), []);
      });
    });
  }

  it('delay no stop when nobody answers', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    try {
      await withService(
        {
          ...push,
          ...sendLogs,
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
          OTEL_EXPORTER_OTLP_TIMEOUT: '600000',
          SHUTDOWN_TIMEOUT_MS: '1000',
        },
        async (service) => {
          const { status } = await postJson(`${service.api}/predict`, row);
          assert.equal(status, 200);
          const startedMs = performance.now();
          assert.equal((await service.signal('SIGTERM')).code, 0);
          assert.ok(performance.now() - startedMs < 30_000);
        },
      );
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  for (const [env, pushes] of [
    [{ OTEL_METRICS_EXPORTER: 'otlp' }, true],
    [{ OTEL_METRICS_EXPORTER: 'none' }, false],
    [{ OTEL_SDK_DISABLED: 'true', OTEL_METRICS_EXPORTER: 'prometheus,otlp' }, false],
  ] as [Record<string, string>, boolean][]) {
    it(`cannot be scraped with ${Object.entries(env)
      .map((pair) => pair.join('='))
      .join(' ')}`, () =>
      withService(
        { OTEL_METRIC_EXPORT_INTERVAL: '200', OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env },
        async (service) => {
          const answer = await fetch(`${service.admin}/metrics`);
          assert.equal(answer.status, 404);
          assert.match(await answer.text(), /see OTEL_METRICS_EXPORTER/);
          const page = await (await fetch(service.admin)).text();
          assert.ok(page.includes('href="/ready"') && !page.includes('href="/metrics"'));
          if (pushes) await eventually(() => assert.ok(sink.requests.length > 0));
          await service.signal('SIGTERM');
          assert.equal(sink.requests.length > 0, pushes);
        },
      ));
  }
});

describe('log lines over OTLP', () => {
  it('are counted and said once when they fail, and requests are answered', async () => {
    const sink = await startOtlpSink();
    sink.behave = (response) => response.writeHead(401).end();
    try {
      await withService({ ...sendLogs, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url }, async (service) => {
        await eventually(async () => {
          assert.equal((await postJson(`${service.api}/predict`, row)).status, 200);
          const text = await scrape(service);
          const lost = seriesValue(text, 'otel_log_records_dropped_total', { reason: 'export_failed' });
          assert.ok((lost ?? 0) > 3);
        });
        const said = messages(service, 'logs');
        assert.equal(said.length, 1, said.join('\n'));
        assert.match(said[0], /^log lines are lost .*401 .*OTEL_EXPORTER_OTLP_HEADERS/);
      });
    } finally {
      sink.close();
    }
  });

  it('beyond the queue are counted, and never held', async () => {
    const sink = await startOtlpSink();
    // it never answers
    sink.behave = () => {};
    try {
      await withService(
        {
          ...sendLogs,
          OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
          OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
          OTEL_BLRP_MAX_QUEUE_SIZE: '2',
        },
        async (service) => {
          await eventually(async () => {
            for (let i = 0; i < 5; i++) await postJson(`${service.api}/predict`, row);
            const lost = seriesValue(await scrape(service), 'otel_log_records_dropped_total', {
              reason: 'queue_full',
            });
            assert.ok((lost ?? 0) > 5);
          });
          assert.deepEqual(messages(service, 'logs'), [
            'log lines are not sent: 2 wait for their export already (said once)',
          ]);
        },
      );
    } finally {
      sink.close();
    }
  });
});
