import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Artifact, loadArtifact } from '../../src/model/artifact.ts';
import { createRandom } from '../../src/stats/random.ts';
import { drawFromReference } from '../../src/traffic/reference-rows.ts';
import { near } from '../otel/support/near.ts';
import { runRuleTest } from '../otel/support/promtool.ts';
import type { Series } from '../otel/support/series.ts';
import { freePort, startRedis, type TestRedis } from '../support/redis.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  root,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

const predictions = 5000;
const duplicates = 700;
const forgeries = 300;
const random = createRandom(17);

type Prediction = { readonly id: string; readonly score: number; readonly prediction: string };
type Label = { readonly id: string; readonly outcome: string };
type Receipt = { accepted: number; duplicate: number; expired: number; invalid: { reason: string }[] };

const figures = ['accuracy', 'precision', 'recall', 'f1', 'brier', 'logLoss'] as const;

/** What the counters of one replica say: every series of the outcomes, by its name and labels. */
type Scrape = ReadonlyMap<string, number>;

async function scrape({ admin }: TestService): Promise<Scrape> {
  const text = await (await fetch(`${admin}/metrics`)).text();
  const lines = text.matchAll(/^(model_(?:score_bin|outcome|class|evaluation|training)\w*\{.*\}) (\S+)$/gm);
  return new Map([...lines].map(([, series, value]) => [series, Number(value)]));
}

const sumOf = (scrapes: Iterable<Scrape>, name: string) =>
  [...scrapes]
    .flatMap((one) => [...one])
    .reduce((sum, [series, value]) => (series.startsWith(`${name}{`) ? sum + value : sum), 0);

function shuffle<Item>(items: Item[]): Item[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}

/** Runs `work` over the items, a few at a time. */
async function inParallel<Item>(items: readonly Item[], lanes: number, work: (item: Item) => Promise<void>) {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

describe('outcomes over three replicas that share a Redis', function () {
  this.timeout(180_000);
  let folder: string;
  let redis: TestRedis;
  let artifact: Artifact;
  let replicas: TestService[];
  const made: Prediction[] = [];
  const receipt: Receipt = { accepted: 0, duplicate: 0, expired: 0, invalid: [] };
  /** The last that Prometheus saw of each replica. */
  const scraped = new Map<TestService, Scrape>();
  /** What each replica said of itself at that time. */
  const shown = new Map<TestService, any>();
  /** Outcomes that one replica counted after its last scrape, and before it was killed. */
  const gap = 40;
  let beforeGap: Scrape;

  async function observe(replica: TestService): Promise<void> {
    scraped.set(replica, await scrape(replica));
    const { models } = (await (await fetch(`${replica.admin}/performance`)).json()) as any;
    shown.set(replica, models[0]);
  }

  async function report(labels: readonly Label[], to: readonly TestService[]): Promise<void> {
    const batches: Label[][] = [];
    for (let i = 0; i < labels.length; ) {
      const size = 1 + Math.floor(random() * 150);
      batches.push(labels.slice(i, i + size));
      i += size;
    }
    await inParallel(batches, 6, async (batch) => {
      const { admin } = to[Math.floor(random() * to.length)];
      const { status, body } = await postJson(`${admin}/outcomes`, batch);
      assert.equal(status, 202);
      receipt.accepted += body.accepted;
      receipt.duplicate += body.duplicate;
      receipt.expired += body.expired;
      receipt.invalid.push(...body.invalid);
    });
  }

  before(async function () {
    const program = requireTool(this, 'redis-server');
    artifact = await loadArtifact('models/credit.json');
    folder = await mkdtemp(join(tmpdir(), 'vigia-replicas-'));
    redis = await startRedis(program, await freePort());
    const env = { OUTCOME_KEYS: 'the key of all replicas', OUTCOME_DEDUP_URL: redis.url };
    replicas = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        const home = join(folder, name);
        await mkdir(home);
        return startTestService({ ...env, SERVICE_INSTANCE: name }, home);
      }),
    );
    const [first, second, third] = replicas;

    const draw = drawFromReference(artifact, random);
    const rows = Array.from({ length: predictions }, draw);
    let turn = 0;
    await inParallel(rows, 24, async (row) => {
      const { api } = replicas[turn++ % 3];
      made.push((await postJson(`${api}/predict`, row)).body);
    });
    for (const replica of replicas) {
      await eventually(async () => {
        const expected = Math.ceil((predictions - replicas.indexOf(replica)) / 3);
        assert.equal((await readJsonLines(replica.samplesPath)).length, expected);
      });
    }

    const { negative, positive } = artifact.target;
    const labels = shuffle(
      made.map(({ id, score }) => ({ id, outcome: random() < score ? positive : negative })),
    );
    const others = (count: number) =>
      Array.from({ length: count }, () => labels[Math.floor(random() * labels.length)]);
    const forged = others(forgeries).map(({ id, outcome }, i) => {
      const place = Math.floor(random() * id.length);
      const damaged =
        i % 3 === 0
          ? id.slice(0, place)
          : id.slice(0, place) + (id[place] === 'x' ? 'y' : 'x') + id.slice(place + 1);
      return { id: damaged, outcome };
    });
    // a repetition may come first: then the other is the duplicate; one in ten says otherwise than the first
    const repeated = others(duplicates).map(({ id, outcome }, i) => ({
      id,
      outcome: i % 10 === 0 ? (outcome === positive ? negative : positive) : outcome,
    }));
    const all = shuffle([...labels, ...repeated, ...forged]);
    const half = all.length / 2;
    await report(all.slice(0, half), replicas);
    beforeGap = await scrape(third);
    const ofThird = await fetch(`${third.admin}/performance`);
    assert.ok(ofThird.ok);
    // what the replica counts from here on Prometheus never sees, unless it is scraped once more
    await report(all.slice(half, half + gap), [third]);
    await observe(third);
    await third.signal('SIGKILL');
    await report(all.slice(half + gap), [first, second]);
    // what only the dead replica had heard is sent again to the others
    await report(all.slice(0, 500), [first, second]);
    await observe(first);
    await observe(second);
  });
  after(async () => {
    await Promise.all((replicas ?? []).map((replica) => replica.stop()));
    await redis?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const evaluate = async () => {
    const args = [
      '--outcomes',
      `${folder}/*/outcomes*.jsonl`,
      '--samples',
      `${folder}/*/input_samples*.jsonl`,
      '--json',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, ['src/cli/evaluate.ts', ...args], {
      cwd: root,
      maxBuffer: 2 ** 26,
    });
    return JSON.parse(stdout);
  };

  it('takes every outcome once, and tells duplicates and forgeries', () => {
    assert.equal(receipt.accepted, predictions);
    assert.equal(receipt.invalid.filter(({ reason }) => reason === 'invalid_id').length >= forgeries, true);
    const sent = predictions + duplicates + forgeries + 500;
    assert.equal(receipt.accepted + receipt.duplicate + receipt.invalid.length, sent);
    assert.equal(receipt.expired, 0);
  });

  it('has one line on disk for each, over all replicas', async () => {
    const lines = (await Promise.all(replicas.map(({ outcomesPath }) => readJsonLines(outcomesPath)))).flat();
    assert.equal(lines.length, predictions);
    assert.deepEqual(new Set(lines.map(({ id }) => id)), new Set(made.map(({ id }) => id)));
  });

  it('counts the same in the counters, in the service and in the files', async () => {
    const evaluation = await evaluate();
    assert.equal(evaluation.samples, predictions);
    assert.deepEqual(evaluation.coverage.all, { predictions, labelled: predictions, share: 1 });
    const scrapes = [...scraped.values()];
    assert.equal(sumOf(scrapes, 'model_outcomes_total'), predictions);
    assert.equal(sumOf(scrapes, 'model_score_bin_predictions_total'), predictions);
    for (const cell of ['truePositives', 'falsePositives', 'trueNegatives', 'falseNegatives']) {
      const told = [...shown.values()].map(({ sinceStart }) => sinceStart.realised.confusion[cell]);
      assert.equal(
        told.reduce((sum, count) => sum + count, 0),
        evaluation.confusion[cell],
        cell,
      );
    }
    const mean = (name: string) => sumOf(scrapes, name) / predictions;
    assert.ok(Math.abs(mean('model_outcome_squared_errors_total') - evaluation.brier) < 1e-9);
    assert.ok(Math.abs(mean('model_outcome_log_losses_total') - evaluation.logLoss) < 1e-9);
  });

  it('gives the figures of the files in Prometheus, the AUC within its bound', async function () {
    const promtool = requireTool(this, 'promtool');
    const evaluation = await evaluate();
    const at = '10m';
    const labels = { source: 'realised', window: '1h' };
    const figure = (metric: string, value: number, error = 1e-9) =>
      near(at, 'model:performance', { ...labels, metric }, value, error);
    await runRuleTest(promtool, {
      name: 'the counters of three replicas',
      files: ['model-performance'],
      pace: 'minute',
      series: [...scraped].flatMap(([, series], i) => toSeries(series, `replica-${i}`)),
      queries: [
        near(at, 'model:performance_samples', labels, predictions, 1e-6),
        ...figures.map((name) => figure(name === 'logLoss' ? 'log_loss' : name, evaluation[name])),
        figure('calibration_error', evaluation.expectedCalibrationError),
        figure('calibration_error', evaluation.binned.expectedCalibrationError),
        figure('roc_auc', evaluation.binned.rocAuc),
        figure('roc_auc', evaluation.rocAuc, evaluation.binned.rocAucMaxError),
        near(at, 'model:roc_auc_max_error', labels, evaluation.binned.rocAucMaxError, 1e-9),
        near(at, 'model:coverage', { window: '1h' }, 1, 1e-9),
      ],
    });
    assert.ok(evaluation.binned.rocAucMaxError < 0.05);
  });

  it('would miss exactly what a killed replica counted after its last scrape', async () => {
    const [first, second, third] = replicas;
    const last = scraped.get(third);
    assert.ok(last);
    const missed = sumOf([last], 'model_outcomes_total') - sumOf([beforeGap], 'model_outcomes_total');
    assert.ok(missed > 0 && missed <= gap);
    const seen = [scraped.get(first), scraped.get(second), beforeGap].filter((one) => one !== undefined);
    const evaluation = await evaluate();
    assert.equal(evaluation.samples - sumOf(seen, 'model_outcomes_total'), missed);
  });
});

/** A counter that was 0 and is what was scraped from the next minute on; a gauge that always was. */
function toSeries(scrape: Scrape, instance: string): Series[] {
  return [...scrape].map(([series, value]) => {
    const [, metric, text] = /^(\w+)\{(.*)\}$/.exec(series) ?? [];
    const pairs = [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, label]) => [name, label]);
    const isCounter = /_(total|count|sum|bucket)$/.test(metric);
    return {
      metric,
      labels: { ...Object.fromEntries(pairs), job: 'vigia', instance },
      values: isCounter ? `0 ${value}x20` : `${value}x21`,
    };
  });
}
