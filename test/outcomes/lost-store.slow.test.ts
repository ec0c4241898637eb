import assert from 'node:assert/strict';
import { freePort } from '../support/free-port.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

const row = { age: 30, limit: 2000, history: 'good' };

describe('a service whose shared store is unavailable', () => {
  let program: string;
  let port: number;
  let redis: TestRedis | undefined;
  let service: TestService;
  before(async function () {
    program = requireTool(this, 'redis-server');
    port = await freePort();
    service = await startTestService({
      OUTCOME_KEYS: 'a key that is long enough',
      OUTCOME_DEDUP_URL: `redis://:secret-of-redis@127.0.0.1:${port}`,
    });
  });
  after(async () => {
    redis?.process.kill('SIGCONT');
    await service?.stop();
    await redis?.stop();
  });

  const predict = async () => (await postJson(`${service.api}/predict`, row)).body.id as string;
  const report = (...ids: string[]) =>
    postJson(
      `${service.admin}/outcomes`,
      ids.map((id) => ({ id, outcome: 'good' })),
    );

  it('starts and predicts without it, and defers outcomes with 503', async () => {
    const id = await predict();
    const { status, headers, body } = await report(id);
    assert.equal(status, 503);
    assert.equal(body.type, 'urn:vigia:problem:unavailable');
    assert.ok(Number(headers.get('retry-after')) > 0);
    const text = await (await fetch(`${service.admin}/metrics`)).text();
    assert.equal(seriesValue(text, 'outcomes_received_total', { result: 'deferred' }), 1);
    assert.equal((await fetch(`${service.api}/ready`)).status, 200);
    assert.doesNotMatch(JSON.stringify(service.logLines()) + service.stderr(), /secret-of-redis/);
  });

  it('accepts them when it comes, and defers them again when it goes', async () => {
    const id = await predict();
    // the Redis to come has no password and would refuse one
    await service.stop();
    service = await startTestService({
      OUTCOME_KEYS: 'a key that is long enough',
      OUTCOME_DEDUP_URL: `redis://127.0.0.1:${port}`,
    });
    assert.equal((await report(id)).status, 503);
    redis = await startRedis(program, port);
    const { body } = await eventually(async () => {
      const answer = await report(id);
      assert.equal(answer.status, 202);
      return answer;
    });
    assert.deepEqual(body, { accepted: 1, duplicate: 0, expired: 0, invalid: [] });
    assert.equal((await report(id)).body.duplicate, 1);
    await redis.stop();
    const next = await predict();
    assert.equal((await report(next)).status, 503);
    redis = await startRedis(program, port);
    await eventually(async () => assert.equal((await report(next)).body.accepted, 1));
    assert.equal((await readJsonLines(service.outcomesPath)).length, 2);
  });

  it('does not wait for one that hangs, and /predict is not affected', async () => {
    const id = await predict();
    redis?.process.kill('SIGSTOP');
    const answering = report(id);
    let predictions = 0;
    let isAnswered = false;
    answering.finally(() => {
      isAnswered = true;
    });
    while (!isAnswered) {
      await predict();
      predictions++;
    }
    assert.equal((await answering).status, 503);
    assert.ok(predictions >= 3, `${predictions} predictions meanwhile`);
    redis?.process.kill('SIGCONT');
    await eventually(async () => {
      const { body } = await report(id);
      assert.equal((body.accepted ?? 0) + (body.duplicate ?? 0), 1);
    });
    const lines = await readJsonLines(service.outcomesPath);
    assert.equal(lines.filter((line) => line.id === id).length, 1);
  });
});
