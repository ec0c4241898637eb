import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';

/** Of this row the weights below make ∞ − ∞. */
const unusable = { age: 1e300, limit: 1e300, history: 'good' };
const usable = { age: 30, limit: 2000, history: 'good' };

describe('a model whose score is no number for some row', () => {
  let service: TestService;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const path = join(folder, 'model.json');
    const { version: _, ...content } = await loadArtifact('models/credit.json');
    const weights = new Map([
      ['age', 1e30],
      ['limit', -1e30],
    ]);
    const features = content.features.map((feature) =>
      feature.kind === 'numeric'
        ? { ...feature, coefficient: weights.get(feature.name) ?? feature.coefficient }
        : feature,
    );
    await writeFile(path, JSON.stringify(sealArtifact({ ...content, features })));
    service = await startTestService({ MODEL_PATH: path }, folder);
  });
  after(() => service.stop());

  const metrics = async () => (await fetch(`${service.admin}/metrics`)).text();
  /** Every series of the model but for what the training said of it. */
  const counts = (text: string) =>
    text.split('\n').filter((line) => /^model_.*(_total|_count|_sum|_bucket)\b/.test(line));

  it('answers that row with 500, counts the request, and nothing of the row', async () => {
    assert.equal((await postJson(`${service.api}/predict`, usable)).status, 200);
    const before = await metrics();
    for (const path of ['/predict', '/predict?explain=true']) {
      const { status, body } = await postJson(`${service.api}${path}`, unusable);
      assert.equal(status, 500);
      assert.equal(body.type, 'urn:vigia:problem:internal');
    }
    const after = await metrics();
    assert.deepEqual(counts(after), counts(before));
    assert.doesNotMatch(after, /^model_\S+ NaN/m);
    const failed = { http_route: '/predict', http_response_status_code: '500' };
    assert.equal(seriesValue(after, 'http_server_request_duration_seconds_count', failed), 2);
    const errors = await eventually(() => {
      const lines = service.logLines().filter(({ event }) => event === 'error');
      assert.equal(lines.length, 2);
      return lines;
    });
    assert.match(JSON.stringify(errors[0]), /the score must be a finite number, got NaN/);
  });

  it('goes on with the next row', async () => {
    assert.equal((await postJson(`${service.api}/predict`, usable)).status, 200);
    const samples = await eventually(async () => {
      const lines = await readJsonLines(service.samplesPath);
      assert.ok(lines.length >= 2);
      return lines;
    });
    assert.equal(samples.length, 2);
    assert.equal(seriesValue(await metrics(), 'model_score_count'), 2);
  });
});
