import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { withWeights } from '../support/model-parts.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';

const usable = { age: 33, limit: 2000, history: 'good' };

async function figures({ admin }: TestService) {
  const get = async (path: string) => (await fetch(`${admin}${path}`)).text();
  return {
    metrics: await get('/metrics'),
    drift: JSON.parse(await get('/drift')).windows['24h'],
    performance: JSON.parse(await get('/performance')).models[0].sinceStart,
    page: await get('/'),
  };
}

function assertFinite(exposition: string): void {
  assert.match(exposition, /^model_feature_value_sum\{/m);
  for (const line of exposition.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    assert.ok(Number.isFinite(Number(line.slice(line.lastIndexOf(' ') + 1))), line);
  }
}

describe('a model with steep slopes, and extreme numbers', () => {
  let service: TestService;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const path = join(folder, 'model.json');
    const credit = await loadArtifact('models/credit.json');
    const slopes = new Map([
      ['age', 1e30],
      ['limit', -1e30],
    ]);
    const steep = withWeights(credit, (weights) =>
      weights.kind === 'numeric'
        ? { ...weights, coefficient: slopes.get(weights.name) ?? weights.coefficient }
        : weights,
    );
    await writeFile(path, JSON.stringify(sealArtifact(steep)));
    service = await startTestService({ MODEL_PATH: path, OUTCOME_MATURITY_DAYS: '0' }, folder);
  });
  after(() => service.stop());

  it('gives a score from 0 to 1, with reasons, where the contributions would be ∞ − ∞', async () => {
    const row = { age: 1.7e308, limit: 1.7e308, history: 'good' };
    const { status, body } = await postJson(`${service.api}/predict?explain=true`, row);
    assert.equal(status, 200);
    assert.ok(body.score > 0 && body.score < 1, `${body.score}: the two cancel each other out`);
    assert.deepEqual(
      body.reasons.slice(0, 2).map(({ logOdds }: { logOdds: number }) => Math.abs(logOdds)),
      [700, 700],
    );
    const sure = await postJson(`${service.api}/predict`, { ...row, age: -1e300 });
    assert.equal(sure.body.score, 0);
  });

  it('keeps every figure, sample and log line valid, even with the outcomes', async () => {
    const ids: string[] = [];
    for (const size of [Number.MAX_VALUE, -Number.MAX_VALUE, 1e300, 2 ** 53 + 2, 5e-324]) {
      for (const row of [
        { ...usable, age: size, limit: size },
        { ...usable, age: size, limit: -size },
      ]) {
        ids.push((await postJson(`${service.api}/predict`, row)).body.id);
      }
    }
    const outcomes = ids.map((id, i) => ({ id, outcome: i % 2 === 0 ? 'good' : 'bad' }));
    assert.equal((await postJson(`${service.admin}/outcomes`, outcomes)).body.accepted, ids.length);
    const { metrics, drift, performance, page } = await figures(service);
    assertFinite(metrics);
    assert.equal(drift.scoreShift.features.length, 3);
    for (const { shift } of drift.scoreShift.features) assert.ok(Math.abs(shift) <= 1400, String(shift));
    for (const figure of [performance.realised.brier, performance.realised.logLoss]) {
      assert.ok(Number.isFinite(figure), String(figure));
    }
    assert.doesNotMatch(page, /NaN|Infinity/);
    await eventually(async () => {
      const samples = await readJsonLines(service.samplesPath);
      assert.equal(samples.length, ids.length + 2);
      for (const { score } of samples) assert.ok(score >= 0 && score <= 1);
    });
    const logged = await eventually(() => {
      const lines = service.logLines().filter(({ event }) => event === 'predict');
      assert.equal(lines.length, ids.length + 2);
      return lines;
    });
    for (const { score } of logged) assert.ok(Number(score) >= 0 && Number(score) <= 1);
  });
});

describe('one number far beyond the reference', () => {
  let service: TestService;
  before(async () => {
    service = await startTestService();
  });
  after(() => service.stop());

  it('neither freezes the sums nor outweighs all other rows', async () => {
    for (const age of [1e308, 1e308, 1e300, 2 ** 60, -1e308]) {
      await postJson(`${service.api}/predict`, { ...usable, age });
    }
    const labels = { feature: 'age' };
    const before = await figures(service);
    assertFinite(before.metrics);
    assert.equal(seriesValue(before.metrics, 'model_feature_value_sum', labels), 0);
    for (let i = 0; i < 200; i++) await postJson(`${service.api}/predict`, usable);
    const { metrics, drift } = await figures(service);
    const value = (name: string, more = {}) => seriesValue(metrics, name, { ...labels, ...more });
    assert.equal(value('model_feature_value_sum'), 200 * usable.age);
    assert.equal(value('model_feature_value_count'), 205);
    assert.equal(value('model_feature_far_outside_range_total', { side: 'above' }), 4);
    assert.equal(value('model_feature_far_outside_range_total', { side: 'below' }), 1);
    assert.equal(value('model_feature_outside_range_total', { side: 'above' }), 4);
    const age = drift.features.find(({ name }: { name: string }) => name === 'age');
    assert.equal(age.farOutsideRange, 5 / 205);
    const moved = drift.scoreShift.features.find(({ name }: { name: string }) => name === 'age');
    assert.ok(Math.abs(moved.shift) < 1, `${moved.shift}`);
  });
});
