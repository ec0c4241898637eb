import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import {
  eventually,
  postJson,
  root,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };

describe('a new model, by SIGHUP', () => {
  let service: TestService;
  let path: string;
  let first: string;
  let second: string;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    path = join(folder, 'model.json');
    await copyFile(join(root, 'models/credit.json'), path);
    service = await startTestService({ MODEL_PATH: path }, folder);
    first = (await postJson(`${service.api}/predict`, row)).body.model.version;
  });
  after(() => service.stop());

  const reloads = () => service.logLines().filter(({ event }) => event === 'reload');
  const hangUp = async () => {
    const before = reloads().length;
    service.process.kill('SIGHUP');
    return eventually(() => {
      assert.ok(reloads().length > before);
      return reloads().at(-1);
    });
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

  it('answers from then on, without a request failing meanwhile, and is counted apart', async () => {
    const { version, ...content } = await loadArtifact(path);
    const next = sealArtifact({ ...content, intercept: content.intercept + 1 });
    second = next.version;
    assert.notEqual(second, version);
    let isDone = false;
    const answers: { status: number; body: any }[] = [];
    const traffic = (async () => {
      while (!isDone) answers.push(await postJson(`${service.api}/predict`, row));
    })();
    await writeFile(path, JSON.stringify(next));
    await hangUp();
    await eventually(() => assert.equal(answers.at(-1)?.body.model.version, second));
    isDone = true;
    await traffic;
    assert.ok(answers.every(({ status }) => status === 200));
    const scores = new Map(answers.map(({ body }) => [body.model.version, body.score]));
    assert.ok(scores.get(second) > (scores.get(first) ?? 1));

    const text = await (await fetch(`${service.admin}/metrics`)).text();
    const seen = (of: string) =>
      seriesValue(text, 'model_feature_value_count', { version: of, feature: 'age' }) ?? Number.NaN;
    const answered = (of: string) => answers.filter(({ body }) => body.model.version === of).length;
    assert.equal(seen(second), answered(second));
    assert.equal(seen(first), answered(first) + 2);
    assert.equal(seriesValue(text, 'model_info', { version: second }), 1);
    assert.equal(seriesValue(text, 'model_info', { version: first }), undefined);
  });

  it('goes on counting where it stopped when it comes back', async () => {
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
});
