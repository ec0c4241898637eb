import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Artifact, formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { maxOthers, maxUnscraped } from '../../src/outcomes/kept-versions.ts';
import { firstScrapeMs } from '../../src/outcomes/known-model.ts';
import { scorerOf, withIntercept } from '../support/model-parts.ts';
import { creditVersions } from '../support/model-versions.ts';
import { halfSent } from '../support/raw-connection.ts';
import {
  eventually,
  postJson,
  root,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';

/** Kept for one model, besides the version that answers. */
const mostOthers = maxOthers + maxUnscraped;

const row = { age: 30, limit: 2000, history: 'good' };
const clients = 8;
const inFlight = 5;
/**
 * What a replaced model may leave behind: nothing, while a version takes some 1 MB. The bound allows for one-time
 * allocations, for the three files that are read each time, and for the measurement.
 */
const maxBytesPerReload = 32_768;

describe('a new model, by SIGHUP, beside two others', () => {
  let service: TestService;
  let path: string;
  let first: string;
  let second: string;
  const ids: string[] = [];

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    path = join(folder, 'model.json');
    await copyFile(join(root, 'models/credit.json'), path);
    const others = await Promise.all(
      ['churn', 'fraud'].map(async (name) => {
        const { version: _, ...content } = await loadArtifact(path);
        const other = join(folder, `${name}.json`);
        await writeFile(other, formatArtifact(sealArtifact({ ...content, name })));
        return other;
      }),
    );
    const programs = ['collect-garbage', 'movable-clock'].map(
      (name) => `--import=${fileURLToPath(new URL(`../faults/programs/${name}.ts`, import.meta.url))}`,
    );
    const env = {
      MODEL_PATH: [...others, path].join(','),
      DEFAULT_MODEL: 'credit',
      SHADOW_MODELS: 'churn',
      NODE_OPTIONS: ['--expose-gc', ...programs].join(' '),
      CLOCK_STEP_MS: String(firstScrapeMs),
    };
    service = await startTestService(env, folder);
    first = (await postJson(`${service.api}/predict`, row)).body.model.version;
  });
  after(() => service.stop());

  const reloads = () => service.logLines().filter(({ event }) => event === 'reload');
  const hangUp = async () => {
    const before = reloads().length;
    service.process.kill('SIGHUP');
    return eventually(() => {
      // a line for each of the three models, the one that changes last
      assert.ok(reloads().length >= before + 3);
      return reloads().at(-1);
    });
  };

  const scrape = async () => (await fetch(`${service.admin}/metrics`)).text();
  const versionsIn = (text: string) =>
    new Set([...text.matchAll(/[{,]model="credit",version="([^"]+)"/g)].map(([, of]) => of));
  // those of the runtime come one by one
  const modelLines = (text: string) => text.split('\n').filter((line) => line.startsWith('model_')).length;
  /** Lets enough time pass for everything exposed to have been scraped, and collects all garbage. */
  const pass = async () => {
    const at = async () => seriesValue(await scrape(), 'process_wall_clock_seconds') ?? Number.NaN;
    const before = await at();
    service.process.kill('SIGUSR2');
    await eventually(async () => assert.ok((await at()) >= before + firstScrapeMs / 1000));
  };
  const heapBytes = async () => {
    const measured: number[] = [];
    for (let i = 0; i < 3; i++) {
      await pass();
      const spaces = [...(await scrape()).matchAll(/^v8js_memory_heap_used_bytes\{.*\} (\S+)$/gm)];
      measured.push(spaces.reduce((sum, [, bytes]) => sum + Number(bytes), 0));
    }
    // what a scrape leaves behind is added to what is in use
    return Math.min(...measured);
  };

  it('is refused when it is garbage: the one in service stays', async () => {
    const text = await readFile(path, 'utf8');
    await writeFile(path, '{"formatVersion": 1');
    const line = await hangUp();
    assert.equal(line?.level, 50);
    assert.match(String(line?.msg), /stays: .*model\.json: not valid JSON/);
    assert.equal((await postJson(`${service.api}/predict`, row)).body.model.version, first);
    await writeFile(path, text);
  });

  it('answers from then on, each request wholly by one of the two, none failing, and is counted apart', async () => {
    const { version } = await loadArtifact(path);
    const next = withIntercept(await loadArtifact(path), 1);
    second = next.version;
    assert.notEqual(second, version);
    const scores = new Map([
      [first, scorerOf(await loadArtifact(path))(row)],
      [second, scorerOf(next)(row)],
    ]);
    let isDone = false;
    const answers: { status: number; body: any }[] = [];
    const traffic = Array.from({ length: clients }, async () => {
      while (!isDone) answers.push(await postJson(`${service.api}/predict`, row));
    });
    const held = await Promise.all(Array.from({ length: inFlight }, () => halfSent(service.api, row)));
    await writeFile(path, JSON.stringify(next));
    await hangUp();
    await eventually(() => assert.equal(answers.at(-1)?.body.model.version, second));
    isDone = true;
    await Promise.all(traffic);
    for (const { status, body } of answers) {
      assert.equal(status, 200);
      assert.equal(body.score, scores.get(body.model.version));
    }

    // began before the change, ends long after it: by the model it began with
    for (const { finish, received, socket } of held) {
      finish();
      const { body } = await eventually(() => {
        const [, text] = /HTTP\/1\.1 200 [\s\S]*\r\n\r\n(\{.*\})$/.exec(received()) ?? [];
        assert.ok(text);
        return { body: JSON.parse(text) };
      });
      socket.destroy();
      assert.equal(body.model.version, first);
      assert.equal(body.score, scores.get(first));
    }

    const text = await (await fetch(`${service.admin}/metrics`)).text();
    const seen = (name: string, of: string, labels = {}) =>
      seriesValue(text, name, { version: of, ...labels }) ?? Number.NaN;
    const answered = (of: string) => answers.filter(({ body }) => body.model.version === of).length;
    // and two from before: the first of all, and the one that the garbage did not stop
    const expected = new Map([
      [first, answered(first) + inFlight + 2],
      [second, answered(second)],
    ]);
    for (const [of, count] of expected) {
      const classes = ['good', 'bad'].map((prediction) =>
        seen('model_predictions_total', of, { prediction }),
      );
      assert.equal(classes[0] + classes[1], count);
      assert.equal(seen('model_feature_value_count', of, { feature: 'age' }), count);
      assert.equal(seen('model_score_count', of), count);
    }
    assert.ok((seriesValue(text, 'model_agreement_total', { version: second, shadow: 'churn' }) ?? 0) >= 0);
    assert.equal(seriesValue(text, 'model_info', { version: second }), 1);
    assert.equal(seriesValue(text, 'model_info', { version: first }), undefined);
  });

  it('continues counting where it stopped when it comes back', async () => {
    await copyFile(join(root, 'models/credit.json'), path);
    const count = async () => {
      const text = await (await fetch(`${service.admin}/metrics`)).text();
      return seriesValue(text, 'model_feature_value_count', { version: first, feature: 'age' }) ?? Number.NaN;
    };
    const before = await count();
    await hangUp();
    assert.equal((await postJson(`${service.api}/predict`, row)).body.model.version, first);
    assert.equal(await count(), before + 1);
  });

  it('changes nothing when it is the same', async () => {
    assert.equal((await hangUp())?.msg, 'is the same as before');
  });

  it('a hundred times in a row leaves memory and exposition as three do', async () => {
    const versions = await creditVersions(103);
    const replace = async (artifact: Artifact) => {
      await writeFile(path, JSON.stringify(artifact));
      await hangUp();
      const { body } = await postJson(`${service.api}/predict`, row);
      assert.equal(body.model.version, artifact.version);
      ids.push(body.id);
    };
    for (const artifact of versions.splice(1, 3)) await replace(artifact);
    const after3 = await scrape();
    assert.equal(versionsIn(after3).size, 1 + maxOthers);
    const usedAfter3 = await heapBytes();
    for (const artifact of versions.splice(1)) await replace(artifact);
    const text = await scrape();
    assert.equal(versionsIn(text).size, 1 + maxOthers);
    assert.equal(modelLines(text), modelLines(after3));
    const perReload = ((await heapBytes()) - usedAfter3) / (ids.length - 3);
    assert.ok(perReload < maxBytesPerReload, `${perReload} bytes of heap a reload`);
  });

  it('takes outcomes of all of them; versions that come back for these leave again', async () => {
    const outcomes = ids.map((id) => ({ id, outcome: 'good' }));
    const { status, body } = await postJson(`${service.admin}/outcomes`, outcomes);
    assert.equal(status, 202);
    assert.deepEqual(body, { accepted: ids.length, duplicate: 0, expired: 0, invalid: [] });
    const counted = new Map<string, number>();
    let text = '';
    const look = async () => {
      text = await scrape();
      const inUse = versionsIn(text);
      assert.ok(inUse.size <= 1 + mostOthers, `${inUse.size} versions are exposed`);
      for (const of of inUse) {
        const lines = text.matchAll(
          new RegExp(`^model_outcomes_total\\{.*version="${of}".*\\} (\\d+)$`, 'gm'),
        );
        counted.set(
          of,
          [...lines].reduce((sum, [, value]) => sum + Number(value), 0),
        );
      }
    };
    const held = () => seriesValue(text, 'outcomes_held') ?? Number.NaN;
    await look();
    // each scrape shows what counts by then, and lets further versions come back
    await eventually(async () => {
      await look();
      assert.equal(held(), 0);
    }, 30_000);
    assert.equal(counted.size, ids.length);
    assert.deepEqual(new Set(counted.values()), new Set([1]));
    await look();
    assert.equal(versionsIn(text).size, 1 + maxOthers);
  });
});
