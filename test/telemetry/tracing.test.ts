import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { eventually, postJson, startTestService, type TestService } from '../support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';

describe('tracing, from the real bootstrap to an OTLP sink', () => {
  let sink: OtlpSink;
  let service: TestService;

  before(async () => {
    sink = await startOtlpSink();
    service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url });
  });
  after(async () => {
    await service.stop();
    sink.close();
  });

  it('is told at the start, with where spans go', () => {
    assert.match(service.stderr(), /Tracing {2}parentbased_always_on to http:\/\/127\.0\.0\.1/);
  });

  it('sends a SERVER span with the route, one of the router, and a child that names the model, below the caller’s trace', async () => {
    const answer = await postJson(
      `${service.api}/predict`,
      { age: 99, limit: 2000, history: 'never seen' },
      { traceparent: `00-${traceId}-${parentId}-01` },
    );
    assert.equal(answer.status, 200);
    const [server, child] = await eventually(() => {
      const found = sink.spans.filter((span) => span.traceId === traceId);
      const ours = [found.find(({ kind }) => kind === 2), found.find(({ name }) => name === 'predict')];
      assert.ok(ours[0] && ours[1], 'both spans arrive');
      return ours as Required<typeof ours>;
    });
    const layer = sink.spans.find((span) => span.traceId === traceId && span.name === 'router - /predict');
    assert.equal(layer?.attributes['koa.type'], 'router');
    assert.equal(layer?.attributes['http.route'], '/predict');
    assert.equal(child?.parentSpanId, layer?.spanId);
    assert.equal(server?.name, 'POST /predict');
    assert.equal(server?.parentSpanId, parentId);
    assert.equal(server?.attributes['http.route'], '/predict');
    assert.equal(server?.attributes['http.request.method'], 'POST');
    assert.equal(server?.attributes['http.response.status_code'], 200);
    assert.equal(child?.attributes['model.name'], 'credit');
    assert.equal(child?.attributes['model.version'], answer.body.model.version);
    assert.equal(child?.attributes['model.score'], answer.body.score);
    assert.equal(child?.attributes['model.prediction'], answer.body.prediction);
    assert.deepEqual(child?.attributes['model.features.unseen'], ['history']);
    assert.deepEqual(child?.attributes['model.features.outside_range'], ['age']);
    assert.deepEqual(child?.attributes['model.features.missing'], []);
    assert.equal(server?.resource['service.name'], 'vigia');
    assert.ok(server?.resource['service.instance.id']);
  });

  it('puts no value of the input into any span, and no command line into the resource', () => {
    const text = JSON.stringify(sink.spans);
    assert.doesNotMatch(text, /never seen/);
    assert.doesNotMatch(text, /register\.ts/);
  });

  it('writes the trace’s ids into the log line', async () => {
    const line = await eventually(() => {
      const found = service.logLines().find((entry) => entry.trace_id === traceId);
      assert.ok(found);
      return found;
    });
    assert.equal(line.event, 'predict');
    assert.match(String(line.span_id), /^[0-9a-f]{16}$/);
    assert.equal(line.trace_flags, '01');
  });

  it('does not record a request whose caller did not sample, but logs its trace', async () => {
    const unsampled = 'a'.repeat(32);
    const later = 'c'.repeat(32);
    await postJson(`${service.api}/predict`, row, { traceparent: `00-${unsampled}-${parentId}-00` });
    // spans leave in the order in which they ended: with this one, that one would be there
    await postJson(`${service.api}/predict`, row, { traceparent: `00-${later}-${parentId}-01` });
    await eventually(() => assert.ok(sink.spans.some((span) => span.traceId === later && span.kind === 2)));
    const line = await eventually(() => {
      const found = service.logLines().find((entry) => entry.trace_id === unsampled);
      assert.ok(found);
      return found;
    });
    // a span that began but that the SDK did not record would still have an id
    assert.equal(line.span_id, undefined);
    assert.equal(sink.spans.filter((span) => span.traceId === unsampled).length, 0);
  });

  it('makes no span of a scrape', async () => {
    await (await fetch(`${service.admin}/metrics`)).text();
    await postJson(`${service.api}/predict`, row, { traceparent: `00-${'b'.repeat(32)}-${parentId}-01` });
    await eventually(() => assert.ok(sink.spans.some((span) => span.traceId === 'b'.repeat(32))));
    const routes = sink.spans
      .filter(({ kind }) => kind === 2)
      .map(({ attributes }) => attributes['http.route']);
    assert.deepEqual([...new Set(routes)], ['/predict']);
  });

  it('exposes no HTTP metric of the instrumentation, which sees sampled requests only', async () => {
    const text = await (await fetch(`${service.admin}/metrics`)).text();
    assert.doesNotMatch(text, /^http_server_request_duration_(bucket|count)/m);
    assert.doesNotMatch(text, /^http_client/m);
  });
});

describe('head sampling', () => {
  it('records the stated share of requests, once, and keeps the requests of one connection apart', async () => {
    const sink = await startOtlpSink();
    const service = await startTestService({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
      LOG_LEVEL: 'silent',
    });
    try {
      const agent = new Agent({ keepAlive: true, maxSockets: 4 });
      const requests = 1000;
      for (let i = 0; i < requests; i += 100) {
        await Promise.all(Array.from({ length: 100 }, () => send(service.api, agent)));
      }
      agent.destroy();
      await service.signal('SIGTERM');
      const servers = sink.spans.filter(({ kind }) => kind === 2);
      // 100 expected, standard deviation 9.5: six of them either way
      assert.ok(
        servers.length > 43 && servers.length < 157,
        `${servers.length} of ${requests} were recorded`,
      );
      assert.equal(
        new Set(servers.map((span) => span.traceId)).size,
        servers.length,
        'each in a trace of its own',
      );
      assert.ok(servers.every((span) => !span.parentSpanId));
      const children = sink.spans.filter(({ name }) => name === 'predict');
      assert.equal(children.length, servers.length);
    } finally {
      await service.stop();
      sink.close();
    }
  });
});

function send(api: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${api}/predict`,
      { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
      (response) => response.resume().on('end', resolve),
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(row));
  });
}
