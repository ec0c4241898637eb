import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadArtifact } from '../../src/model/artifact.ts';
import { createRandom } from '../../src/stats/random.ts';
import { freePort } from '../support/free-port.ts';
import {
  type Counted,
  expectSameCounts,
  expectSameFigures,
  readCounted,
  sumOf,
} from '../support/outcome-agreement.ts';
import {
  addReceipt,
  type Label,
  makePredictions,
  mixLabels,
  type Prediction,
  type Receipt,
  reportLabels,
} from '../support/outcome-traffic.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { eventually, readJsonLines, root, startTestService, type TestService } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

const predictions = 5000;
const duplicates = 700;
const forgeries = 300;
const random = createRandom(17);

async function scrape({ admin }: TestService): Promise<Counted> {
  return readCounted(await (await fetch(`${admin}/metrics`)).text());
}

const toReplica = ({ api, admin }: TestService) => ({
  predictUrl: `${api}/predict`,
  outcomesUrl: `${admin}/outcomes`,
});

describe('outcomes over three replicas that share a Redis', () => {
  let folder: string;
  let redis: TestRedis;
  let replicas: TestService[];
  let made: Prediction[];
  const receipt: Receipt = { accepted: 0, duplicate: 0, expired: 0, invalid: [] };
  /** The last that Prometheus saw of each replica. */
  const scraped = new Map<TestService, Counted>();
  /** What each replica said of itself at that time. */
  const shown = new Map<TestService, any>();
  /** Outcomes that one replica counted after its last scrape, and before it was killed. */
  const gap = 40;
  let beforeGap: Counted;

  async function observe(replica: TestService): Promise<void> {
    scraped.set(replica, await scrape(replica));
    const { models } = (await (await fetch(`${replica.admin}/performance`)).json()) as any;
    shown.set(replica, models[0]);
  }

  async function report(labels: readonly Label[], to: readonly TestService[]): Promise<void> {
    addReceipt(receipt, await reportLabels(labels, to.map(toReplica), random));
  }

  before(async function () {
    const program = requireTool(this, 'redis-server');
    const artifact = await loadArtifact('models/credit.json');
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

    made = await makePredictions(artifact, predictions, replicas.map(toReplica), random);
    for (const replica of replicas) {
      await eventually(async () => {
        const expected = Math.ceil((predictions - replicas.indexOf(replica)) / 3);
        assert.equal((await readJsonLines(replica.samplesPath)).length, expected);
      });
    }

    const all = mixLabels(made, artifact.output, { duplicates, forgeries }, random);
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
      '--live',
      `${folder}/*/input_samples*.jsonl`,
      '--json',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, ['bin/vigia.cjs', 'evaluate', ...args], {
      cwd: root,
      maxBuffer: 2 ** 26,
    });
    return JSON.parse(stdout);
  };

  it('accepts every outcome once, and recognises duplicates and forgeries', () => {
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
    expectSameCounts(predictions, [...scraped.values()], [...shown.values()], await evaluate());
  });

  it('gives the figures of the files in Prometheus, the AUC within its bound', async function () {
    await expectSameFigures(requireTool(this, 'promtool'), [...scraped.values()], await evaluate());
  });

  it('misses exactly what a killed replica counted after its last scrape', async () => {
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
