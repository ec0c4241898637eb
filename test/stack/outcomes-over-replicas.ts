import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { loadArtifact } from '../../src/model/artifact.ts';
import { createRandom } from '../../src/stats/random.ts';
import {
  type Counted,
  exactFigures,
  expectSameCounts,
  expectSameFigures,
  outcomeMetrics,
  type Sample,
} from '../support/outcome-agreement.ts';
import {
  addReceipt,
  type Label,
  makePredictions,
  mixLabels,
  type Replica,
  reportLabels,
} from '../support/outcome-traffic.ts';
import { requireTool } from '../support/tools.ts';
import { lastValues, type Prometheus } from './engines.ts';
import { servicesThatReach } from './reachable.ts';
import type { Replicas } from './replicas.ts';
import { show } from './show.ts';
import { type Stack, scrapeInterval } from './stack.ts';
import { until } from './until.ts';

const predictions = 5000;
const selector = '{model="credit", source="realised", window="10m"}';
const duplicates = 700;
const forgeries = 300;
/** How far that may move a figure: it stretches all series of a replica alike, but not all replicas. */
const figureTolerance = 0.005;

/** Of Valkey. A quote and a backslash have to reach it as they are. */
const password = `"\\${randomBytes(24).toString('base64')}`;

type Container = Replica & { readonly id: string };

/**
 * Registers the tests of outcomes over three replicas that share a store. They restart the replicas, with keys and a
 * token, and leave two of them.
 *
 * @param context is asked for only when the tests run
 */
export function proveOutcomes(
  context: () => { readonly stack: Stack; readonly prometheus: Prometheus; readonly replicas: Replicas },
): void {
  const random = createRandom(23);
  let containers: Container[];
  let startedMs: number;
  /** What `/performance` of each replica showed last. */
  const shown = new Map<Container, unknown>();
  let counted: Counted[];
  let evaluation: any;
  /** When the rules were evaluated after the last outcome; later the first ones leave the shortest window. */
  let recordedAt: number;

  it('takes each of 5,000 outcomes once over three replicas that share a Valkey, one of them killed', async () => {
    const { stack, replicas } = context();
    containers = await startReplicas(stack);
    await replicas.scraped(3);
    startedMs = Date.now();
    const artifact = await loadArtifact('models/credit.json');
    const made = await makePredictions(artifact, predictions, containers, random);
    await until('a sample of every prediction', 30, async () =>
      (await countLines('input_samples.jsonl')) === predictions ? true : undefined,
    );

    const labels = mixLabels(made, artifact.output, { duplicates, forgeries }, random);
    const half = labels.length / 2;
    const [first, second, killed] = containers;
    const heard: Label[] = [];
    const receipt = await reportLabels(labels.slice(0, half), containers, random, (batch, replica) => {
      if (replica === killed) heard.push(...batch);
    });
    await replicas.scraped(3);
    await observe(killed);
    await stack.docker('kill', '--signal', 'KILL', killed.id);
    const ofKilled = receipt.accepted;
    addReceipt(receipt, await reportLabels(labels.slice(half), [first, second], random));
    // What only the dead replica had heard comes once more: the others know of it.
    const again = heard.slice(0, 500);
    const repeated = await reportLabels(again, [first, second], random);
    await observe(first);
    await observe(second);
    await replicas.scraped(2);
    recordedAt = await replicas.recorded(`model:performance_samples${selector}`);

    assert.equal(repeated.accepted, 0);
    assert.ok(repeated.duplicate > 0.8 * again.length);
    assert.equal(receipt.accepted, predictions);
    assert.equal(receipt.expired, 0);
    assert.equal(receipt.accepted + receipt.duplicate + receipt.invalid.length, labels.length);
    assert.ok(receipt.invalid.filter(({ reason }) => reason === 'invalid_id').length >= forgeries);
    assert.equal(await countLines('outcomes.jsonl'), predictions);
    show(
      `${labels.length} labels: ${ofKilled} outcomes before the kill, ${receipt.accepted} in all, ` +
        `${receipt.duplicate} duplicates, ${receipt.invalid.length} forgeries; ${again.length} sent again, none counted`,
    );
  });

  it('lets none but the service reach Valkey, and only those that work with it reach the service', async () => {
    const { stack } = context();
    const watching = ['prometheus', 'collector', 'alertmanager', 'grafana', 'jaeger', 'webhook'];
    const toValkey = await servicesThatReach(stack, 'valkey', 6379, ['app', ...watching]);
    const toAdmin = await servicesThatReach(stack, 'app', 9464, [...watching, 'valkey']);
    assert.deepEqual(toValkey, ['app']);
    assert.deepEqual(toAdmin, ['prometheus', 'collector', 'valkey']);
    assert.match(await stack.exec('valkey', 'valkey-cli', 'ping'), /^NOAUTH /);
    show(
      `Valkey's port: ${toValkey}; the admin port: ${toAdmin}; without its password Valkey answers NOAUTH`,
    );
  });

  it('shows the password of Valkey neither in its containers nor in their processes', async () => {
    const { stack } = context();
    const ids = await Promise.all([stack.container('valkey', 1), stack.container('app', 1)]);
    const seen = [await stack.docker('inspect', ...ids)];
    for (const id of ids) {
      seen.push(await stack.docker('top', id, '-eo', 'pid,args'));
      const files = '/proc/1/cmdline /proc/1/environ';
      seen.push(
        await stack.docker('exec', id, 'sh', '-c', `cat ${files} /proc/[0-9]*/cmdline | tr '\\0' '\\n'`),
      );
    }
    for (const text of seen) assert.ok(!text.includes(password.slice(2)));
    assert.match(seen.join(), /outcome_dedup_password/);
  });

  it('has the same counts in Prometheus, in the services and in `npm run evaluate`', async () => {
    const { prometheus } = context();
    counted = await readCounters(prometheus, startedMs);
    assert.equal(counted.length, 3, 'the dead replica too, which nobody has started again');
    evaluation = await evaluate();
    expectSameCounts(predictions, counted, [...shown.values()], evaluation);
    const { truePositives, falsePositives, trueNegatives, falseNegatives } = evaluation.confusion;
    show(`${truePositives} + ${trueNegatives} decided right, ${falsePositives} + ${falseNegatives} wrong`);
  });

  it('has the same figures in all of them, the AUC within the bound of 50 score bins', async function () {
    await expectSameFigures(requireTool(this, 'promtool'), counted, evaluation);
    const { rocAuc, binned } = evaluation;
    show(exactFigures.map(([name]) => `${name} ${evaluation[name].toFixed(4)}`).join(', '));
    show(
      `AUC ${rocAuc.toFixed(4)}, over bins ${binned.rocAuc.toFixed(4)} ± ${binned.rocAucMaxError.toFixed(4)}`,
    );
  });

  it('has recorded them too, as near as increase() comes', async () => {
    const { prometheus } = context();
    const then = (name: string) => prometheus.query(`${name}${selector} @ ${recordedAt}`);
    const samples = (await then('model:performance_samples'))[0].values[0][1];
    // Beyond what was counted, `increase()` may go by a scrape interval, as a share of the time for which Prometheus has
    // seen a replica. Below it cannot be, for the counters were seen at 0.
    const extrapolation = (2 * Number.parseInt(scrapeInterval, 10)) / (recordedAt - startedMs / 1000);
    const excess = samples / predictions - 1;
    assert.ok(excess > -1e-6 && excess < extrapolation, `${samples} outcomes`);
    const recorded = await then('model:performance');
    const found = new Map(recorded.map(({ metric, values }) => [metric.metric, values[0][1]]));
    const expected = [
      ...exactFigures.map(([name, metric]) => [metric, evaluation[name]] as const),
      ['calibration_error', evaluation.expectedCalibrationError] as const,
      ['roc_auc', evaluation.binned.rocAuc] as const,
    ];
    for (const [metric, value] of expected) {
      const distance = Math.abs((found.get(metric) ?? Number.NaN) - value);
      assert.ok(distance < figureTolerance, `${metric}: ${found.get(metric)}, not ${value}`);
    }
    const figures = expected.map(([metric]) => `${metric} ${found.get(metric)?.toFixed(4)}`);
    show(`${samples.toFixed(0)} outcomes, ${figures.join(', ')}`);
  });

  it('leaves the killed replica dead', async () => {
    const { stack } = context();
    const format = '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}';
    const states = await stack.docker('inspect', '--format', format, ...containers.map(({ id }) => id));
    assert.deepEqual(states.trim().split('\n'), ['running 0 0', 'running 0 0', 'exited 137 0']);
  });

  async function observe(container: Container): Promise<void> {
    const script = "fetch('http://127.0.0.1:9464/performance').then((r) => r.text()).then(console.log)";
    const { models } = JSON.parse(await context().stack.docker('exec', container.id, 'node', '-e', script));
    shown.set(container, models[0]);
  }

  /** In the folders of all replicas, on the volume that they share. */
  async function countLines(name: string): Promise<number> {
    return Number(
      await context().stack.exec('app', 'sh', '-c', `cat /app/logs/replica-[123]/${name} | wc -l`),
    );
  }

  /** Of the files of all replicas, that of the killed one among them, which it finds by the service's settings. */
  async function evaluate(): Promise<unknown> {
    return JSON.parse(await context().stack.exec('app', 'vigia', 'evaluate', '--json'));
  }
}

/**
 * Three new replicas on a new volume, with one key, a token for outcomes and a store to share, as docs/scaling.md says.
 * They serve the committed model alone.
 */
async function startReplicas(stack: Stack): Promise<Container[]> {
  const token = randomBytes(24).toString('hex');
  stack.configure({
    COMPOSE_PROFILES: 'replicas',
    MODEL_PATH: '',
    SHADOW_MODELS: '',
    OUTCOME_DEDUP_URL: 'redis://valkey:6379',
    OUTCOME_DEDUP_PASSWORD_FILE: stack.writeFile('outcome-dedup-password', `${password}\n`),
    OUTCOME_KEY_FILE: stack.writeFile('outcome-key', randomBytes(32).toString('base64')),
    OUTCOMES_TOKEN_FILE: stack.writeFile('outcomes-token', token),
  });
  await stack.compose('rm', '--stop', '--force', 'app');
  await stack.docker('volume', 'rm', `${stack.project}_samples`);
  await stack.up(3);
  const headers = { authorization: `Bearer ${token}` };
  return Promise.all(
    [1, 2, 3].map(async (index) => {
      const id = await stack.container('app', index);
      const url = await stack.url('app', 8000, index);
      return { id, headers, predictUrl: `${url}/predict`, outcomesUrl: `${url}/outcomes` };
    }),
  );
}

/** The last value that Prometheus saw of every series of each replica since a time, that of the dead one as well. */
async function readCounters(prometheus: Prometheus, sinceMs: number): Promise<Counted[]> {
  const seconds = Math.ceil((Date.now() - sinceMs) / 1000);
  const series = await prometheus.query(`{__name__=~"${outcomeMetrics}", job="vigia"}[${seconds}s]`);
  const replicas = new Map<string, Sample[]>();
  for (const { metric, values } of series) {
    const { __name__: name, instance, ...labels } = metric;
    const runs = lastValues(values);
    if (name.endsWith('_total')) assert.equal(runs.length, 1, `${name} of ${instance} began again`);
    const samples = replicas.get(instance) ?? [];
    samples.push({ metric: name, labels, value: runs[runs.length - 1] });
    replicas.set(instance, samples);
  }
  return [...replicas.values()];
}
