import assert from 'node:assert/strict';
import { loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { exchange } from '../support/raw-answers.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const row = { age: 30, limit: 2000, history: 'good' };

/** Sends the key as bytes, which `fetch` does not. */
async function predictWithKey(api: string, key: Buffer): Promise<{ status: number; body: any }> {
  const sent = JSON.stringify(row);
  const head = [
    'POST /predict HTTP/1.1',
    'host: localhost',
    'connection: close',
    'content-type: application/json',
    `content-length: ${sent.length}`,
    `x-prediction-key: ${key.toString('latin1')}`,
  ];
  const [{ status, body }] = await exchange(api, `${head.join('\r\n')}\r\n\r\n${sent}`);
  return { status, body: JSON.parse(body) };
}

async function sampleOf(service: TestService, id: string): Promise<any> {
  return eventually(async () => {
    const found = (await readJsonLines(service.samplesPath)).find((sample) => sample.id === id);
    assert.ok(found);
    return found;
  });
}

describe('the key that a caller gives a prediction', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let service: TestService;
  let withholding: TestService;
  before(async () => {
    const { version: _, ...credit } = await loadArtifact('models/credit.json');
    const model = sealArtifact({ ...credit, sensitive: ['(key)'] });
    folder = await temporaryFolder();
    const path = await folder.write('withholding.json', JSON.stringify(model));
    [service, withholding] = await Promise.all([startTestService(), startTestService({ MODEL_PATH: path })]);
  });
  after(() => Promise.all([service?.stop(), withholding?.stop(), folder?.[Symbol.asyncDispose]()]));

  it('is in the sample and in the log line', async () => {
    const key = 'loan "123" für Zoë';
    const { status, body } = await predictWithKey(service.api, Buffer.from(key));
    assert.equal(status, 200);
    const sample = await sampleOf(service, body.id);
    assert.equal(sample.key, key);
    assert.deepEqual(Object.keys(sample).slice(0, 3), ['time', 'id', 'key']);
    const line = await eventually(() => {
      const found = service.logLines().find((one) => one.key === key);
      assert.ok(found);
      return found;
    });
    assert.equal(line.event, 'predict');
    assert.deepEqual(line.payload, row);
  });

  it('is in neither without the header', async () => {
    const { body } = await postJson(`${service.api}/predict`, row, { 'x-request-id': 'without-key' });
    assert.equal('key' in (await sampleOf(service, body.id)), false);
    const line = await eventually(() => {
      const found = service.logLines().find(({ requestId }) => requestId === 'without-key');
      assert.ok(found);
      return found;
    });
    assert.equal('key' in line, false);
  });

  it('is refused if it is invalid, and counted', async () => {
    const keys = [
      Buffer.from('k'.repeat(129)),
      Buffer.from([0xe9]),
      Buffer.alloc(0),
      Buffer.from('a\u0085b'),
      Buffer.from('\u00a0'),
      Buffer.from('[redacted]'),
    ];
    for (const key of keys) {
      const { status, body } = await predictWithKey(service.api, key);
      assert.equal(status, 400);
      assert.equal(body.type, 'urn:vigia:problem:invalid-header');
      assert.match(body.detail, /^x-prediction-key must be a string of 1 to 128 characters/);
    }
    const metrics = await (await fetch(`${service.admin}/metrics`)).text();
    assert.match(metrics, /reason="invalid_key"[^\n]* 6\n/);
  });

  it('is refused if there are two, which Node would join, but may contain a comma', async () => {
    const { status, body } = await predictWithKey(service.api, Buffer.from('a\r\nX-Prediction-Key: b'));
    assert.deepEqual([status, body.type], [400, 'urn:vigia:problem:invalid-header']);
    assert.equal(body.detail, 'x-prediction-key must be sent once');
    const one = await predictWithKey(service.api, Buffer.from('a, b'));
    assert.equal((await sampleOf(service, one.body.id)).key, 'a, b');
  });

  it('takes 128 characters', async () => {
    const key = 'ü'.repeat(128);
    const { status, body } = await predictWithKey(service.api, Buffer.from(key));
    assert.equal(status, 200);
    assert.equal((await sampleOf(service, body.id)).key, key);
  });

  it('is redacted where the model file withholds it', async () => {
    const { body } = await postJson(`${withholding.api}/predict`, row, { 'x-prediction-key': 'loan-7' });
    assert.equal((await sampleOf(withholding, body.id)).key, '[redacted]');
    const line = await eventually(() => {
      const found = withholding.logLines().find(({ event }) => event === 'predict');
      assert.ok(found);
      return found;
    });
    assert.equal(line.key, '[redacted]');
    // withholding the key withholds nothing else
    assert.equal(typeof line.score, 'number');
    assert.doesNotMatch(JSON.stringify(withholding.logLines()), /loan-7/);
  });
});
