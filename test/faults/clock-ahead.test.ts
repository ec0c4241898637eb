import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { metric } from '../support/load.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const movableClock = fileURLToPath(new URL('./programs/movable-clock.ts', import.meta.url));
const jumpMs = 420 * 86_400_000;
const env = {
  OUTCOME_KEYS: 'a key that is long enough',
  NODE_OPTIONS: `--import=${movableClock}`,
  CLOCK_STEP_MS: String(jumpMs),
};
const row = { age: 30, limit: 2000, history: 'good' };

async function predict(service: TestService): Promise<string> {
  return (await postJson(`${service.api}/predict`, row)).body.id;
}
function send(service: TestService, ids: readonly string[]) {
  const items = ids.map((id) => ({ id, outcome: 'good' }));
  return postJson(`${service.admin}/outcomes`, items);
}
/** All lines of a series, whatever it was rotated to. */
async function idsIn(folder: string, name: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => file.startsWith(name) && file.endsWith('.jsonl'));
  const lines = await Promise.all(files.map((file) => readJsonLines(join(folder, file))));
  return lines.flat().map(({ id }) => id);
}
const warnings = (service: TestService) => service.logLines().filter(({ event }) => event === 'clock');

describe('a clock that is 420 days ahead', () => {
  it('at the start deletes nothing, refuses nothing permanently, and counts nothing twice', async () => {
    await using folder = await temporaryFolder();
    const right = await startTestService(env, folder.path);
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(await predict(right));
    assert.equal((await send(right, ids.slice(0, 3))).body.accepted, 3);
    await right.signal('SIGTERM');

    const wrong = await startTestService({ ...env, CLOCK_AHEAD_MS: String(jumpMs) }, folder.path);
    const late = await send(wrong, ids);
    assert.deepEqual([late.status, late.headers.get('retry-after')], [503, '900']);
    assert.equal(await metric(wrong, 'outcomes_received_total', { result: 'expired' }), 0);
    const ahead = await predict(wrong);
    assert.equal((await send(wrong, [ahead])).body.accepted, 1);
    assert.equal(warnings(wrong).length, 1);
    assert.match(String(warnings(wrong)[0].msg), /420\.0 days from what the last known time implies/);
    await wrong.signal('SIGTERM');
    assert.deepEqual((await idsIn(folder.path, 'input_samples')).sort(), [...ids, ahead].sort());
    assert.equal((await idsIn(folder.path, 'outcomes')).length, 4);
    assert.equal((await readdir(join(folder.path, 'models'))).length, 1);

    const again = await startTestService(env, folder.path);
    try {
      const { body } = await send(again, [...ids, ahead]);
      assert.deepEqual([body.accepted, body.duplicate, body.expired], [2, 4, 0]);
      assert.deepEqual(warnings(again), []);
    } finally {
      await again.stop();
    }
  });

  it('at the start is detected by the newest record, if nothing else is known', async () => {
    await using folder = await temporaryFolder();
    const right = await startTestService(env, folder.path);
    const id = await predict(right);
    await send(right, [id]);
    await eventually(async () => assert.equal((await idsIn(folder.path, 'input_samples')).length, 1));
    await right.signal('SIGKILL');
    await rm(join(folder.path, '.clock.json'));
    const wrong = await startTestService({ ...env, CLOCK_AHEAD_MS: String(jumpMs) }, folder.path);
    try {
      assert.equal((await send(wrong, [id])).status, 503);
      assert.deepEqual(await idsIn(folder.path, 'input_samples'), [id]);
    } finally {
      await wrong.stop();
    }
  });

  it('while the service runs defers outcomes, and accepts those of new predictions', async () => {
    const service = await startTestService(env);
    try {
      const early = await predict(service);
      service.process.kill('SIGUSR2');
      // a signal takes some time; until then the outcome is not sent, as it would be accepted
      await eventually(async () => {
        const aheadS = (await metric(service, 'process_wall_clock_seconds')) - Date.now() / 1000;
        assert.ok(aheadS > jumpMs / 2000);
      });
      assert.equal((await send(service, [early])).status, 503);
      const late = await predict(service);
      assert.equal((await send(service, [late])).body.accepted, 1);
      assert.equal(warnings(service).length, 1);
    } finally {
      await service.stop();
    }
  });
});
