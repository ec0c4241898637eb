import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { metricsBehind } from '../grafana/surroundings.ts';
import { createPrometheus, type Labels, type Prometheus } from '../stack/engines.ts';
import { freePort } from '../support/free-port.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { eventually, postJson, root, startTestService, type TestService } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const metricsOfTheScrape = /^(?:up|scrape_\w+|target_info)$/;

/** What identifies a series; where it comes from differs, and a bound may be written as 1 or as 1.0. */
function identityOf({ job, instance, le, ...labels }: Labels): string {
  const bound = le === undefined ? [] : [['le', le === '+Inf' ? le : String(Number(le))]];
  return JSON.stringify([...Object.entries(labels), ...bound].sort());
}

/** Of the series that differ only in what Node.js has seen so far, which may be more at the next scrape, one. */
function identitiesOf(all: readonly Labels[]): string[] {
  const isOfNode = (series: Labels) => 'v8js_gc_type' in series || 'v8js_resource_type' in series;
  const ofNode = all
    .filter(isOfNode)
    .map(({ v8js_gc_type, v8js_resource_type, ...series }) => identityOf(series));
  const others = all.filter((series) => !isOfNode(series)).map(identityOf);
  return [...others, ...new Set(ofNode)].sort();
}

describe('metrics and log lines that are pushed', () => {
  const started: ChildProcess[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'vigia-pushed-'));
  let service: TestService;
  let prometheus: Prometheus;
  let exposedByCollector = '';
  const logs: string[] = [];

  function start(program: string, args: readonly string[], env = process.env): ChildProcess {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.once('exit', (code) => {
      if (code) console.error(said.slice(-2000));
    });
    started.push(child);
    return child;
  }

  /** The committed configuration, with addresses of this machine. */
  async function startCollector(prometheusUrl: string, logsUrl: string): Promise<string> {
    const otelcol = requireToolHere('otelcol-contrib');
    const [otlp, exposed] = [await freePort(), await freePort()];
    const own = join(folder, 'collector.yaml');
    writeFileSync(
      own,
      stringify({
        receivers: {
          otlp: { protocols: { grpc: { endpoint: '127.0.0.1:0' }, http: { endpoint: `127.0.0.1:${otlp}` } } },
        },
        exporters: {
          'otlp_http/prometheus': { endpoint: `${prometheusUrl}/api/v1/otlp` },
          'otlp_http/logs': { endpoint: logsUrl, encoding: 'json', compression: 'none' },
          prometheus: { endpoint: '127.0.0.1:0' },
          'prometheus/pushed': { endpoint: `127.0.0.1:${exposed}`, without_scope_info: true },
        },
        extensions: { health_check: { endpoint: '127.0.0.1:0' } },
        service: {
          telemetry: { metrics: { level: 'none', readers: [] } },
          pipelines: { 'metrics/pushed': { exporters: ['otlp_http/prometheus', 'prometheus/pushed'] } },
        },
      }),
    );
    const files = ['otel/collector.yaml', 'otel/collector-pushed.yaml', own];
    start(
      otelcol,
      files.flatMap((file) => ['--config', file]),
    );
    await eventually(() => fetch(`http://127.0.0.1:${otlp}/`), 30_000);
    readExposed = async () => (await fetch(`http://127.0.0.1:${exposed}/metrics`)).text();
    return `http://127.0.0.1:${otlp}`;
  }
  let readExposed = async () => '';

  async function startPrometheus(port: number, target: string): Promise<Prometheus> {
    const program = requireToolHere('prometheus');
    const config = join(folder, 'prometheus.yml');
    // the rules ask for the job vigia, which only the pushed series have here
    writeFileSync(
      config,
      stringify({
        global: {
          scrape_interval: '1s',
          evaluation_interval: '1s',
          external_labels: { runbook_url: '', grafana_url: '' },
        },
        rule_files: [join(root, 'otel/prometheus/rules/*.yml')],
        scrape_configs: [{ job_name: 'scraped', static_configs: [{ targets: [target] }] }],
      }),
    );
    const data = join(folder, 'data');
    mkdirSync(data);
    start(program, [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-otlp-receiver',
    ]);
    const url = `http://127.0.0.1:${port}`;
    await eventually(async () => assert.ok((await fetch(`${url}/-/ready`)).ok), 30_000);
    return createPrometheus(url);
  }

  let requireToolHere: (name: 'otelcol-contrib' | 'prometheus') => string;

  before(async function () {
    requireToolHere = (name) => requireTool(this, name);
    for (const name of ['otelcol-contrib', 'prometheus'] as const) requireToolHere(name);
    const [port, adminPort] = [await freePort(), await freePort()];
    const sink = await startOtlpSink();
    sink.behave = (response) => response.setHeader('content-type', 'application/json').end('{}');
    logs.push(sink.url);
    const collector = await startCollector(`http://127.0.0.1:${port}`, sink.url);
    prometheus = await startPrometheus(port, `127.0.0.1:${adminPort}`);
    service = await startTestService({
      ADMIN_PORT: String(adminPort),
      SERVICE_INSTANCE: 'one',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf',
      OTEL_METRICS_EXPORTER: 'prometheus,otlp',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_BLRP_SCHEDULE_DELAY: '100',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    });
    const row = { age: 30, limit: 2000, history: 'good' };
    for (let i = 0; i < 20; i++) await postJson(`${service.api}/predict`, row, { traceparent });
    await postJson(`${service.api}/predict`, {});
    // until both have everything that the last request has counted
    const answered =
      'http_server_request_duration_seconds_count{http_route="/predict",http_response_status_code="422"} == 1';
    await eventually(async () => assert.equal((await prometheus.query(answered)).length, 2), 60_000);
    exposedByCollector = await readExposed();
    received = () =>
      sink.requests.filter(({ url }) => url === '/v1/logs').map(({ body }) => JSON.parse(String(body)));
    closeSink = () => sink.close();
  });
  let received: () => { resourceLogs: any[] }[] = () => [];
  let closeSink = () => {};
  after(async () => {
    await service?.stop();
    for (const child of started) {
      if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    }
    closeSink();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are the same series in Prometheus as those that are scraped', async () => {
    const all = await prometheus.query('{__name__!="",job=~"vigia|scraped"}');
    const byJob = Map.groupBy(
      all.filter(({ metric }) => !metricsOfTheScrape.test(metric.__name__) && !metric.__name__.includes(':')),
      ({ metric }) => metric.job,
    );
    const [pushed, scraped] = ['vigia', 'scraped'].map((job) =>
      identitiesOf((byJob.get(job) ?? []).map(({ metric }) => metric)),
    );
    assert.ok(scraped.length > 1000, String(scraped.length));
    assert.deepEqual(pushed, scraped);
  });

  it('have the same names and labels in the Collector’s own exposition', async () => {
    const scraped = await (await fetch(`${service.admin}/metrics`)).text();
    const series = (text: string) =>
      identitiesOf(
        [...text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)]
          .filter(([, name]) => name !== 'target_info')
          .map(([, name, labels = '']) => {
            const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
            return { __name__: name, ...Object.fromEntries(pairs.map(([, label, value]) => [label, value])) };
          }),
      );
    assert.deepEqual(series(exposedByCollector), series(scraped));
  });

  it('are under the job and the instance that the resource names', async () => {
    const [info] = await prometheus.query('target_info{job="vigia"}');
    const { service_version, ...labels } = info.metric;
    assert.match(service_version, /^\d/);
    assert.deepEqual(labels, {
      __name__: 'target_info',
      job: 'vigia',
      instance: 'one',
      deployment_environment_name: 'test',
      telemetry_sdk_language: 'nodejs',
      telemetry_sdk_name: 'opentelemetry',
      telemetry_sdk_version: labels.telemetry_sdk_version,
    });
  });

  it('are all that the dashboards and the rules of a single model ask for', async () => {
    const names = new Set(await prometheus.labelValues('__name__', '{job="vigia"}'));
    const scraped = new Set(await prometheus.labelValues('__name__', '{job="scraped"}'));
    for (const dashboard of ['overview', 'model-drift', 'model-performance']) {
      const needed = metricsBehind(dashboard, ['drift.yml', 'performance.yml']);
      const absent = needed.flatMap((name) =>
        [name, `${name}_bucket`].some((one) => names.has(one)) || !scraped.has(name) ? [] : [name],
      );
      assert.deepEqual(absent, [], dashboard);
    }
  });

  it('are what the rules record figures from', async () => {
    await eventually(async () => {
      const recorded = await prometheus.query('{__name__=~".+:.+",model="credit"}');
      assert.ok(recorded.length > 20, String(recorded.length));
    }, 60_000);
  });

  it('are log records with severity, time and trace', async () => {
    const records = await eventually(() => {
      const found = received().flatMap(({ resourceLogs }) =>
        resourceLogs.flatMap(({ resource, scopeLogs }) =>
          scopeLogs.flatMap((scope: any) => scope.logRecords.map((record: any) => ({ ...record, resource }))),
        ),
      );
      assert.ok(found.length >= 21, String(found.length));
      return found;
    }, 30_000);
    const [first] = records.filter(({ severityText }) => severityText === 'info');
    const attributes = new Map<string, any>(first.attributes.map(({ key, value }: any) => [key, value]));
    assert.equal(first.severityNumber, 9);
    assert.deepEqual(first.body, { stringValue: 'predict' });
    assert.equal(first.traceId, traceparent.slice(3, 35));
    assert.match(first.spanId, /^[0-9a-f]{16}$/);
    assert.equal(Number(attributes.get('status').intValue), 200);
    const line = service.logLines().find(({ event }) => event === 'predict');
    assert.equal(new Date(Number(BigInt(first.timeUnixNano) / 1_000_000n)).toISOString(), line?.time);
    assert.ok(JSON.stringify(first.resource).includes('service.instance.id'));
    assert.equal(records.filter(({ severityNumber }) => severityNumber === 13).length, 1);
  });
});
