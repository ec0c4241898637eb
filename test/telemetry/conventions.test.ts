import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { proposedKey, proposedMetrics } from '../../src/cli/conventions.ts';
import { formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { metricAttributes, spanAttributes } from '../../src/telemetry/conventions.ts';
import { instruments } from '../../src/telemetry/instruments.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { eventually, postJson, startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const token = 'token-of-those-who-may-observe-0123456789';

const typeOf = (value: unknown): string => {
  if (Array.isArray(value)) return `${value.length > 0 ? typeOf(value[0]) : 'string'}[]`;
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double';
  return typeof value;
};

describe('semantic conventions', () => {
  let sink: OtlpSink;
  let service: TestService;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    sink = await startOtlpSink();
    folder = await temporaryFolder();
    const { version: _, predictor: __, ...content } = await loadArtifact('models/credit.json');
    const predictor = { kind: 'http', protocol: 'v2', url: 'http://127.0.0.1:9' };
    const away = sealArtifact({ ...content, name: 'away', predictor: predictor as never });
    await mkdir(join(folder.path, 'models'));
    await folder.write('models/away.json', formatArtifact(away));
    await copyFile('models/credit.json', join(folder.path, 'models/credit.json'));
    service = await startTestService({
      MODEL_PATH: join(folder.path, 'models'),
      DEFAULT_MODEL: 'credit',
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OUTCOMES_TOKEN_FILE: await folder.write('token', token),
    });
  });
  after(async () => {
    await service?.stop();
    sink.close();
    await folder[Symbol.asyncDispose]();
  });

  it('name what spans tell of a model, with their types, and nothing else', async () => {
    await postJson(`${service.api}/predict`, row);
    await postJson(`${service.api}/predict`, [row, row]);
    const observed = [{ features: row, score: 0.5 }, {}];
    await postJson(`${service.api}/observations`, observed, { authorization: `Bearer ${token}` });
    assert.equal((await postJson(`${service.api}/models/away/predict`, row)).status, 502);
    const found = new Map<string, Set<string>>();
    await eventually(() => {
      const spans = sink.spans.filter(({ name }) => name === 'predict' || name === 'observations');
      assert.equal(spans.length, 4);
      for (const { attributes } of spans) {
        for (const [key, value] of Object.entries(attributes)) {
          found.set(key, (found.get(key) ?? new Set()).add(typeOf(value)));
        }
      }
    });
    assert.deepEqual([...found.keys()].sort(), Object.keys(spanAttributes).sort());
    for (const [key, types] of found) {
      const { type } = spanAttributes[key as keyof typeof spanAttributes];
      // a double may happen to be whole
      assert.deepEqual(
        [...types].map((one) => (type.startsWith('double') ? one.replace('int', 'double') : one)),
        [type],
        key,
      );
    }
  });

  it('say of a prediction that failed why, as an error', () => {
    const failed = sink.spans.filter(({ attributes }) => attributes['model.name'] === 'away');
    assert.deepEqual(
      failed.map(({ name, attributes, status }) => [name, attributes['error.type'], status?.code]),
      [['predict', 'unreachable', 2]],
    );
  });

  it('name every attribute of the metrics that are proposed, and no other', () => {
    const used = Object.values(proposedMetrics)
      .flat()
      .flatMap((key) => instruments[key].attributes.map(proposedKey));
    assert.deepEqual([...new Set(used)].sort(), Object.keys(metricAttributes).sort());
  });

  it('follow the naming rules of OpenTelemetry: no name is a namespace of another', () => {
    for (const names of [
      [...new Set([...Object.keys(spanAttributes), ...Object.keys(metricAttributes)])],
      Object.values(proposedMetrics)
        .flat()
        .map((key) => instruments[key].name),
    ]) {
      for (const name of names) {
        assert.match(name, /^[a-z][a-z0-9]*([._][a-z0-9]+)*$/);
        assert.ok(!names.some((other) => other.startsWith(`${name}.`)), name);
      }
    }
  });
});
