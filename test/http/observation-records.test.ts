import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { scrape } from '../support/load.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { eventually, postJson, readJsonLines, seriesValue, startTestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { skipForLackOf } from '../support/tools.ts';

const token = 'token-of-those-who-may-observe-0123456789';
const features = { age: 30, limit: 2000, history: 'good' };

describe('what is recorded about observations', () => {
  let sink: OtlpSink;
  before(async () => {
    sink = await startOtlpSink();
  });
  after(() => sink?.close());

  it('is one span per batch, with what was unusual in any row, and neither values nor keys', async () => {
    await using folder = await temporaryFolder();
    const { version: _, ...credit } = await loadArtifact('models/credit.json');
    const model = sealArtifact({ ...credit, sensitive: ['limit'] });
    const service = await startTestService({
      MODEL_PATH: await folder.write('model.json', JSON.stringify(model)),
      OUTCOMES_TOKEN_FILE: await folder.write('token', token),
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    });
    try {
      const rows = [
        { features, score: 0.5, key: 'SECRET-1' },
        { features: { ...features, history: 'SECRET-2' }, score: 0.5 },
        { features: { ...features, age: 987_654, limit: 876_543 }, score: 0.5, key: 'SECRET-3' },
        { features: { ...features, age: 'SECRET-4' }, score: 0.5 },
      ];
      const answer = await postJson(`${service.api}/observations`, rows, {
        authorization: `Bearer ${token}`,
      });
      assert.equal(answer.body.accepted, 3);
      const span = await eventually(() => {
        const found = sink.spans.find(({ name }) => name === 'observations');
        assert.ok(found);
        return found;
      });
      assert.deepEqual(span.attributes, {
        'model.name': 'credit',
        'model.version': model.version,
        'model.observations.accepted': 3,
        'model.observations.invalid': 1,
        'model.features.missing': [],
        'model.features.unseen': ['history'],
        'model.features.outside_range': ['age'],
      });
      assert.doesNotMatch(JSON.stringify(sink.spans), /SECRET|987654|876543/);
      assert.doesNotMatch(await scrape(service), /SECRET|987654|876543/);
      const sample = await eventually(async () => {
        const found = (await readJsonLines(service.samplesPath)).find(({ key }) => key === 'SECRET-3');
        assert.ok(found);
        return found;
      });
      assert.equal(sample.traceId, span.traceId);
      assert.equal(sample.features.limit, '[redacted]');
    } finally {
      await service.stop();
    }
  });

  it('includes no sample if none are stored, but still an id', async () => {
    const service = await startTestService({ SAMPLES_RATIO: '0' });
    try {
      const { body } = await postJson(`${service.admin}/observations`, [{ features, score: 0.9 }]);
      assert.match(body.ids[0], /^[\w-]{68}$/);
      const outcome = await postJson(`${service.admin}/outcomes`, { id: body.ids[0], outcome: 'bad' });
      assert.equal(outcome.body.accepted, 1);
      assert.equal(seriesValue(await scrape(service), 'samples_written_total'), 0);
    } finally {
      await service.stop();
    }
  });

  it('is dropped and counted if the disk refuses it: batches are still answered', async function () {
    if (!existsSync('/dev/full')) skipForLackOf(this, 'there is no /dev/full');
    const service = await startTestService({ SAMPLES_PATH: '/dev/full' });
    try {
      const lines = Array.from({ length: 10_000 }, () => JSON.stringify({ features, score: 0.5 })).join('\n');
      // more than the 16 MiB that may wait for the disk
      for (let i = 0; i < 8; i++) {
        const { status, body } = await postJson(`${service.admin}/observations?ids=false`, lines, {
          'content-type': 'application/x-ndjson',
        });
        assert.deepEqual([status, body.accepted], [202, 10_000]);
      }
      const text = await scrape(service);
      const dropped = ['disk', 'queue_full'].map(
        (reason) => seriesValue(text, 'samples_dropped_total', { reason }) ?? 0,
      );
      assert.ok(dropped[0] + dropped[1] > 0, `${dropped}`);
      const counted = ['good', 'bad'].map((prediction) =>
        seriesValue(text, 'model_predictions_total', { prediction }),
      );
      assert.equal((counted[0] ?? 0) + (counted[1] ?? 0), 80_000);
    } finally {
      await service.stop();
    }
  });
});
