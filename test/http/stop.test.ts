import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { readConfig } from '../../src/settings/config.ts';
import { type RunningService, startService } from '../../src/start-service.ts';
import { withIntercept } from '../support/model-parts.ts';
import { noTelemetry } from '../support/no-telemetry.ts';
import { halfSent } from '../support/raw-connection.ts';
import { eventually, postJson, readJsonLines, root } from '../support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };

describe('the stop of a service', () => {
  let folder: string;
  let running: RunningService;
  const samplesPath = () => join(folder, 'samples.jsonl');
  const outcomesPath = () => join(folder, 'outcomes.jsonl');

  async function start(settings: Record<string, string> = {}): Promise<void> {
    running = await startService(
      readConfig({
        PORT: '0',
        ADMIN_PORT: '0',
        SAMPLES_PATH: samplesPath(),
        OUTCOMES_PATH: outcomesPath(),
        LOG_LEVEL: 'silent',
        SHUTDOWN_TIMEOUT_MS: '2000',
        MAX_EVENT_LOOP_DELAY_MS: '60000',
        ...settings,
      }),
      noTelemetry(),
    );
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-stop-'));
    await start();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('cuts off a request that has not arrived in time, before samples are closed: none is answered but not stored', async () => {
    const answered = await halfSent(running.apiUrl, row);
    answered.finish();
    await eventually(() => assert.match(answered.received(), /HTTP\/1\.1 200 /));
    const late = await halfSent(running.apiUrl, row);
    await running.stop();
    // the process goes on here, so only the stop can have closed the connection
    late.finish();
    assert.doesNotMatch(await late.closed, /HTTP\/1\.1 200 /);
    assert.equal((await readJsonLines(samplesPath())).length, 1);
    await answered.closed;
  });

  it('lets shadows score waiting rows, before samples are closed', async () => {
    await running.stop();
    const credit = await loadArtifact(join(root, 'models/credit.json'));
    const challenger = sealArtifact({ ...withIntercept(credit, 0.7), name: 'challenger' });
    const path = join(folder, 'challenger.json');
    await writeFile(path, formatArtifact(challenger));
    await start({ MODEL_PATH: `${join(root, 'models/credit.json')},${path}`, SHADOW_MODELS: 'challenger' });
    const answered = await postJson(`${running.apiUrl}/predict`, Array(1_000).fill(row));
    await running.stop();
    const ids = answered.body.map(({ id }: { id: string }) => id);
    const ofShadow = (await readJsonLines(samplesPath())).filter(({ model }) => model === 'challenger');
    assert.deepEqual(
      ofShadow.map(({ id }) => id),
      ids,
    );
  });

  it('cuts off a batch of outcomes that has not arrived in time, before outcomes are closed', async () => {
    const { body } = await postJson(`${running.apiUrl}/predict`, row);
    const late = await halfSent(running.adminUrl, { id: body.id, outcome: 'good' }, '/outcomes');
    await running.stop();
    late.finish();
    assert.doesNotMatch(await late.closed, /HTTP\/1\.1 (?!100 )/);
    assert.deepEqual(await readJsonLines(outcomesPath()).catch(() => []), []);
  });
});
