import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { readUnverified } from '../../src/outcomes/token.ts';
import { freePort } from '../support/free-port.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { eventually, postJson, startTestService, type TestService } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

const row = { age: 30, limit: 2000, history: 'good' };

describe('outcomes that a replica had stored when it died', () => {
  let folder: string;
  let redis: TestRedis;
  const running: TestService[] = [];

  before(async function () {
    redis = await startRedis(requireTool(this, 'redis-server'), await freePort());
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-replicas-'));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.stop()));
    await rm(folder, { recursive: true, force: true });
  });
  after(() => redis?.stop());

  async function start(name: string): Promise<TestService> {
    const home = join(folder, name);
    await mkdir(home, { recursive: true });
    const env = { OUTCOME_KEYS: 'the key of all replicas', OUTCOME_DEDUP_URL: redis.url };
    const service = await startTestService({ ...env, SERVICE_INSTANCE: name }, home);
    running.push(service);
    return service;
  }

  async function take(service: TestService, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; i < count; i++) ids.push((await postJson(`${service.api}/predict`, row)).body.id);
    await eventually(async () => assert.deepEqual(await report(service, ids), [count, 0]));
    return ids;
  }

  async function report(service: TestService, ids: readonly string[]): Promise<[number, number]> {
    const outcomes = ids.map((id) => ({ id, outcome: 'good' }));
    const { body } = await postJson(`${service.admin}/outcomes`, outcomes);
    return [body.accepted, body.duplicate];
  }

  async function counted(service: TestService): Promise<number> {
    const text = await (await fetch(`${service.admin}/metrics`)).text();
    return [...text.matchAll(/^model_outcomes_total\{.*\} (\d+)$/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  }

  /** Lets the store know nothing of an outcome, as when its replica died before it confirmed its claim. */
  async function endClaims(ids: readonly string[]): Promise<void> {
    const client = await createClient({ url: redis.url }).connect();
    try {
      for (const id of ids) {
        const removed = await client.del(`vigia:outcome:${readUnverified(id)?.key.toString(16)}`);
        assert.equal(removed, 1);
      }
    } finally {
      client.destroy();
    }
  }

  it('count once: those that it had confirmed, those that nobody has, and not those that another one has', async () => {
    const dying = await start('a');
    const other = await start('b');
    const confirmed = await take(dying, 2);
    const unconfirmed = await take(dying, 3);
    const taken = await take(dying, 4);
    await dying.signal('SIGKILL');
    await endClaims([...unconfirmed, ...taken]);
    assert.deepEqual(await report(other, taken), [4, 0]);
    assert.deepEqual(await report(other, confirmed), [0, 2]);
    assert.equal(await counted(other), 4);

    const again = await start('a');
    await counted(again);
    await eventually(async () => assert.equal(await counted(again), 2 + 3));
    assert.deepEqual(await report(again, [...confirmed, ...unconfirmed, ...taken]), [0, 9]);
    assert.deepEqual(await report(other, [...confirmed, ...unconfirmed, ...taken]), [0, 9]);
    await again.signal('SIGKILL');
    const third = await start('a');
    await counted(third);
    await take(third, 1);
    assert.equal(await counted(third), 1);
    assert.equal(await counted(other), 4);
  });

  it('count when the store is back, if it was unavailable when the replica restarted', async () => {
    const dying = await start('a');
    await take(dying, 3);
    await dying.signal('SIGKILL');
    redis.process.kill('SIGSTOP');
    try {
      const again = await start('a');
      await counted(again);
      assert.equal(await counted(again), 0);
      redis.process.kill('SIGCONT');
      await eventually(async () => assert.equal(await counted(again), 3), 30_000);
    } finally {
      redis.process.kill('SIGCONT');
    }
  });
});
