import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { eventually, postJson, startTestService, type TestService } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const soon = { OTEL_BSP_SCHEDULE_DELAY: '50' };

async function withService(
  env: Record<string, string>,
  use: (service: TestService) => Promise<void>,
): Promise<void> {
  const service = await startTestService({ ...soon, ...env });
  try {
    await use(service);
  } finally {
    await service.stop();
  }
}

describe('OpenTelemetry’s variables', () => {
  let sink: OtlpSink;
  beforeEach(async () => {
    sink = await startOtlpSink();
  });
  afterEach(() => sink.close());

  const settled = (service: TestService) =>
    eventually(async () => {
      const text = await (await fetch(`${service.admin}/metrics`)).text();
      assert.match(text, /^otel_spans_exported_total [1-9]/m);
      return text;
    });

  for (const [what, blank] of [
    ['a blank', ' '],
    ['a tab', '\t'],
    ['a CR', '\r'],
    ['a no-break space', '\u00a0'],
  ] as const) {
    it(`count without ${what} around them, everywhere`, () => {
      const around = (text: string) => `${blank}${text}${blank}`;
      return withService(
        {
          OTEL_EXPORTER_OTLP_ENDPOINT: around(`${sink.url}/base/`),
          OTEL_EXPORTER_OTLP_HEADERS: around('x-scope=abc'),
          OTEL_EXPORTER_OTLP_TRACES_HEADERS: around(`X-Other${blank}=${blank}d%2Ce`),
          OTEL_EXPORTER_OTLP_COMPRESSION: around('GZIP'),
          OTEL_EXPORTER_OTLP_PROTOCOL: around('HTTP/JSON'),
          OTEL_TRACES_SAMPLER: around('ParentBased_Always_On'),
          OTEL_SERVICE_NAME: around('credit'),
          OTEL_RESOURCE_ATTRIBUTES: around(`team=risk,${blank}a${blank}=${blank}b=c`),
          OTEL_METRICS_EXPORTER: around('Prometheus'),
          OTEL_LOGS_EXPORTER: around('none'),
        },
        async (service) => {
          await postJson(`${service.api}/predict`, row);
          const text = await settled(service);
          const [{ url, headers }] = sink.requests;
          assert.equal(url, '/base/v1/traces');
          assert.equal(headers['x-scope'], 'abc');
          assert.equal(headers['x-other'], 'd,e');
          assert.equal(headers['content-encoding'], 'gzip');
          const { resource } = sink.spans[0];
          assert.equal(resource['service.name'], 'credit');
          assert.equal(resource.team, 'risk');
          assert.equal(resource.a, 'b=c');
          assert.match(text, /^target_info\{.*service_name="credit".*team="risk".*\} 1$/m);
        },
      );
    });
  }

  it('for traces alone take precedence over those for everything', () =>
    withService(
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${sink.url}/own?tenant=7`,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-scope=all,x-kept=yes',
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'X-Scope=traces',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'none',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
      },
      async (service) => {
        sink.behave = (response) => response.end();
        await postJson(`${service.api}/predict`, row);
        await settled(service);
        const [{ url, headers, body }] = sink.requests;
        assert.equal(url, '/own?tenant=7');
        assert.equal(headers['x-scope'], 'traces');
        assert.equal(headers['x-kept'], 'yes');
        assert.equal(headers['content-encoding'], undefined);
        assert.equal(headers['content-type'], 'application/x-protobuf');
        assert.ok(body.includes('service.instance.id') && body[0] !== 0x7b);
      },
    ));

  it('limit what a span may contain', () =>
    withService(
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '1000',
        OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '3',
      },
      async (service) => {
        await postJson(`${service.api}/predict`, row);
        await settled(service);
        const child = sink.spans.find(({ name }) => name === 'predict');
        assert.equal(child?.attributes['model.name'], 'cre');
      },
    ));

  it('name the service by its attributes if OTEL_SERVICE_NAME does not', () =>
    withService(
      { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_RESOURCE_ATTRIBUTES: 'service.name=loans,' },
      async (service) => {
        await postJson(`${service.api}/predict`, row);
        await settled(service);
        assert.equal(sink.spans[0].resource['service.name'], 'loans');
      },
    ));

  it('leave the exposition valid, whatever attributes are called', function () {
    const promtool = requireTool(this, 'promtool');
    const attributes =
      'deployment.environment=prod,deployment_environment=old,2fa.owner=risk,__name__=other,团队=a,地区=b,service_name=x,.=y,note=a%0Ab%22c%5C';
    return withService({ OTEL_RESOURCE_ATTRIBUTES: attributes }, async (service) => {
      const text = await (await fetch(`${service.admin}/metrics`)).text();
      const { stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
      assert.equal(stdout + stderr, '');
      const info = /^target_info\{.*$/m.exec(text)?.[0];
      for (const label of [
        'deployment_environment="prod;old"',
        'key_2fa_owner="risk"',
        'service_name="vigia;x"',
      ]) {
        assert.ok(info?.includes(label), info);
      }
    });
  });

  it('let the caller’s mesh decide, in the formats that OTEL_PROPAGATORS names', () =>
    withService(
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0',
        OTEL_PROPAGATORS: 'B3, tracecontext',
      },
      async (service) => {
        const ids = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(32));
        const spanId = '00f067aa0ba902b7';
        for (const headers of [
          { b3: `${ids[0]}-${spanId}-1` },
          { b3: `${ids[1]}-${spanId}-0` },
          { 'x-b3-traceid': ids[2], 'x-b3-spanid': spanId, 'x-b3-sampled': '1' },
          { traceparent: `00-${ids[3]}-${spanId}-01` },
        ] as Record<string, string>[]) {
          await postJson(`${service.api}/predict`, row, headers);
        }
        await eventually(() => {
          const servers = sink.spans.filter(({ kind }) => kind === 2);
          assert.deepEqual(
            servers.map(({ traceId, parentSpanId }) => [traceId, parentSpanId]),
            [ids[0], ids[2], ids[3]].map((id) => [id, spanId]),
          );
          const logged = service.logLines().filter(({ event }) => event === 'predict');
          assert.deepEqual(
            logged.map((line) => line.trace_id),
            ids,
          );
        });
      },
    ));

  it('follow a caller with parentbased_always_off', () =>
    withService(
      { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_TRACES_SAMPLER: 'parentbased_always_off' },
      async (service) => {
        await postJson(`${service.api}/predict`, row);
        const id = 'a'.repeat(32);
        await postJson(`${service.api}/predict`, row, { traceparent: `00-${id}-00f067aa0ba902b7-01` });
        await settled(service);
        assert.ok(sink.spans.every(({ traceId }) => traceId === id));
      },
    ));

  it('without effect, and addresses that are probably wrong, are reported once at the start', () =>
    withService(
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: `${sink.url}/v1/traces/`,
        OTEL_EXPORTER_OTLP_ENDPONT: 'http://collector:4318',
        OTEL_EXPORTER_OTLP_INSECURE: 'true',
        OTEL_TRACES_SAMPLER_RATIO: ' ',
      },
      async (service) => {
        const said = await eventually(() => {
          const lines = service.logLines().filter(({ event }) => event === 'settings');
          assert.equal(lines.length, 2);
          return lines.map((line) => String(line.msg));
        });
        assert.equal(said[0], 'OTEL_EXPORTER_OTLP_ENDPONT, OTEL_EXPORTER_OTLP_INSECURE have no effect here');
        assert.match(
          said[1],
          /^OTEL_EXPORTER_OTLP_ENDPOINT ends in \/v1\/traces, .*OTEL_EXPORTER_OTLP_TRACES_ENDPOINT/,
        );
      },
    ));
});
