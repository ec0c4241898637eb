import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Telemetry } from '../../otel/sdk.ts';
import { readConfig } from '../../src/config.ts';
import { startService } from '../../src/start-service.ts';
import { halfSent } from '../support/raw-connection.ts';
import { eventually, readJsonLines } from '../support/service.ts';

describe('the stop of a service', () => {
  it('cuts a request that is not there in time, before samples are closed: none is answered and not kept', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-stop-'));
    const telemetry: Telemetry = {
      sources: [],
      exposeMetrics: async () => '',
      tracesEndpoint: undefined,
      log: { connect() {} } as unknown as Telemetry['log'],
      shutdown: async () => {},
    };
    const samplesPath = join(folder, 'samples.jsonl');
    const running = await startService(
      readConfig({
        PORT: '0',
        ADMIN_PORT: '0',
        SAMPLES_PATH: samplesPath,
        OUTCOMES_PATH: join(folder, 'outcomes.jsonl'),
        LOG_LEVEL: 'silent',
        SHUTDOWN_TIMEOUT_MS: '2000',
        MAX_EVENT_LOOP_DELAY_MS: '60000',
      }),
      telemetry,
    );
    const row = { age: 30, limit: 2000, history: 'good' };
    const answered = await halfSent(running.apiUrl, row);
    answered.finish();
    await eventually(() => assert.match(answered.received(), /HTTP\/1\.1 200 /));
    const late = await halfSent(running.apiUrl, row);
    await running.stop();
    // the process goes on here, so only the stop can have closed the connection
    late.finish();
    assert.doesNotMatch(await late.closed, /HTTP\/1\.1 200 /);
    assert.equal((await readJsonLines(samplesPath)).length, 1);
    await answered.closed;
    await rm(folder, { recursive: true });
  });
});
