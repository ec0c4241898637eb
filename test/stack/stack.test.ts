import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DashboardJson } from '../../grafana/lint/dashboard-json.ts';
import { traceparent } from '../support/runbook-commands.ts';
import { requireTool } from '../support/tools.ts';
import { runAnnotationQueries, runDashboardQueries } from './dashboard-queries.ts';
import { drawDashboards, drawingTool } from './draw-dashboards.ts';
import {
  type Alert,
  alertmanagerAlerts,
  createGrafana,
  createJaeger,
  createPrometheus,
  lastValues,
  type Prometheus,
  type Span,
  webhookNotifications,
} from './engines.ts';
import { proveOutcomes } from './outcomes-over-replicas.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { followRunbook, openAlertLinks } from './runbook.ts';
import { show } from './show.ts';
import { createStack, type Stack, scrapeInterval, shadowModel, timeScale } from './stack.ts';
import { type Outcome, startTraffic } from './traffic.ts';
import { until } from './until.ts';

const answered =
  'http_server_request_duration_seconds_count{http_route="/predict",http_response_status_code="200"}';

/** Panels that are empty when there is nothing to show, some of them for the last minutes only. */
const mayBeEmpty =
  /: panel (Alerts |Missing and unseen values|Values outside the range|Approved, last 10 minutes)/;

const callerSpan = '00f067aa0ba902b7';

/**
 * Runs within the service's container: reports a made-up outcome for every prediction it has kept a sample of, drawn
 * by its score. All of them: figures that speak for every prediction exist only where nearly all have an outcome.
 */
async function reportOutcomes(): Promise<string> {
  const { globSync, readFileSync } = process.getBuiltinModule('node:fs');
  const lines = globSync('/app/logs/*/input_samples.jsonl').flatMap((path) =>
    readFileSync(path, 'utf8').split('\n').filter(Boolean),
  );
  // the samples of the shadow have the same ids
  const samples = lines.map((line) => JSON.parse(line)).filter(({ model }) => model === 'credit');
  const outcomes = samples.map(({ id, score }, i) => ({
    id,
    outcome: (i * 0.618) % 1 < score ? 'bad' : 'good',
  }));
  let accepted = 0;
  for (let i = 0; i < outcomes.length; i += 5000) {
    const answer = await fetch('http://127.0.0.1:9464/outcomes', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(outcomes.slice(i, i + 5000)),
    });
    accepted += ((await answer.json()) as { accepted: number }).accepted;
  }
  return JSON.stringify({ samples: samples.length, accepted });
}

describe('the stack', () => {
  let stack: Stack;
  let prometheus: Prometheus;
  let replicas: Replicas;
  let jaeger: ReturnType<typeof createJaeger>;
  let grafana: ReturnType<typeof createGrafana>;
  /** Every request that was answered with 200, by whichever replica. */
  let sent = 0;

  before(async function () {
    this.timeout(1_200_000);
    requireTool(this, 'docker compose');
    requireTool(this, 'docker engine');
    stack = createStack();
    stack.configure({
      MODEL_PATH: 'models',
      SHADOW_MODELS: shadowModel,
      RUNBOOK_URL: 'https://wiki.test/alerts',
    });
    const startedAt = performance.now();
    await stack.compose('build', '--quiet');
    const builtAt = performance.now();
    await stack.up(1);
    const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(0);
    show(
      `image built in ${seconds(startedAt, builtAt)} s, all healthy ${seconds(builtAt, performance.now())} s later`,
    );
    prometheus = createPrometheus(await stack.url('prometheus', 9090));
    replicas = createReplicas(stack, prometheus);
    jaeger = createJaeger(await stack.url('jaeger', 16686));
    grafana = createGrafana(await stack.url('grafana', 3000));
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    console.log(await stack.compose('ps', '--all'));
    console.log(
      await stack.compose('logs', '--tail', '20', '--no-log-prefix', 'app', 'collector', 'prometheus'),
    );
  });

  after(() => stack?.down());

  function expectNoFailure(outcome: Outcome): void {
    assert.deepEqual(outcome.counts, { '200 OK': outcome.sent }, outcome.text);
    sent += outcome.sent;
  }

  /** Sends a request that must be traced; gives its status, the trace's id and how long it took. */
  async function sendTraced(
    input: object,
    { id = randomBytes(16).toString('hex'), url }: { id?: string; url?: string } = {},
  ): Promise<{ status: number; id: string; milliseconds: number }> {
    url ??= (await replicas.urls(1))[0];
    const startedAt = performance.now();
    const { status } = await fetch(`${url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${id}-${callerSpan}-01` },
      body: JSON.stringify(input),
    });
    if (status === 200) sent += 1;
    return { status, id, milliseconds: performance.now() - startedAt };
  }

  /** The spans of a request once Jaeger has that which ends last, and with it all others. */
  const traced = (id: string): Promise<readonly Span[]> =>
    until(`trace ${id} in Jaeger`, 60, async () => {
      const spans = await jaeger.trace(id);
      return spans?.some(({ operationName }) => operationName === 'POST /predict') ? spans : undefined;
    });

  /** Sends a request that must be answered and traced. */
  async function traceRequest(input: object): Promise<{ spans: readonly Span[]; id: string }> {
    const { status, id } = await sendTraced(input);
    assert.equal(status, 200);
    return { id, spans: await traced(id) };
  }

  it('has every target up', async () => {
    const jobs = ['alertmanager', 'jaeger', 'otel-collector', 'prometheus', 'span-metrics', 'vigia'];
    const targets = await until('all targets up', 60, async () => {
      const found = await prometheus.targets();
      return found.length >= jobs.length && found.every(({ health }) => health === 'up') ? found : undefined;
    });
    assert.deepEqual(targets.map(({ job }) => job).sort(), jobs);
    show(targets.map(({ job, instance }) => `${job} ${instance}`).join(', '));
    const health = await stack.exec('prometheus', 'wget', '-qO-', 'http://collector:13133/');
    assert.equal((JSON.parse(health) as { status: string }).status, 'Server available');
  });

  it('runs the service as nobody special, with nothing it does not need', async () => {
    const script =
      'id -u; for f in /app/x /app/src/x /x; do touch $f 2>/dev/null && echo wrote $f; done; ' +
      'for f in test bench docs/pictures data .git node_modules/mocha node_modules/typescript; do test -e /app/$f && echo has $f; done; ' +
      'for p in npm npx corepack yarn yarnpkg pnpm; do command -v $p; done; ls -d /usr/local/lib/node_modules /opt/yarn* ~/.npm 2>/dev/null; true';
    assert.equal((await stack.exec('app', 'sh', '-c', script)).trim(), '1000');
    show('user 1000, root file system read-only, no tests, no development packages, no package manager');
  });

  it('shows its dashboards without a login', async () => {
    const found = (await grafana.dashboards()).map(({ uid }) => uid).sort();
    assert.deepEqual(
      ['overview', 'model-drift', 'model-performance', 'service', 'telemetry-pipeline'].filter(
        (uid) => !found.includes(uid),
      ),
      [],
    );
    show(`dashboards: ${found.join(', ')}`);
  });

  it('counts stationary traffic and stays calm', async () => {
    await replicas.scraped(1);
    const outcome = await startTraffic(await replicas.urls(1), '--rate', '60', '--duration', '45s').ended;
    expectNoFailure(outcome);
    show(outcome.text);
    const judged = await until('the short window judged', 60, async () => {
      const verdicts = await prometheus.query('model_feature:observations:increase{window="10m"} >= 500');
      // three features and the score, of the model and of its shadow
      return verdicts.length >= 8 ? verdicts : undefined;
    });
    await delay(60_000 * timeScale);
    const psi = await prometheus.query('model_feature:psi{window="10m"}');
    show(
      psi
        .map(({ metric, values }) => `${metric.model} ${metric.feature} PSI ${values[0][1].toFixed(4)}`)
        .join(', '),
    );
    const raised = await prometheus.query('ALERTS{component="model"}[15m]');
    assert.deepEqual(
      raised.map(({ metric }) => metric),
      [],
    );
    show(
      `no alert on the model over ${judged.length} features of ${judged[0].values[0][1].toFixed(0)} requests`,
    );
  });

  it('has the trace of a given request in Jaeger, with its predict span', async () => {
    const { spans, id } = await traceRequest({ age: 30, limit: 2000, history: 'good' });
    const server = spans.find(({ operationName }) => operationName === 'POST /predict');
    const predict = spans.find(({ operationName }) => operationName === 'predict');
    assert.ok(server && predict, spans.map(({ operationName }) => operationName).join());
    assert.equal(server.references[0]?.spanID, callerSpan);
    const tags = new Map(predict.tags.map(({ key, value }) => [key, value]));
    assert.equal(tags.get('model.name'), 'credit');
    assert.ok(Number(tags.get('model.score')) > 0);
    show(`${id}: ${spans.map(({ operationName }) => operationName).join(' > ')}`);
  });

  it('leads from a bar of a histogram, and from a bin, to the trace of a request', async () => {
    const { id } = await sendTraced({ age: 30, limit: 2000, history: 'good' });
    for (const series of [
      'http_server_request_duration_seconds_bucket{http_route="/predict"}',
      'model_feature_bin_observations_total{model="credit",feature="history"}',
      'model_score_bucket{model="credit"}',
    ]) {
      await until(`${id} as an exemplar of ${series}`, 60, async () =>
        (await prometheus.exemplarTraces(series)).find((trace) => trace === id),
      );
    }
    const spans = await traced(id);
    show(`exemplar ${id} has ${spans.length} spans in Jaeger`);
  });

  it('has span metrics in Prometheus, and exemplars that lead to traces', async () => {
    const calls = 'traces_span_metrics_calls_total{span_name="predict"}';
    const [{ values }] = await until('span metrics', 60, async () => {
      const found = await prometheus.query(calls);
      return found.length > 0 ? found : undefined;
    });
    const traces = await until('an exemplar', 60, async () => {
      const found = await prometheus.exemplarTraces('traces_span_metrics_duration_seconds_bucket');
      return found.length > 0 ? found : undefined;
    });
    const spans = await until('the trace of an exemplar', 60, () => jaeger.trace(traces[traces.length - 1]));
    show(
      `${values[0][1]} predict spans counted; exemplar ${traces.at(-1)} has ${spans.length} spans in Jaeger`,
    );
  });

  it('raises ModelFeatureDriftFast for a drifted feature, up to the webhook', async () => {
    const traffic = startTraffic(await replicas.urls(1), '--rate', '60', '--drift', 'limit:x1000');
    const startedAt = performance.now();
    const since = () => `${((performance.now() - startedAt) / 1000).toFixed(0)} s`;
    const isIt = ({ labels }: Pick<Alert, 'labels'>) =>
      labels.alertname === 'ModelFeatureDriftFast' && labels.model === 'credit' && labels.feature === 'limit';
    try {
      const alert = await until('the alert in Prometheus', 240, async () =>
        (await prometheus.alerts()).find((found) => isIt(found) && found.state === 'firing'),
      );
      show(`Prometheus after ${since()}: ${alert.annotations.summary}`);
      const alertmanager = await stack.url('alertmanager', 9093);
      await until('the alert in Alertmanager', 60, async () =>
        (await alertmanagerAlerts(alertmanager)).find(isIt),
      );
      show(`Alertmanager after ${since()}`);
      const webhook = await stack.url('webhook', 8080);
      const [notification] = await until('the alert at the webhook', 120, async () => {
        const found = (await webhookNotifications(webhook)).filter(({ alerts }) => alerts.some(isIt));
        return found.length > 0 ? found : undefined;
      });
      const told = notification.alerts.find(isIt)!;
      assert.equal(told.labels.severity, 'critical');
      show(`webhook after ${since()}, by receiver ${notification.receiver}`);
      const uid = /\/d\/([\w-]+)/.exec(told.annotations.dashboard_url)?.[1] ?? '';
      const dashboard = await grafana.dashboard<DashboardJson>(uid);
      show(`its link opens the dashboard "${dashboard.title}"`);
      const { runbook_url, dashboard_url } = told.annotations;
      assert.equal(runbook_url, 'https://wiki.test/alerts#modelfeaturedriftfast', 'that of the environment');
      assert.match(
        dashboard_url,
        /^http:\/\/localhost:3000\/d\/model-drift\?var-model=credit&/,
        'the default',
      );
      const labels = Object.keys(told.labels);
      assert.ok(!labels.some((name) => name.endsWith('_url')), `labels are ${labels.join()}`);
    } finally {
      traffic.stop();
    }
    expectNoFailure(await traffic.ended);
  });

  it('has the same PSI in Prometheus as in the service', async () => {
    await replicas.scraped(1);
    type Drift = { name: string; samples: number; psi: number };
    type Answer = { windows: Record<string, { features: Drift[]; score: Drift }> };
    const script = "fetch('http://127.0.0.1:9464/drift').then((r) => r.text()).then(console.log)";
    const { windows } = JSON.parse(await stack.exec('app', 'node', '-e', script)) as Answer;
    const { features, score } = windows['1h'];
    // the increase is extrapolated, so its size does not tell whether a rule has seen the last requests
    const recorded = 'model_feature:psi{model="credit",window="1h"}';
    await replicas.recorded(recorded);
    const found = await prometheus.query(recorded);
    for (const { name, samples, psi } of [...features, score]) {
      assert.equal(samples, sent, name);
      const inPrometheus = found.find(({ metric }) => metric.feature === name)?.values[0][1] ?? Number.NaN;
      show(`${name}: ${psi.toFixed(6)} in the service, ${inPrometheus.toFixed(6)} in Prometheus`);
      assert.ok(Math.abs(inPrometheus / psi - 1) < 0.02, name);
    }
  });

  it('has a page behind every link of every alert', async () => {
    show(`${await openAlertLinks(stack)} pages open`);
  });

  it('joins outcomes to predictions, and records realised beside estimated performance', async () => {
    const script = `(${reportOutcomes})().then(console.log)`;
    const { samples, accepted } = JSON.parse(await stack.exec('app', 'node', '-e', script));
    show(`${accepted} outcomes of ${samples} samples`);
    assert.equal(samples, sent);
    assert.equal(accepted, sent);
    const figures = await until('realised performance over a day', 300, async () => {
      // A minute ago: a chart that is drawn next has points at intervals, and must include one.
      const ofCredit = 'model="credit",window="24h"';
      const found = await prometheus.query(`model:performance{${ofCredit},metric="accuracy"} offset 1m`);
      const judged = await prometheus.query(`model:calibration:chi_square{${ofCredit}} offset 1m`);
      return found.length === 2 && judged.length === 1 ? found : undefined;
    });
    for (const { metric, values } of figures) show(`${metric.source} accuracy ${values[0][1].toFixed(3)}`);
  });

  it('takes the outcomes of `npm run traffic -- --labels` on the port that it publishes for that', async () => {
    const admin = await stack.url('app', 9464);
    assert.match(admin, /^http:\/\/127\.0\.0\.1:/);
    const labels = ['--labels', '--label-url', admin, '--label-delay', '0.1s'];
    const outcome = await startTraffic(await replicas.urls(1), '--count', '200', '--rate', '50', ...labels)
      .ended;
    assert.match(outcome.text, /reported 200 outcomes: 200 accepted$/);
    expectNoFailure(outcome);
  });

  it('runs every command of the runbook, for Docker Compose and for Kubernetes', async () => {
    const [, traceId] = traceparent.split('-');
    await sendTraced({ age: 40, limit: 2000, history: 'never seen' }, { id: traceId });
    const kept = await stack.exec('app', 'sh', '-c', 'head -qn 1 /app/logs/*/outcomes.jsonl');
    const { id } = JSON.parse(kept.split('\n')[0]) as { id: string };
    await until('the row on disk', 60, async () => {
      const found = await stack.exec(
        'app',
        'vigia',
        'samples',
        '--model',
        'models/credit.json',
        '--trace',
        traceId,
      );
      return found.includes(traceId) || undefined;
    });
    show(`${await followRunbook(stack, id)} commands`);
  });

  /** How many queries the dashboards have, and those that find nothing though they should. */
  async function askDashboards(): Promise<{ queries: number; empty: string[] }> {
    let queries = 0;
    const empty: string[] = [];
    for (const { uid } of await grafana.dashboards()) {
      const dashboard = await grafana.dashboard<DashboardJson>(uid);
      const results = await runDashboardQueries(dashboard, { prometheus, jaeger });
      queries += results.length + (await runAnnotationQueries(dashboard, { prometheus, jaeger }));
      for (const { place, series, error } of results) {
        if (series === 0 && (error || !mayBeEmpty.test(place)))
          empty.push(`${place}${error ? `: ${error}` : ''}`);
      }
    }
    return { queries, empty };
  }

  it('answers every query of every dashboard', async () => {
    const admin = await stack.url('app', 9464);
    // Some panels show only the last minute, in which there must be requests; without outcomes of these, figures that
    // hold for all predictions would soon be left out.
    const labels = ['--labels', '--label-url', admin, '--label-delay', '0.1s'];
    const traffic = startTraffic(await replicas.urls(1), '--rate', '20', ...labels);
    let asked: Awaited<ReturnType<typeof askDashboards>>;
    try {
      await until('the traffic in Prometheus', 120, async () => {
        const found = await prometheus.query(`sum(rate(${answered}[1m])) > 5`);
        return found.length > 0 || undefined;
      });
      asked = await askDashboards();
      if (asked.empty.length > 0) {
        // a scrape that takes too long leaves a gap of some seconds in all series of its target
        show(`asked again, as these were empty: ${asked.empty.join(', ')}`);
        await replicas.scraped(1);
        asked = await askDashboards();
      }
    } finally {
      traffic.stop();
    }
    expectNoFailure(await traffic.ended);
    const { queries, empty } = asked;
    show(`${queries} queries of panels, variables and annotations, ${empty.length} without data`);
    assert.deepEqual(empty, []);
  });

  it('does not notice that the Collector is gone for a minute', async () => {
    await stack.compose('stop', 'collector');
    const outcome = await startTraffic(await replicas.urls(1), '--rate', '50', '--duration', '60s').ended;
    show(`without Collector: ${outcome.text}`);
    expectNoFailure(outcome);
    const dropped = await until('dropped spans', 60, async () => {
      const [found] = await prometheus.query('sum(otel_spans_dropped_total) > 0');
      return found?.values[0][1];
    });
    await stack.compose('start', 'collector');
    const { id } = await until('traces again', 60, () =>
      traceRequest({ age: 50, limit: 900, history: 'paid' }),
    );
    show(`${dropped} spans dropped and counted; with the Collector back, trace ${id} arrives`);
  });

  it('adds up over three replicas, one of them restarted in the middle', async () => {
    await stack.up(3);
    await replicas.scraped(3);
    const before = sent;
    const urls = await replicas.urls(3);
    expectNoFailure(await startTraffic(urls, '--count', '1500', '--rate', '60').ended);
    await replicas.scraped(3);
    const traffic = startTraffic([urls[0], urls[2]], '--rate', '60');
    await stack.restart('app', 2);
    await stack.up(3);
    traffic.stop();
    expectNoFailure(await traffic.ended);
    await replicas.scraped(3);
    expectNoFailure(await startTraffic(await replicas.urls(3), '--count', '1500', '--rate', '60').ended);
    await replicas.scraped(3);
    const series = await prometheus.query(`${answered}[1h]`);
    const runs = series.flatMap(({ metric, values }) =>
      lastValues(values).map((count) => ({ instance: metric.instance, count })),
    );
    const total = runs.reduce((sum, { count }) => sum + count, 0);
    const counts = runs.map(({ instance, count }) => `${count} (${instance})`).join(' + ');
    show(`${sent - before} requests to three replicas, ${sent} in all; counted ${counts} = ${total}`);
    assert.equal(runs.length, 4, 'three replicas, one of which ran twice');
    assert.equal(total, sent);
    await until('a sample line of every request', 30, async () => {
      const lines = await stack.exec(
        'app',
        'sh',
        '-c',
        // requests only: rows that waited for a shadow when its replica was stopped are not scored
        `ls /app/logs | wc -l; cat /app/logs/*/input_samples.jsonl | grep -c '"model":"credit"'`,
      );
      assert.deepEqual(lines.trim().split(/\s+/).map(Number), [3, sent]);
      return true;
    });
    show(`${sent} sample lines in 3 folders`);
  });

  it('continues in the same folders when its containers are recreated', async () => {
    await stack.compose('rm', '--stop', '--force', 'app');
    await stack.up(3);
    const folders = await stack.exec('app', 'ls', '/app/logs');
    assert.deepEqual(folders.trim().split(/\s+/).sort(), ['replica-1', 'replica-2', 'replica-3']);
    const logs = await stack.compose('logs', '--no-log-prefix', 'app');
    const found =
      logs.match(/^Replica +replica-[123], found of its own: samples.*; of 2 other names: samples.*$/gm) ??
      [];
    assert.equal(found.length, 3, logs);
    show(found[0]);
  });

  proveOutcomes(() => ({ stack, prometheus, replicas }));

  it('keeps the traces worth keeping once tail sampling is on, as docs/tracing.md shows', async () => {
    const documented = /```yaml\n( *services:\n[\s\S]*?)```/.exec(
      readFileSync('docs/tracing.md', 'utf8'),
    )?.[1];
    assert.ok(documented);
    await stack.lay(documented.replaceAll(/^ {3}/gm, ''), 'collector');
    await until('a trace by way of the new Collector', 120, async () => {
      const { id } = await sendTraced({ age: null });
      return until('that trace', 20, () => jaeger.trace(id));
    });
    const [url] = await replicas.urls(1);
    const fast: string[] = [];
    while (fast.length < 100) {
      const { id, milliseconds } = await sendTraced({ age: 30, limit: 2000, history: 'good' }, { url });
      // slower ones are kept, see collector-tail-sampling.yaml
      if (milliseconds < 250) fast.push(id);
    }
    const refused = await Promise.all(Array.from({ length: 5 }, () => sendTraced({ age: null }, { url })));
    for (const { status, id } of refused) {
      assert.equal(status, 422);
      await until(`trace ${id} of a refused request`, 60, () => jaeger.trace(id));
    }
    const traces = await Promise.all(fast.map((id) => jaeger.trace(id)));
    const kept = traces.filter((trace) => trace !== undefined).length;
    show(`kept ${refused.length} of ${refused.length} refused requests, ${kept} of ${fast.length} others`);
    assert.ok(kept <= fast.length / 4, `${kept} of ${fast.length} kept, 5 % asked for`);
  });

  // no tool that can be installed: a pipeline that has one says where
  const tool = drawingTool;
  if (tool !== undefined)
    for (const screen of [
      { width: 1920, theme: 'dark' },
      { width: 1620, theme: 'light' },
    ] as const) {
      it(`has every dashboard drawn without a fault, ${screen.theme} and ${screen.width} wide`, async function () {
        const parts = {
          prometheus: await stack.url('prometheus', 9090),
          chromium: requireTool(this, 'chromium'),
          to: join(stack.folder, `pictures-${screen.width}`),
          scrape: scrapeInterval,
        };
        const { panels, faults } = await drawDashboards(tool, parts, screen);
        show(`${panels} panels drawn`);
        assert.deepEqual(faults, []);
      });
    }

  it('takes everything away with it', () => {
    stack.down();
    const filter = ['--filter', `label=com.docker.compose.project=${stack.project}`];
    for (const list of [
      ['ps', '-aq'],
      ['volume', 'ls', '-q'],
      ['network', 'ls', '-q'],
    ]) {
      assert.equal(execFileSync('docker', [...list, ...filter], { encoding: 'utf8' }), '');
    }
    show('no container, volume or network left');
  });
});
