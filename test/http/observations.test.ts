import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { problems } from '../../src/http/problem.ts';
import { loadArtifact } from '../../src/model/artifact.ts';
import { createTokens } from '../../src/outcomes/token.ts';
import { scrape } from '../support/load.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const key = 'the key that signs ids in these tests';
const token = 'token-of-those-who-may-observe-0123456789';
const features = { age: 30, limit: 2000, history: 'good' };
const ndjson = { 'content-type': 'application/x-ndjson' };

describe('POST /observations', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let service: TestService;
  let threshold: number;
  const observe = (body: unknown, headers?: Record<string, string>, query = '') =>
    postJson(`${service.admin}/observations${query}`, body, headers);
  const counted = async (name: string, labels: Record<string, string> = {}) =>
    seriesValue(await scrape(service), name, labels) ?? Number.NaN;
  const samplesOf = (ids: readonly string[]) =>
    eventually(async () => {
      const samples = await readJsonLines(service.samplesPath);
      const found = ids.map((id) => samples.find((sample) => sample.id === id));
      assert.ok(!found.includes(undefined));
      return found;
    });

  before(async () => {
    folder = await temporaryFolder();
    const tokenPath = join(folder.path, 'token');
    await writeFile(tokenPath, token, { mode: 0o600 });
    threshold = (await loadArtifact('models/credit.json')).output.threshold.value;
    service = await startTestService({ OUTCOME_KEYS: key, OUTCOMES_TOKEN_FILE: tokenPath });
  });
  after(() => Promise.all([service?.stop(), folder?.[Symbol.asyncDispose]()]));

  it('counts a prediction that was made elsewhere, and keeps its sample, as one of /predict', async () => {
    const before = await counted('model_predictions_total', { prediction: 'bad' });
    const timed = () => counted('model_predict_duration_seconds_count');
    const timedBefore = await timed();
    const { status, body } = await observe({ features, score: 0.9 });
    assert.equal(status, 202);
    assert.equal(await timed(), timedBefore, 'nothing was computed here');
    assert.deepEqual(Object.keys(body), ['accepted', 'ids', 'invalid']);
    assert.deepEqual([body.accepted, body.ids.length, body.invalid], [1, 1, []]);
    assert.equal(await counted('model_predictions_total', { prediction: 'bad' }), before + 1);
    const [sample] = await samplesOf(body.ids);
    assert.deepEqual([sample.features, sample.score, sample.prediction], [features, 0.9, 'bad']);
    const outcome = await postJson(`${service.admin}/outcomes`, { id: body.ids[0], outcome: 'good' });
    assert.equal(outcome.body.accepted, 1);
  });

  it('takes the class, the key and the time that come with it', async () => {
    const timeMs = Date.now() - 86_400_000;
    const time = new Date(timeMs).toISOString();
    const bad = await counted('model_predictions_total', { prediction: 'bad' });
    // by its score it would be good
    const score = threshold / 2;
    const { body } = await observe({ features, score, prediction: 'bad', key: 'loan-123', time });
    assert.equal(await counted('model_predictions_total', { prediction: 'bad' }), bad + 1);
    const [sample] = await samplesOf(body.ids);
    assert.deepEqual(
      [sample.time, sample.key, sample.prediction, sample.score],
      [time, 'loan-123', 'bad', score],
    );
    const signed = createTokens([Buffer.from(key)]).verify(body.ids[0]);
    assert.deepEqual([signed?.timeMs, signed?.predictedClass, signed?.score], [timeMs, 1, score]);
  });

  it('treats a score that rounding has pushed above 1 as 1', async () => {
    const { body } = await observe([
      { features, score: 1.0000001 },
      { features, score: -1e-9 },
    ]);
    const scores = (await samplesOf(body.ids)).map(({ score }) => score);
    assert.deepEqual(scores, [1, 0]);
  });

  it('refuses each invalid row individually, and counts it as a refused input', async () => {
    const { age: _, ...without } = features;
    const past = new Date(Date.now() - 401 * 86_400_000).toISOString();
    const future = new Date(Date.now() + 120_000).toISOString();
    const rows: [row: unknown, pointer: string, code: string, message: RegExp][] = [
      [7, '', 'not_an_object', /^must be a JSON object/],
      [{ score: 0.5 }, '/features', 'not_an_object', /^must be a JSON object/],
      [{ features: without, score: 0.5 }, '/features/age', 'missing', /^is required$/],
      [{ features: { ...features, age: 'x' }, score: 0.5 }, '/features/age', 'type', /^must be number$/],
      [{ features: { ...without, limit: null }, score: 0 }, '/features/age', 'missing', /, and 1 more$/],
      [{ features }, '/score', 'invalid_score', /^must be a number from 0 to 1$/],
      [{ features, score: '0.5' }, '/score', 'invalid_score', /^must be a number from 0 to 1$/],
      [{ features, score: 1.01 }, '/score', 'invalid_score', /^must be a number from 0 to 1$/],
      [
        { features, score: 0.5, prediction: 'maybe' },
        '/prediction',
        'invalid_prediction',
        /^must be "good" or "bad"$/,
      ],
      [
        { features, score: 0.5, prediction: ['bad'] },
        '/prediction',
        'invalid_prediction',
        /^must be "good" or "bad"$/,
      ],
      [{ features, score: 0.5, key: '' }, '/key', 'invalid_key', /^must be a string of 1 to 128 characters/],
      [{ features, score: 0.5, key: ' \u00a0' }, '/key', 'invalid_key', /neither only blanks nor/],
      [{ features, score: 0.5, key: '[redacted]' }, '/key', 'invalid_key', /nor \[redacted\]$/],
      [
        { features, score: 0.5, key: 'a\nb' },
        '/key',
        'invalid_key',
        /^must be a string of 1 to 128 characters/,
      ],
      [{ features, score: 0.5, key: 123 }, '/key', 'invalid_key', /^must be a string of 1 to 128 characters/],
      [{ features, score: 0.5, time: '2026-01-31' }, '/time', 'invalid_time', /^must be a time in ISO 8601/],
      [
        { features, score: 0.5, time: '2026-01-31T12:00:00' },
        '/time',
        'invalid_time',
        /^must be a time in ISO/,
      ],
      [
        { features, score: 0.5, time: '2026-02-31T12:00:00Z' },
        '/time',
        'invalid_time',
        /^must be a time in ISO/,
      ],
      [{ features, score: 0.5, time: past }, '/time', 'invalid_time', /^must not be more than 400 days ago$/],
      [{ features, score: 0.5, time: future }, '/time', 'invalid_time', /^must not be in the future$/],
      [
        { features, score: 0.5, predicted: 'bad' },
        '/predicted',
        'unknown_field',
        /^is not one of features, score/,
      ],
    ];
    const refused = await counted('model_inputs_refused_total');
    const scores = await counted('model_input_rejected_total', { feature: '', reason: 'invalid_score' });
    const ages = await counted('model_input_rejected_total', { feature: 'age', reason: 'missing' });
    const good = { features, score: 0.25, prediction: null, key: null, time: null };
    const { status, body } = await observe([good, ...rows.map(([row]) => row), good]);
    assert.equal(status, 202);
    assert.equal(body.accepted, 2);
    assert.equal(body.ids.length, rows.length + 2);
    assert.deepEqual(body.ids.slice(1, -1), Array(rows.length).fill(null));
    assert.ok(body.ids[0] !== body.ids.at(-1));
    for (const [i, [, pointer, code, message]] of rows.entries()) {
      const { message: told, ...rest } = body.invalid[i];
      assert.deepEqual(rest, { index: i + 1, pointer, code });
      assert.match(told, message);
    }
    assert.equal(body.invalid.length, rows.length);
    assert.equal(await counted('model_inputs_refused_total'), refused + rows.length);
    assert.equal(
      await counted('model_input_rejected_total', { feature: '', reason: 'invalid_score' }),
      scores + 3,
    );
    assert.equal(
      await counted('model_input_rejected_total', { feature: 'age', reason: 'missing' }),
      ages + 2,
    );
  });

  it('counts fields that the model does not know, and ignores them', async () => {
    const unknown = { feature: '', reason: 'unknown_field' };
    const [faults, refused] = [
      await counted('model_input_rejected_total', unknown),
      await counted('model_inputs_refused_total'),
    ];
    const { body } = await observe({ features: { ...features, tenure: 3, city: 'Ulm' }, score: 0.5 });
    assert.equal(body.accepted, 1);
    assert.equal(await counted('model_input_rejected_total', unknown), faults + 2);
    assert.equal(await counted('model_inputs_refused_total'), refused);
    assert.deepEqual((await samplesOf(body.ids))[0].features, features);
  });

  it('accepts NDJSON, and refuses only the lines that are not JSON', async () => {
    const line = JSON.stringify({ features, score: 0.5 });
    const { status, body } = await observe(`\ufeff${line}\r\n\r\n{"features":\n${line}`, ndjson);
    assert.equal(status, 202);
    assert.equal(body.accepted, 2);
    assert.deepEqual(
      body.ids.map((id: unknown) => typeof id),
      ['string', 'object', 'string'],
    );
    assert.deepEqual(body.invalid, [
      {
        index: 1,
        pointer: '',
        code: 'malformed_json',
        message: 'the line ends before the JSON is complete, at position 12 of the line',
      },
    ]);
  });

  it('accepts an array as a whole or not at all', async () => {
    const before = await counted('model_predictions_total', { prediction: 'good' });
    const row = JSON.stringify({ features, score: 0.01 });
    for (const [text, detail] of [
      [`[${row},{"features":}]`, /^row 1: .* position 12 of the row$/],
      [`[${row},${row},]`, /^row 2: the row is empty$/],
      [`[${row}`, /^the array does not end with \]$/],
      [`[${row}}`, /^the array does not end with \]$/],
      [`[${row}] ${row}`, /^something follows the array$/],
      [`[${row} ${row}]`, /^row 0: /],
      ['', /^the body is empty$/],
      ['{"features"', /^the body ends/],
    ] as const) {
      const { status, body } = await observe(text);
      assert.equal(status, 400, text);
      assert.equal(body.type, 'urn:vigia:problem:malformed-json');
      assert.match(body.detail, detail);
    }
    assert.equal(await counted('model_predictions_total', { prediction: 'good' }), before);
    const tricky = { features: { ...features, history: '],{"\\' }, score: 0.01 };
    const { body } = await observe(`\n [ ${JSON.stringify(tricky)} ,\n${row}\t] `);
    assert.deepEqual([body.accepted, body.invalid], [2, []]);
    assert.deepEqual((await observe('[]')).body, { accepted: 0, ids: [], invalid: [] });
  });

  it('answers 422 if nothing was accepted and something is invalid', async () => {
    const one = await observe({ features, score: 2 });
    assert.equal(one.status, 422);
    assert.equal(one.body.type, 'urn:vigia:problem:invalid-input');
    assert.equal(one.body.detail, 'row 0: /score must be a number from 0 to 1');
    assert.deepEqual([one.body.accepted, one.body.ids], [0, [null]]);
    const many = await observe(Array(250).fill({ features }));
    assert.equal(many.status, 422);
    assert.match(many.body.detail, /, and 249 more rows are invalid$/);
    assert.deepEqual([many.body.invalid.length, many.body.moreInvalid], [100, 150]);
    const two = await observe('{"features"\n5', ndjson);
    assert.equal(two.status, 422);
    assert.match(
      two.body.detail,
      /^row 0: the line ends before the JSON is complete, at position 11 of the line, and 1 more row is invalid$/,
    );
    const number = await observe('5');
    assert.equal(number.body.detail, 'row 0: must be a JSON object with "features" and "score"');
  });

  it('omits the ids if they are not wanted; samples still have theirs', async () => {
    const { body } = await observe({ features, score: 0.5, key: 'no-id-wanted' }, {}, '?ids=false');
    assert.deepEqual(body, { accepted: 1, invalid: [] });
    const sample = await eventually(async () => {
      const found = (await readJsonLines(service.samplesPath)).find((one) => one.key === 'no-id-wanted');
      assert.ok(found);
      return found;
    });
    assert.match(sample.id, /^[\w-]{68}$/);
  });

  it('omits or returns the ids only as an unambiguous query says', async () => {
    for (const value of ['False', '0', 'x']) {
      const { status, body } = await observe({ features, score: 0.5 }, {}, `?ids=${value}`);
      assert.deepEqual([status, body.type], [400, 'urn:vigia:problem:invalid-query'], value);
      assert.equal(body.detail, 'ids must be true or false, in lower case');
    }
    assert.equal((await observe({ features, score: 0.5 }, {}, '?ids=true')).body.ids.length, 1);
  });

  it('takes lines under each of their names', async () => {
    for (const type of ['application/ndjson', 'application/jsonl', 'application/x-jsonlines']) {
      const lines = `${JSON.stringify({ features, score: 0.5 })}\n`.repeat(2);
      assert.equal((await observe(lines, { 'content-type': type })).body.accepted, 2, type);
      assert.equal(
        (await postJson(`${service.admin}/outcomes`, '{}\n{}\n', { 'content-type': type })).status,
        422,
      );
    }
    const { status, body } = await observe('', { 'content-type': 'text/csv' });
    assert.deepEqual(
      [status, body.detail],
      [415, 'content-type must be application/json or application/x-ndjson: not text/csv'],
    );
  });

  it('takes a time in lower case, as RFC 3339 allows', async () => {
    const time = new Date(Date.now() - 60_000).toISOString();
    const { body } = await observe({ features, score: 0.5, time: time.toLowerCase() });
    const [sample] = await samplesOf(body.ids);
    assert.equal(sample.time, time);
  });

  it('refuses more than 10,000 rows, rows longer than /predict takes and bodies above 16 MiB', async () => {
    for (const text of [`[${'{},'.repeat(10_000)}{}]`, '{}\n'.repeat(10_001)]) {
      const { status, body } = await observe(text, text.startsWith('[') ? {} : ndjson);
      assert.equal(status, 413);
      assert.equal(body.detail, 'a request may have at most 10000 rows');
    }
    const long = { features: { ...features, history: 'x'.repeat(20_000) }, score: 0.5 };
    const { body } = await observe([long, { features, score: 0.5 }]);
    assert.deepEqual(
      [body.accepted, body.invalid],
      [1, [{ index: 0, pointer: '', code: 'too_large', message: 'may have at most 16384 bytes' }]],
    );
    const huge = await fetch(`${service.admin}/observations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: ' '.repeat(16 * 1024 * 1024 + 1),
    });
    assert.equal(huge.status, 413);
  });

  it('is described in OpenAPI, with examples that it takes', async () => {
    const document = (await (await fetch(`${service.api}/openapi.json`)).json()) as any;
    const { valid, errors } = await new Validator().validate(document);
    assert.ok(valid, JSON.stringify(errors));
    const { responses, requestBody } = document.paths['/observations'].post;
    // there is no room for its body, or the store that replicas share cannot be asked about its key
    assert.equal(responses[503].description, `${problems.overloaded.title}; ${problems.unavailable.title}`);
    const { content } = requestBody;
    for (const { value } of Object.values<any>(content['application/json'].examples)) {
      assert.deepEqual((await observe(value)).body.invalid, []);
    }
    const { body } = await observe(content['application/x-ndjson'].example, ndjson);
    assert.deepEqual([body.accepted, body.invalid], [2, []]);
    assert.ok(document.components.schemas.Observation && document.paths['/models/credit/observations']);
  });

  it('is on the public API for those who have the token, and logs one line a batch', async () => {
    const url = `${service.api}/observations`;
    const rows = [{ features, score: 0.5 }, { features }];
    assert.equal((await postJson(url, rows)).status, 401);
    const headers = { authorization: `Bearer ${token}`, 'x-request-id': 'a-public-batch' };
    assert.equal((await postJson(url, rows, headers)).status, 202);
    assert.equal((await observe(rows, { 'x-request-id': 'an-admin-batch' })).status, 202);
    const lines = await eventually(() => {
      const found = service.logLines().filter(({ requestId }) => /-batch$/.test(String(requestId)));
      assert.equal(found.length, 2);
      return found;
    });
    for (const { event, route, status, accepted, invalid } of lines) {
      assert.deepEqual(
        [event, route, status, accepted, invalid],
        ['observations', '/observations', 202, 1, 1],
      );
    }
  });
});
