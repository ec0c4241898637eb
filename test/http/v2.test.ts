import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  root,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { version } = await loadArtifact('models/credit.json');

/** Rows as tensors, one a feature. */
function tensors(rows: readonly Record<string, unknown>[]): any[] {
  return ['age', 'limit', 'history'].map((name) => ({
    name,
    shape: [rows.length, 1],
    datatype: name === 'history' ? 'BYTES' : 'FP64',
    data: rows.map((row) => row[name]),
  }));
}

const rows = Array.from({ length: 5 }, (_, i) => ({
  age: 30 + i,
  limit: 2000,
  history: i % 2 ? 'good' : 'delayed',
}));

describe('the Open Inference Protocol V2', () => {
  let service: TestService;
  let model: string;

  before(async () => {
    service = await startTestService();
    model = `${service.api}/v2/models/credit`;
  });
  after(() => service?.stop());

  const get = async (path: string) => {
    const response = await fetch(service.api + path);
    return { status: response.status, body: (await response.json()) as any };
  };
  const infer = (body: unknown, headers: Record<string, string> = {}) =>
    postJson(`${model}/infer`, body, headers);
  const inferTensors = (inputs: unknown, more: object = {}) => infer({ inputs, ...more });
  const changed = (i: number, change: object) => tensors(rows).with(i, { ...tensors(rows)[i], ...change });
  const count = async (name: string, labels: Record<string, string> = {}) =>
    seriesValue(await (await fetch(`${service.admin}/metrics`)).text(), name, labels) ?? Number.NaN;
  const observed = () => count('model_score_count');

  it('describes the server and the model, with and without the current version', async () => {
    const { status, body } = await get('/v2');
    assert.deepEqual([status, body.name, body.extensions], [200, 'vigia', []]);
    assert.deepEqual(await get('/v2/health/live'), { status: 200, body: { live: true } });
    assert.deepEqual(await get('/v2/health/ready'), { status: 200, body: { ready: true } });
    const told = await get('/v2/models/credit');
    assert.equal(told.status, 200);
    assert.deepEqual([told.body.name, told.body.versions], ['credit', [version]]);
    assert.deepEqual(
      told.body.inputs.map(({ name, datatype, shape }: any) => [name, datatype, shape]),
      [
        ['age', 'FP64', [-1, 1]],
        ['limit', 'FP64', [-1, 1]],
        ['history', 'BYTES', [-1, 1]],
      ],
    );
    assert.deepEqual(
      told.body.outputs.map(({ name, datatype }: any) => [name, datatype]),
      [
        ['score', 'FP64'],
        ['prediction', 'BYTES'],
        ['id', 'BYTES'],
      ],
    );
    assert.deepEqual(await get(`/v2/models/credit/versions/${version}`), told);
    for (const path of ['/v2/models/credit/ready', `/v2/models/credit/versions/${version}/ready`]) {
      assert.deepEqual(await get(path), { status: 200, body: { name: 'credit', ready: true } });
    }
  });

  it('predicts rows as /predict does, and counts, samples and logs each', async () => {
    const alone = (await postJson(`${service.api}/predict`, rows)).body;
    const before = await observed();
    const { status, body } = await inferTensors(tensors(rows), { id: 'a request', parameters: { any: 1 } });
    assert.equal(status, 200);
    assert.deepEqual(
      [body.model_name, body.model_version, body.id, body.parameters],
      ['credit', version, 'a request', { content_type: 'pd' }],
    );
    const [score, prediction, id] = body.outputs;
    assert.deepEqual(score, {
      name: 'score',
      shape: [5, 1],
      datatype: 'FP64',
      data: alone.map((one: any) => one.score),
    });
    assert.deepEqual([prediction.name, prediction.datatype, id.name], ['prediction', 'BYTES', 'id']);
    assert.deepEqual(
      prediction.data,
      alone.map((one: any) => one.prediction),
    );
    assert.equal(await observed(), before + rows.length);
    await eventually(async () => {
      const samples = await readJsonLines(service.samplesPath);
      assert.deepEqual(
        id.data.map((one: string) => samples.find((sample) => sample.id === one)?.features),
        rows,
      );
    });
    await eventually(() => {
      const logged = service.logLines().find(({ route }) => route === '/v2/models/:name/infer');
      assert.deepEqual([logged?.event, logged?.rows], ['predict', rows.length]);
    });
    const outcomes = id.data.map((one: string) => ({ id: one, outcome: 'good' }));
    assert.equal((await postJson(`${service.admin}/outcomes`, outcomes)).body.accepted, rows.length);
  });

  it('answers as the documents say', async () => {
    const text = await readFile(join(root, 'docs/v2.md'), 'utf8');
    const [array, request] = [...text.matchAll(/-d '([[{][^']*)'/g)].map(([, body]) => body);
    const answers = (await postJson(`${service.api}/predict`, array)).body;
    assert.equal(answers.length, 2);
    const { status, body } = await infer(request);
    assert.equal(status, 200);
    assert.equal(body.id, '42');
    assert.deepEqual(
      body.outputs[0].data,
      answers.map(({ score }: any) => score),
    );
    for (const { score, prediction } of answers) {
      const told = `"prediction":"${prediction}","score":${String(score).slice(0, 5)}…`;
      assert.ok(text.includes(told), told);
    }
  });

  it('accepts every way in which its clients write a column', async () => {
    const scores = async (inputs: unknown) => {
      const { status, body } = await inferTensors(inputs, { outputs: [{ name: 'score' }] });
      assert.equal(status, 200, JSON.stringify(body));
      return body.outputs[0].data;
    };
    const expected = await scores(tensors(rows));
    const flat = tensors(rows).map((tensor) => ({ ...tensor, shape: [5] }));
    assert.deepEqual(await scores(flat), expected);
    const nested = tensors(rows).map((tensor) => ({
      ...tensor,
      data: tensor.data.map((value: unknown) => [value]),
    }));
    assert.deepEqual(await scores(nested), expected);
    for (const datatype of ['FP32', 'FP16', 'INT64', 'INT8', 'UINT64', 'UINT8']) {
      assert.deepEqual(await scores(changed(0, { datatype })), expected);
    }
    const str = changed(2, { parameters: { content_type: 'str' } });
    assert.deepEqual(await scores(str.toReversed()), expected);
    const asJson = rows.map(({ history }) => JSON.stringify(history));
    assert.deepEqual(
      await scores(changed(2, { data: asJson, parameters: { content_type: 'pd_json' } })),
      expected,
    );
  });

  it('accepts booleans only if the model has them as categories', async () => {
    const truths = [true, false, true, true, false];
    const unfit = await inferTensors(changed(0, { datatype: 'BOOL', data: truths }));
    assert.deepEqual([unfit.status, unfit.body.error], [422, '/inputs/0/data/0 must be number, and 4 more']);
    await using folder = await temporaryFolder();
    const credit = await readFile('models/credit.json', 'utf8');
    const renamed = credit.replaceAll('"delayed"', '"true"').replaceAll('"critical"', '"false"');
    const { version: _, ...content } = JSON.parse(renamed);
    const path = await folder.write('model.json', formatArtifact(sealArtifact(content)));
    const other = await startTestService({ MODEL_PATH: path });
    try {
      const ask = (base: string, datatype: string, data: unknown[]) =>
        postJson(`${base}/v2/models/credit/infer`, { inputs: changed(2, { datatype, data }) });
      const names = truths.map((truth) => (truth ? 'delayed' : 'critical'));
      const [expected, told] = [await ask(service.api, 'BYTES', names), await ask(other.api, 'BOOL', truths)];
      assert.equal(told.status, 200, JSON.stringify(told.body));
      assert.deepEqual(told.body.outputs[0], expected.body.outputs[0]);
    } finally {
      await other.stop();
    }
  });

  it('leaves a text unchanged, whatever is next to it', async () => {
    const inputs = JSON.stringify({ inputs: changed(2, { data: Array(5).fill('a "NaN" \\') }) });
    const spoilt = await infer(inputs.replace('[30,', '[NaN,'));
    assert.equal(spoilt.body.error, '/inputs/0/data/0 must be number');
    const { body } = await infer(inputs);
    await eventually(async () => {
      const samples = await readJsonLines(service.samplesPath);
      const [id] = body.outputs[2].data;
      assert.equal(samples.find((sample) => sample.id === id)?.features.history, 'a "NaN" \\');
    });
  });

  it('answers with the requested outputs', async () => {
    const outputs = [{ name: 'id', parameters: { binary_data: false } }, { name: 'score' }];
    const { body } = await inferTensors(tensors(rows), { id: null, outputs });
    assert.deepEqual(
      body.outputs.map(({ name }: any) => name),
      ['id', 'score'],
    );
    assert.equal('id' in body, false);
    const unknown = await inferTensors(tensors(rows), { outputs: [{ name: 'probability' }] });
    assert.deepEqual(
      [unknown.status, unknown.body.error],
      [422, '/outputs/0/name must be one of score, prediction, id'],
    );
  });

  it('accepts a body without a content-type, unless a page in a browser sends it', async () => {
    const body = new Blob([JSON.stringify({ inputs: tensors(rows) })]);
    assert.equal((await fetch(`${model}/infer`, { method: 'POST', body })).status, 200);
    const headers = { origin: 'https://example.com' };
    assert.equal((await fetch(`${model}/infer`, { method: 'POST', body, headers })).status, 415);
  });

  const refusals: [what: string, body: () => unknown, status: number, error: RegExp][] = [
    ['what is no object', () => [], 422, /^the body must be a JSON object with "inputs"/],
    ['no inputs', () => ({ inputs: [] }), 422, /^\/inputs must be a list with a tensor for each feature/],
    [
      'a name that is not one of the features',
      () => ({ inputs: changed(1, { name: 'income' }) }),
      422,
      /^\/inputs\/1\/name is not a feature of this model/,
    ],
    [
      'the same name twice',
      () => ({ inputs: changed(1, { name: 'age' }) }),
      422,
      /^\/inputs\/1\/name is the name of an earlier input, too/,
    ],
    [
      'a feature that is left out',
      () => ({ inputs: tensors(rows).slice(1) }),
      422,
      /^\/inputs must have one named "age"$/,
    ],
    [
      'a wrong shape',
      () => ({ inputs: changed(0, { shape: [1, 5] }) }),
      422,
      /^\/inputs\/0\/shape must be \[n\]/,
    ],
    [
      'fewer values than the shape says',
      () => ({ inputs: changed(0, { data: [1, 2] }) }),
      422,
      /^\/inputs\/0\/data must have as many values as the shape says: 5, not 2$/,
    ],
    [
      'as many values as the shape says, but not one in each row',
      () => ({ inputs: changed(0, { data: [[1, 2], [], [3], [4], [5]] }) }),
      422,
      /^\/inputs\/0\/data must have one value in each row$/,
    ],
    [
      'a row of all values',
      () => ({ inputs: changed(0, { data: [[1, 2, 3, 4, 5]] }) }),
      422,
      /^\/inputs\/0\/data must have one value in each row$/,
    ],
    [
      'inputs of differing length',
      () => ({ inputs: changed(2, { shape: [1], data: ['good'] }) }),
      422,
      /^\/inputs\/2 has a different number of rows from the first input: 1$/,
    ],
    [
      'another datatype',
      () => ({ inputs: changed(0, { datatype: 'COMPLEX' }) }),
      422,
      /^\/inputs\/0\/datatype must be one of FP64, /,
    ],
    [
      'a value that is not of its datatype',
      () => ({ inputs: changed(0, { datatype: 'INT64', data: [1, 2, 3, 4.5, 5] }) }),
      422,
      /^\/inputs\/0\/data\/3 must be a whole number or null, as its datatype requires$/,
    ],
    [
      'texts for a number',
      () => ({ inputs: changed(0, { datatype: 'BYTES', data: ['1', '2', '3', '4', '5'] }) }),
      422,
      /^\/inputs\/0\/data\/0 must be number, and 4 more$/,
    ],
    [
      'a missing value where there must be one',
      () => ({ inputs: changed(2, { data: ['good', null, 'good', 'good', 'good'] }) }),
      422,
      /^\/inputs\/2\/data\/1 must /,
    ],
    [
      'texts in another form',
      () => ({ inputs: changed(2, { parameters: { content_type: 'base64' } }) }),
      422,
      /^\/inputs\/2\/parameters\/content_type must be str/,
    ],
    [
      'more than 1,000 rows',
      () => ({ inputs: tensors(Array(1_001).fill(rows[0])) }),
      413,
      /at most 1000 rows$/,
    ],
    [
      'NaN, which is a missing value',
      () => JSON.stringify({ inputs: changed(0, { data: [1, 2, 3, 4, 'X'] }) }).replace('"X"', 'NaN'),
      422,
      /^\/inputs\/0\/data\/4 must be number$/,
    ],
    ['what is not JSON', () => '{"inputs":[NaN,}', 400, /./],
    ['too many values', () => `[${'0,'.repeat(250_000)}0]`, 413, /brackets, commas and colons$/],
  ];
  for (const [what, body, status, error] of refusals) {
    it(`refuses ${what}, in a problem document with the protocol's "error", and counts it`, async () => {
      const [before, refusedBefore] = [await observed(), await count('model_inputs_refused_total')];
      const answer = await infer(body());
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.match(answer.body.error, error);
      assert.equal(answer.body.error, answer.body.detail);
      assert.equal(await observed(), before);
      const rowsAtFault = answer.body.errors?.filter(({ pointer }: any) => pointer.includes('/data/')).length;
      assert.equal(await count('model_inputs_refused_total'), refusedBefore + (rowsAtFault || 1));
    });
  }

  it('refuses tensors in binary form', async () => {
    const { status, body } = await infer('{}', { 'inference-header-content-length': '2' });
    assert.deepEqual(
      [status, body.error],
      [415, 'binary tensors are not supported: send their data as JSON'],
    );
  });

  it('has the member "error" only if something is not found', async () => {
    for (const path of ['/v2/models/none', `/v2/models/credit/versions/${version}0/ready`, '/v2/other']) {
      const { status, body } = await get(path);
      assert.deepEqual([status, body.error], [404, body.detail]);
    }
    const wrongMethod = await get('/v2/models/credit/infer');
    assert.deepEqual([wrongMethod.status, wrongMethod.body.error], [405, wrongMethod.body.detail]);
    for (const path of ['/other', '/v2x']) assert.equal('error' in (await get(path)).body, false);
  });
});
