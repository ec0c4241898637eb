import assert from 'node:assert/strict';
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { eventually, postJson, startTestService, type TestService } from '../support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const traced = '4bf92f3577b34da6a3ce929d0e0e4736';
const untraced = 'a'.repeat(32);
const parent = '00f067aa0ba902b7';
const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const text = 'text/plain; version=0.0.4; charset=utf-8';

/** Scrapes with exactly these headers; `fetch` would add its own. */
async function scrape(address: string, headers: Record<string, string>) {
  const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>();
  request(`${address}/metrics`, { headers }, resolve).on('error', reject).end();
  const answer = await promise;
  const body = Buffer.concat(await answer.toArray());
  return { headers: answer.headers, body };
}

/** Trace ids of exemplars, by the series that have them. */
function exemplarsOf(metrics: string): Map<string, string> {
  return new Map(
    [...metrics.matchAll(/^(.+) \S+ # \{trace_id="(\w+)"\}/gm)].map(([, series, id]) => [series, id]),
  );
}

describe('OpenMetrics', () => {
  let sink: OtlpSink;
  let service: TestService;
  before(async () => {
    sink = await startOtlpSink();
    service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, API_METRICS: 'full' });
  });
  after(async () => {
    await service?.stop();
    sink.close();
  });

  for (const [who, accept, expected] of [
    [
      'Prometheus 3',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      openMetrics,
    ],
    [
      'Prometheus 2',
      'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      openMetrics,
    ],
    [
      'one that asks for escaped names',
      'application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.5,text/plain;q=0.3',
      openMetrics,
    ],
    ['one that prefers text', 'text/plain;version=0.0.4;q=0.9,application/openmetrics-text;q=0.8', text],
    ['one that rules OpenMetrics out', 'application/openmetrics-text;q=0,*/*', text],
    ['one that knows only a draft', 'application/openmetrics-text;version=0.0.1,text/plain;q=0.1', text],
    ['curl', '*/*', text],
    ['one that asks for something else', 'application/json', text],
  ]) {
    it(`is negotiated with ${who}`, async () => {
      const { headers, body } = await scrape(service.admin, { accept });
      assert.equal(headers['content-type'], expected);
      assert.equal(headers.vary, 'Accept, Accept-Encoding');
      assert.equal(/\n# EOF\n$/.test(body.toString()), expected === openMetrics);
    });
  }

  it('is not the default', async () => {
    assert.equal((await scrape(service.admin, {})).headers['content-type'], text);
  });

  for (const [encodings, isCompressed] of [
    ['gzip', true],
    ['br;q=1.0, gzip;q=0.8, *;q=0.1', true],
    ['identity, gzip;q=0.5', false],
    ['gzip;q=0', false],
    ['zstd', false],
  ] as const) {
    it(`is ${isCompressed ? '' : 'not '}compressed for ${encodings}`, async () => {
      const headers = { accept: openMetrics, 'accept-encoding': encodings };
      const answer = await scrape(service.admin, headers);
      assert.equal(answer.headers['content-encoding'], isCompressed ? 'gzip' : undefined);
      const body = isCompressed ? gunzipSync(answer.body) : answer.body;
      assert.equal(answer.headers['content-length'], String(answer.body.length));
      assert.match(body.toString(), /# EOF\n$/);
      if (isCompressed) assert.ok(answer.body.length < body.length / 5);
    });
  }

  describe('leads from a bar to a trace', () => {
    let metrics: string;
    before(async () => {
      const send = (id: string, sampled: string) =>
        postJson(`${service.api}/predict`, row, { traceparent: `00-${id}-${parent}-${sampled}` });
      await send(traced, '01');
      await send(untraced, '00');
      metrics = (await scrape(service.admin, { accept: openMetrics })).body.toString();
    });

    it('whose spans were exported', async () => {
      await eventually(() =>
        assert.ok(sink.spans.some((span) => span.traceId === traced && span.name === 'predict')),
      );
      assert.deepEqual(new Set(exemplarsOf(metrics).values()), new Set([traced]));
    });

    it('from the bins of each feature and of the score, and from the durations', () => {
      const families = [...exemplarsOf(metrics).keys()].map((series) =>
        series.replace(/\{.*?(feature="[^"]+"|http_route="[^"]+"|$).*/, '{$1').replace(/\{$/, ''),
      );
      assert.deepEqual(families.sort(), [
        'http_server_request_duration_seconds_bucket{http_route="/predict"',
        'model_feature_bin_observations_total{feature="(score)"',
        'model_feature_bin_observations_total{feature="age"',
        'model_feature_bin_observations_total{feature="history"',
        'model_feature_bin_observations_total{feature="limit"',
        'model_score_bucket',
      ]);
    });

    it('also for rows that were predicted together', async () => {
      const id = 'b'.repeat(32);
      const rows = [row, { ...row, history: 'poor' }];
      await postJson(`${service.api}/predict`, rows, { traceparent: `00-${id}-${parent}-01` });
      const { body } = await scrape(service.admin, { accept: openMetrics });
      const ids = [...exemplarsOf(body.toString())].filter(([series]) =>
        series.includes('feature="history"'),
      );
      assert.deepEqual(
        ids.map(([, trace]) => trace),
        [id, id],
      );
    });

    it('but not on the public port, where anyone may ask', async () => {
      const { headers, body } = await scrape(service.api, { accept: `${openMetrics}, text/plain;q=0.1` });
      assert.equal(headers['content-type'], text);
      assert.match(body.toString(), /^model_feature_bin_observations_total/m);
      assert.doesNotMatch(body.toString(), /trace_id/);
    });
  });

  it('has no exemplars of bins where samples hold nothing of a row, and none at all without tracing or if they are switched off', async () => {
    for (const [env, expected] of [
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, SAMPLES_VALUES: 'off' }, 1],
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_METRICS_EXEMPLAR_FILTER: 'always_off' }, 0],
      [{}, 0],
    ] as [Record<string, string>, number][]) {
      const other = await startTestService(env);
      try {
        await postJson(`${other.api}/predict`, row, { traceparent: `00-${traced}-${parent}-01` });
        const { body } = await scrape(other.admin, { accept: openMetrics });
        assert.equal(exemplarsOf(body.toString()).size, expected);
      } finally {
        await other.stop();
      }
    }
  });
});
