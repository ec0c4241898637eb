import assert from 'node:assert/strict';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };

describe('POST /predict with an array of rows', () => {
  let service: TestService;
  let sink: OtlpSink;
  let predict: string;

  before(async () => {
    sink = await startOtlpSink();
    service = await startTestService({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
    predict = `${service.api}/predict`;
  });
  after(async () => {
    await service?.stop();
    sink?.close();
  });

  const count = async (name: string, labels: Record<string, string> = {}) =>
    seriesValue(await (await fetch(`${service.admin}/metrics`)).text(), name, labels) ?? Number.NaN;
  const observed = () => count('model_score_count');
  const timed = () => count('model_predict_duration_seconds_count');
  const refused = () => count('model_inputs_refused_total');

  it('answers each as it answers it alone, in order, and counts, samples and logs it', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ ...row, age: 20 + i }));
    const alone = [];
    for (const one of rows) alone.push((await postJson(`${predict}?explain=true`, one)).body);
    const [before, timedBefore] = [await observed(), await timed()];
    const { status, body } = await postJson(`${service.api}/models/credit/predict?explain=true`, rows);
    assert.equal(status, 200);
    const withoutIds = (answers: any[]) => answers.map(({ id, ...rest }) => rest);
    assert.deepEqual(withoutIds(body), withoutIds(alone));
    const ids = body.map(({ id }: any) => id);
    assert.equal(new Set(ids).size, rows.length);
    assert.equal(await observed(), before + rows.length);
    assert.equal(await timed(), timedBefore + rows.length);
    await eventually(async () => {
      const samples = new Map((await readJsonLines(service.samplesPath)).map((line) => [line.id, line]));
      assert.deepEqual(
        ids.map((id: string) => samples.get(id)?.features.age),
        rows.map(({ age }) => age),
      );
    });
    const line = await eventually(
      () => service.logLines().find(({ rows }) => rows === 40) ?? assert.fail('not yet logged'),
    );
    assert.deepEqual([line.event, line.route, line.status], ['predict', '/models/:name/predict', 200]);
    const outcome = await postJson(`${service.admin}/outcomes`, [{ id: ids[7], outcome: 'bad' }]);
    assert.equal(outcome.body.accepted, 1);
  });

  it('answers an empty array with an empty array', async () => {
    const before = await observed();
    assert.deepEqual((await postJson(predict, ' [ ] ')).body, []);
    assert.equal(await observed(), before);
  });

  it('refuses all where one is invalid, says which, counts it, and records nothing', async () => {
    const [before, refusedBefore] = [await observed(), await refused()];
    const { status, body } = await postJson(predict, [row, { ...row, age: 'x', more: 1 }, row, 7]);
    assert.equal(status, 422);
    assert.equal(body.detail, '/1/age must be number, and 2 more');
    assert.deepEqual(
      body.errors.map(({ pointer, code }: any) => `${pointer} ${code}`),
      ['/1/age type', '/1/more unknown_field', '/3 not_an_object'],
    );
    assert.deepEqual([await observed(), await refused()], [before, refusedBefore + 2]);
  });

  it('lists at most 20 faults', async () => {
    const { body } = await postJson(
      predict,
      Array.from({ length: 50 }, () => ({ ...row, age: 'x' })),
    );
    assert.deepEqual([body.errors.length, body.moreErrors], [20, 30]);
  });

  it('accepts 1,000 rows, with far more bytes than one, and not one more', async () => {
    const full = await postJson(predict, Array(1_000).fill(row));
    assert.deepEqual([full.status, full.body.length], [200, 1_000]);
    const before = await observed();
    const over = await postJson(predict, Array(1_001).fill(row));
    assert.equal(over.status, 413);
    assert.equal(over.body.detail, 'a request may have at most 1000 rows');
    assert.equal(await observed(), before);
  });

  it('takes a row as long as one alone may be, and no longer one; nor more bytes than are announced', async () => {
    const long = { ...row, more: 'x'.repeat(20_000) };
    const inArray = await postJson(predict, [row, long]);
    assert.deepEqual([inArray.status, inArray.body.errors[0].pointer], [422, '/1']);
    const alone = await postJson(predict, long);
    assert.deepEqual([alone.status, alone.body.detail], [413, 'the body may have at most 16384 bytes']);
    const much = await postJson(predict, [{ ...row, more: 'x'.repeat(3 * 1024 * 1024) }]);
    assert.equal(much.status, 413);
    const unannounced = await fetch(predict, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([JSON.stringify(Array(1_000).fill(row))]).stream(),
      duplex: 'half',
    } as RequestInit);
    assert.equal(unannounced.status, 413);
  });

  it('accepts the key of a prediction only with a single row', async () => {
    const headers = { 'x-prediction-key': 'loan-1' };
    const { body } = await postJson(predict, [row], headers);
    await eventually(async () => {
      const samples = await readJsonLines(service.samplesPath);
      assert.equal(samples.find(({ id }) => id === body[0].id)?.key, 'loan-1');
    });
    const several = await postJson(predict, [row, row], headers);
    assert.deepEqual(
      [several.status, several.body.detail],
      [400, 'x-prediction-key identifies one prediction: send a single row'],
    );
  });

  it('is one span, with what was unusual in any row', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const rows = [row, { ...row, history: 'never seen' }, { ...row, age: 987_654 }];
    await postJson(predict, rows, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    const spans = await eventually(() => {
      const found = sink.spans.filter((span) => span.traceId === traceId && span.name === 'predict');
      assert.ok(found.length > 0);
      return found;
    });
    assert.equal(spans.length, 1);
    const { 'model.version': _, ...attributes } = spans[0].attributes as Record<string, unknown>;
    assert.deepEqual(attributes, {
      'model.name': 'credit',
      'model.predictions': 3,
      'model.features.missing': [],
      'model.features.unseen': ['history'],
      'model.features.outside_range': ['age'],
    });
  });

  it('says where an array is not JSON', async () => {
    const { status, body } = await postJson(predict, `[${JSON.stringify(row)},{"age":}]`);
    assert.equal(status, 400);
    assert.match(body.detail, /^row 1: /);
  });
});
