import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Artifact, formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { withIntercept } from '../support/model-parts.ts';
import {
  eventually,
  postJson,
  root,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };

/** The credit model under other names, each with an intercept of its own. */
async function modelsNamed(names: readonly string[]): Promise<Artifact[]> {
  const credit = await loadArtifact(join(root, 'models/credit.json'));
  return names.map((name, i) => sealArtifact({ ...withIntercept(credit, i), name }));
}

describe('several models in one process', () => {
  let folder: string;
  let place: string;
  let service: TestService;
  const fileOf = (name: string) => join(place, `${name.replaceAll('/', '-')}.json`);
  const put = (artifact: Artifact) => writeFile(fileOf(artifact.name), formatArtifact(artifact));
  const getJson = async (url: string) => {
    const response = await fetch(url);
    return { status: response.status, body: (await response.json()) as any };
  };
  const metrics = async () => (await fetch(`${service.admin}/metrics`)).text();
  const names = ['churn', 'credit', 'fraud / EU'];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-several-'));
    place = join(folder, 'served');
    await mkdir(place);
    for (const artifact of await modelsNamed(names)) await put(artifact);
    await writeFile(join(place, '.hidden.json'), '{');
    await writeFile(join(place, 'notes.txt'), 'no model');
    service = await startTestService({ MODEL_PATH: place }, folder);
  });
  after(() => service?.stop());

  it('are said at the start and listed, with more for the operator', async () => {
    const said = service.stderr().match(/^Model .*$/gm) ?? [];
    assert.deepEqual(
      said.map((line) => /^Model {4}(.*) \w+, 3 features$/.exec(line)?.[1]),
      names,
    );
    assert.match(service.stderr(), /^Try .*\/models\/churn\/predict -H/m);
    const { body } = await getJson(`${service.api}/models`);
    assert.equal(body.default, null);
    assert.deepEqual(
      body.models.map(({ name, kind, predicts }: any) => [name, kind, predicts]),
      names.map((name) => [name, 'binary', true]),
    );
    const { body: details } = await getJson(`${service.admin}/models`);
    assert.deepEqual(details.models[0].features, ['age', 'limit', 'history']);
    assert.equal(details.models[0].file, fileOf('churn'));
    assert.deepEqual(details.models[0].predictions, { good: 0, bad: 0 });
  });

  it('answer by their names, and are counted apart', async () => {
    const scores = new Set<number>();
    for (const [i, name] of names.entries()) {
      for (let count = 0; count <= i; count++) {
        const path = `/models/${encodeURIComponent(name)}/predict`;
        const { status, body } = await postJson(`${service.api}${path}`, row);
        assert.equal(status, 200);
        assert.equal(body.model.name, name);
        scores.add(body.score);
      }
    }
    assert.equal(scores.size, names.length);
    const text = await metrics();
    for (const [i, name] of names.entries()) {
      assert.equal(seriesValue(text, 'model_score_count', { model: name }), i + 1);
      assert.equal(seriesValue(text, 'model_info', { model: name }), 1);
    }
    const requests = seriesValue(text, 'http_server_request_duration_seconds_count', {
      http_route: '/models/:name/predict',
      http_response_status_code: '200',
    });
    assert.equal(requests, 6);
    const { body } = await getJson(`${service.admin}/models`);
    const { predictions } = body.models[2];
    assert.equal(predictions.good + predictions.bad, 3);
  });

  it('are listed by their paths if none or an unknown one is named', async () => {
    const unnamed = await postJson(`${service.api}/predict`, row);
    assert.equal(unnamed.status, 404);
    assert.equal(unnamed.body.type, 'urn:vigia:problem:not-found');
    assert.match(
      unnamed.body.detail,
      /several models: see \/models\/churn\/predict, \/models\/credit\/predict, /,
    );
    const unknown = await postJson(`${service.api}/models/none/predict`, row);
    assert.equal(unknown.status, 404);
    assert.match(unknown.body.detail, /see \/models/);
    const { status, body } = await getJson(`${service.admin}/drift`);
    assert.equal(status, 404);
    assert.match(body.detail, /choose with \?model=churn, \?model=credit, \?model=fraud%20%2F%20EU/);
  });

  it('have a description each in one OpenAPI document', async () => {
    const { body } = await getJson(`${service.api}/openapi.json`);
    assert.deepEqual(
      Object.keys(body.paths).filter((path) => path.endsWith('/predict')),
      ['/models/churn/predict', '/models/credit/predict', '/models/fraud%20%2F%20EU/predict'],
    );
    const operations = Object.values<any>(body.paths).flatMap((path) => Object.values<any>(path));
    const ids = operations.map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    const { oneOf } =
      body.paths['/models/fraud%20%2F%20EU/predict'].post.requestBody.content['application/json'].schema;
    assert.equal(oneOf[0].$ref, '#/components/schemas/fraud___EU.Input');
    assert.deepEqual(Object.keys(body.components.schemas['fraud___EU.Input'].properties), [
      'age',
      'limit',
      'history',
    ]);
  });

  it('are requested one at a time: drift, performance, the page', async () => {
    const query = `?model=${encodeURIComponent('fraud / EU')}`;
    const drift = await getJson(`${service.admin}/drift${query}`);
    assert.equal(drift.body.model.name, 'fraud / EU');
    assert.equal(drift.body.windows['10m'].score.samples, 3);
    const performance = await getJson(`${service.admin}/performance${query}`);
    assert.deepEqual(
      performance.body.models.map(({ model }: any) => model.name),
      ['fraud / EU'],
    );
    const all = await getJson(`${service.admin}/performance`);
    assert.equal(all.body.models.length, 3);
    const page = await (await fetch(`${service.admin}/${query}`)).text();
    assert.match(page, /Model fraud \/ EU, version/);
    assert.match(page, /<a href="\/\?model=churn">churn<\/a>/);
    assert.match(page, /<a href="\/\?model=fraud%20%2F%20EU" aria-current="page">/);
    assert.match(page, /href="\/drift\?model=fraud%20%2F%20EU"/);
    assert.equal((await fetch(`${service.admin}/?model=none`)).status, 404);
    assert.equal((await fetch(`${service.admin}/performance?model=none`)).status, 404);
  });

  it('take observations by their names', async () => {
    const url = (name: string) => `${service.admin}/models/${name}/observations`;
    const { status, body } = await postJson(url('credit'), { features: row, score: 0.3 });
    assert.deepEqual([status, body.accepted], [202, 1]);
    assert.equal(seriesValue(await metrics(), 'model_score_count', { model: 'credit' }), 3);
    assert.equal((await postJson(url('none'), { features: row, score: 0.3 })).status, 404);
    const unnamed = await postJson(`${service.admin}/observations`, { features: row, score: 0.3 });
    assert.match(unnamed.body.detail, /see \/models\/churn\/observations, /);
  });

  it('get traffic by their names', async () => {
    const send = (args: string[]) =>
      promisify(execFile)(
        process.execPath,
        ['bin/vigia.cjs', 'traffic', '--url', service.api, '--count', '5', '--rate', '500', ...args],
        { cwd: root },
      );
    const before = seriesValue(await metrics(), 'model_score_count', { model: 'fraud / EU' }) ?? 0;
    await send(['--model-name', 'fraud / EU']);
    assert.equal(seriesValue(await metrics(), 'model_score_count', { model: 'fraud / EU' }), before + 5);
    await assert.rejects(
      send([]),
      /POST \/predict: there are \/models\/churn\/predict, .*: choose with --model-name/,
    );
  });

  it('take outcomes of each, by the id alone', async () => {
    const { body } = await postJson(`${service.api}/models/churn/predict`, row);
    const receipt = await postJson(`${service.admin}/outcomes`, { id: body.id, outcome: 'bad' });
    assert.equal(receipt.body.accepted, 1);
    const count = (model: string, text: string) => {
      const lines = text
        .split('\n')
        .filter((line) => line.startsWith('model_outcomes_total{') && line.includes(`model="${model}"`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    };
    const text = await metrics();
    assert.deepEqual(
      ['churn', 'credit'].map((name) => count(name, text)),
      [1, 0],
    );
  });

  it('show the verdict of each on the page of any', async () => {
    const old = Array.from({ length: 300 }, () => ({ features: { ...row, age: 70 }, score: 0.3 }));
    assert.equal((await postJson(`${service.admin}/models/churn/observations`, old)).body.accepted, 300);
    // those of other models are computed once a second
    await eventually(async () => {
      const page = await (await fetch(`${service.admin}/?model=credit`)).text();
      const [, links] = /<nav [^>]*aria-label="Models">(.*)<\/nav>/.exec(page) ?? assert.fail(page);
      const verdicts = links.matchAll(/>([^<]+)<\/a> <span class="badge (\w+)">/g);
      assert.deepEqual(
        [...verdicts].map(([, name, verdict]) => [name, verdict]),
        [
          ['churn', 'drifting'],
          ['credit', 'undetermined'],
          ['fraud / EU', 'undetermined'],
        ],
      );
    });
  });

  it('come, change and go by SIGHUP; a broken file leaves its model unchanged', async () => {
    const before = service.logLines().length;
    const [, , , uplift] = await modelsNamed([...names, 'uplift']);
    const credit = withIntercept(await loadArtifact(fileOf('credit')), 1);
    await put(credit);
    await put(uplift);
    await writeFile(fileOf('churn'), '{ broken');
    await rm(fileOf('fraud / EU'));
    service.process.kill('SIGHUP');
    const lines = () =>
      service
        .logLines()
        .slice(before)
        .filter(({ event }) => event === 'reload');
    await eventually(() => assert.equal(lines().length, 4));
    const said = new Map(lines().map(({ model, msg }) => [model, String(msg)]));
    assert.match(said.get('credit') ?? '', /^answers from now on/);
    assert.match(said.get('uplift') ?? '', /^answers from now on/);
    assert.match(said.get('churn') ?? '', /^the model in service stays: .*churn\.json/);
    assert.match(said.get('fraud / EU') ?? '', /^no longer answers: its file is gone/);
    const { body } = await getJson(`${service.api}/models`);
    assert.deepEqual(
      body.models.map(({ name }: any) => name),
      ['churn', 'credit', 'uplift'],
    );
    assert.equal(
      (await postJson(`${service.api}/models/credit/predict`, row)).body.model.version,
      credit.version,
    );
    assert.equal((await postJson(`${service.api}/models/churn/predict`, row)).status, 200);
    assert.equal((await postJson(`${service.api}/models/fraud%20%2F%20EU/predict`, row)).status, 404);
    // what it had counted is still there to be scraped
    assert.equal(seriesValue(await metrics(), 'model_score_count', { model: 'fraud / EU' }), 8);
    const { body: details } = await getJson(`${service.admin}/models`);
    assert.deepEqual(
      details.retired.map(({ name }: any) => name),
      ['fraud / EU'],
    );
  });

  it('of one name are refused both, and the one in service stays', async () => {
    const before = service.logLines().length;
    await copyFile(fileOf('credit'), join(place, 'again.json'));
    service.process.kill('SIGHUP');
    const errors = () =>
      service
        .logLines()
        .slice(before)
        .filter(({ level }) => level === 50)
        .map(({ msg }) => String(msg));
    await eventually(() => assert.equal(errors().length, 3));
    assert.ok(
      errors().some((msg) =>
        /^the model in service stays: .*credit\.json: .* is also used by .*again\.json/.test(msg),
      ),
    );
    assert.ok(
      errors().some((msg) =>
        /^the file is ignored: .*again\.json: .* is also used by .*credit\.json/.test(msg),
      ),
    );
    assert.equal((await postJson(`${service.api}/models/credit/predict`, row)).status, 200);
    assert.equal((await getJson(`${service.api}/models`)).body.models.length, 3);
  });
});

describe('DEFAULT_MODEL', () => {
  it('names the model that answers if the path names none, which must exist', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-default-'));
    const paths: string[] = [];
    for (const artifact of await modelsNamed(['churn', 'credit'])) {
      paths.push(join(folder, `${artifact.name}.json`));
      await writeFile(paths.at(-1) ?? '', formatArtifact(artifact));
    }
    const env = { MODEL_PATH: paths.join(', ') };
    await assert.rejects(
      startTestService({ ...env, DEFAULT_MODEL: 'fraud' }),
      /DEFAULT_MODEL=fraud: there is no model fraud, only churn, credit/,
    );
    const service = await startTestService({ ...env, DEFAULT_MODEL: 'credit' }, folder);
    try {
      const { body } = await postJson(`${service.api}/predict`, row);
      assert.equal(body.model.name, 'credit');
      const drift = (await (await fetch(`${service.admin}/drift`)).json()) as any;
      assert.equal(drift.model.name, 'credit');
      const document = (await (await fetch(`${service.api}/openapi.json`)).json()) as any;
      assert.deepEqual(
        Object.keys(document.paths).filter((path) => path.endsWith('/predict')),
        ['/predict', '/models/churn/predict', '/models/credit/predict'],
      );
    } finally {
      await service.stop();
    }
  });
});
