import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { openSharedStore } from '../../src/outcomes/redis-store.ts';
import { claimMs, type SharedStore } from '../../src/outcomes/shared-store.ts';
import { freePort } from '../support/free-port.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { eventually } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

const dayMs = 86_400_000;

describe('the memory that replicas share', () => {
  let program: string;
  let port: number;
  let redis: TestRedis;
  const opened: SharedStore[] = [];
  const problems: string[] = [];
  const open = (who: { owner?: string; owners?: ReadonlySet<string> } = {}) => {
    const memory = openSharedStore(`redis://127.0.0.1:${port}`, {
      owner: randomUUID(),
      maxAgeMs: dayMs,
      onProblem: (message) => problems.push(message),
      ...who,
    });
    opened.push(memory);
    return memory;
  };
  before(async function () {
    program = requireTool(this, 'redis-server');
    port = await freePort();
    redis = await startRedis(program, port);
  });
  afterEach(async () => {
    for (const memory of opened.splice(0)) await memory.close();
  });
  after(() => redis?.stop());

  const later = Date.now() + dayMs;
  const claimed = (memory: SharedStore, ...keys: bigint[]) => eventually(() => memory.claim(keys));

  it('lets one replica claim an outcome, and tells the others its state', async () => {
    const [one, other] = [open(), open()];
    assert.deepEqual(await claimed(one, 1n, 2n), ['claimed', 'claimed']);
    assert.deepEqual(await claimed(other, 2n, 3n), ['pending', 'claimed']);
    assert.deepEqual(await one.confirm([1n, 2n], [later, later]), [true, true]);
    assert.deepEqual(await other.claim([1n, 2n, 3n]), ['confirmed', 'confirmed', 'claimed']);
    assert.deepEqual(await one.claim([1n, 3n]), ['own', 'pending']);
    assert.deepEqual(await one.confirm([3n], [later]), [false]);
  });

  it('confirms for the owner of a line that it has taken over, until that belongs to somebody else', async () => {
    const owner = randomUUID();
    const owners = new Set([owner]);
    const one = open({ owners });
    const next = open({ owner });
    await claimed(one, 200n, 201n);
    assert.deepEqual(await one.confirm([200n, 201n], [later, later], [owner, owner]), [true, true]);
    assert.deepEqual(await one.claim([200n]), ['own']);
    owners.delete(owner);
    assert.deepEqual(await one.claim([200n]), ['confirmed']);
    assert.deepEqual(await claimed(next, 200n, 201n), ['own', 'own']);
  });

  it('frees a claim whose replica died, and confirms one that nobody else took', async () => {
    const [one, other] = [open(), open()];
    await claimed(one, 10n, 11n);
    const client = await createClient({ url: redis.url }).connect();
    try {
      // the claims last until this test lets them end, however slow the machine
      const keys = ['vigia:outcome:a', 'vigia:outcome:b'];
      for (const key of keys) {
        const remainingMs = await client.pTTL(key);
        assert.ok(remainingMs > 0 && remainingMs <= claimMs, `${remainingMs} ms`);
        await client.persist(key);
      }
      assert.deepEqual(await claimed(other, 10n), ['pending']);
      for (const key of keys) await client.pExpire(key, 1);
      await eventually(async () => assert.deepEqual(await other.claim([10n]), ['claimed']));
    } finally {
      client.destroy();
    }
    assert.deepEqual(await one.confirm([10n, 11n], [later, later]), [false, true]);
  });

  it('forgets an outcome when its prediction has expired', async () => {
    const one = open();
    await claimed(one, 20n, 21n);
    const client = await createClient({ url: redis.url }).connect();
    try {
      const before = Date.now();
      await one.confirm([20n, 21n], [later, before - 1]);
      assert.deepEqual(await one.claim([20n, 21n]), ['own', 'claimed']);
      const remainingMs = await client.pTTL('vigia:outcome:14');
      assert.ok(remainingMs <= later - before && remainingMs >= later - Date.now(), `${remainingMs} ms`);
    } finally {
      client.destroy();
    }
  });

  it('frees the claim of a batch whose replica died, and keeps a result for a day', async () => {
    const [one, other] = [open(), open()];
    const batch = { key: 'key', body: 'body' };
    const claim = (memory: SharedStore, named = batch) => eventually(() => memory.claimBatch(named));
    assert.equal(await claim(one), 'claimed');
    const client = await createClient({ url: redis.url }).connect();
    const remains = async (atMostMs: number) => {
      const remainingMs = await client.pTTL('vigia:batch:key');
      assert.ok(remainingMs > atMostMs - 30_000 && remainingMs <= atMostMs, `${remainingMs} ms`);
    };
    try {
      await remains(30_000);
      // the claim lasts until this test lets it end, however slow the machine
      await client.persist('vigia:batch:key');
      assert.equal(await claim(other), 'pending');
      await client.pExpire('vigia:batch:key', 1);
      await eventually(async () => assert.equal(await other.claimBatch(batch), 'claimed'));
      await other.settleBatch(batch, { accepted: 5, invalid: 2 });
      await remains(dayMs);
      assert.deepEqual(await claim(one), { accepted: 5, invalid: 2 });
      assert.equal(await claim(one, { ...batch, body: 'another' }), 'differs');
    } finally {
      client.destroy();
    }
  });

  it('takes ten thousand claims in one go', async () => {
    const one = open();
    await claimed(one, 30n);
    const keys = Array.from({ length: 10_000 }, (_, i) => BigInt(1000 + i));
    assert.ok((await one.claim(keys)).every((state) => state === 'claimed'));
    const confirmed = await one.confirm(
      keys,
      keys.map(() => later),
    );
    assert.ok(confirmed.every(Boolean));
  });

  it('claims nothing while it is full, and has forgotten nothing afterwards', async () => {
    const memory = open();
    assert.deepEqual(await claimed(memory, 600n), ['claimed']);
    assert.deepEqual(await memory.confirm([600n], [later]), [true]);
    const client = await createClient({ url: redis.url }).connect();
    try {
      await client.configSet({ maxmemory: '1', 'maxmemory-policy': 'noeviction' });
      await assert.rejects(memory.claim([601n]), /OOM/);
      await client.configSet('maxmemory', '0');
    } finally {
      client.destroy();
    }
    assert.deepEqual(await claimed(memory, 600n, 601n), ['own', 'claimed']);
  });

  it('keeps models, and brings them back after the store has lost them', async () => {
    const [one, other] = [open(), open()];
    one.publishModel('abc', '{"a":1}');
    const get = () =>
      eventually(async () => {
        const text = await other.getModel('abc');
        assert.ok(text);
        return text;
      }, 20_000);
    assert.equal(await get(), '{"a":1}');
    assert.equal(await other.getModel('nothing'), null);
    await redis.stop();
    await assert.rejects(other.getModel('abc'));
    redis = await startRedis(program, port);
    assert.equal(await get(), '{"a":1}');
    assert.ok(problems.some((message) => /outcomes are deferred/.test(message)));
    assert.ok(problems.some((message) => /is back:/.test(message)));
    for (const message of problems) assert.doesNotMatch(message, /\n/);
  });
});
