import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ObservationReceipt } from '../../src/http/observation-batch.ts';
import { createObservationRepeats } from '../../src/http/observation-repeats.ts';
import { freePort } from '../support/free-port.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { eventually, postJson, seriesValue, startTestService, type TestService } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

const features = { age: 30, limit: 2000, history: 'good' };
const rows = [{ features, score: 0.9 }, { features }, { features, score: 0.1 }];
const counted = async ({ admin }: TestService) => {
  const text = await (await fetch(`${admin}/metrics`)).text();
  const of = (prediction: string) =>
    seriesValue(text, 'model_predictions_total', { prediction }) ?? Number.NaN;
  return of('good') + of('bad');
};
const observe = ({ admin }: TestService, body: unknown, key?: string) =>
  postJson(`${admin}/observations`, body, key === undefined ? {} : { 'idempotency-key': key });

describe('observations under an Idempotency-Key', () => {
  let service: TestService;
  before(async () => {
    service = await startTestService();
  });
  after(() => service?.stop());

  it('count once, and get the same answer again', async () => {
    const before = await counted(service);
    const first = await observe(service, rows, 'once');
    assert.deepEqual([first.status, first.body.accepted, first.body.ids.length], [202, 2, 3]);
    for (let i = 0; i < 3; i++) {
      const again = await observe(service, rows, 'once');
      assert.equal(again.status, 202);
      assert.deepEqual(again.body, first.body);
    }
    assert.equal(await counted(service), before + 2);
    const lines = await eventually(() => {
      const found = service.logLines().filter(({ event }) => event === 'observations');
      assert.equal(found.length, 4);
      return found;
    });
    assert.deepEqual(
      lines.map(({ duplicate }) => duplicate),
      [undefined, true, true, true],
    );
  });

  it('count once when they come several times at once', async () => {
    const before = await counted(service);
    const many = Array.from({ length: 2000 }, () => ({ features, score: 0.5 }));
    const answers = await Promise.all(Array.from({ length: 8 }, () => observe(service, many, 'at-once')));
    for (const { status, body } of answers) {
      assert.equal(status, 202);
      assert.deepEqual(body, answers[0].body);
    }
    assert.equal(await counted(service), before + 2000);
  });

  it('count each time without one', async () => {
    const before = await counted(service);
    const answers = [await observe(service, rows), await observe(service, rows)];
    assert.notDeepEqual(answers[0].body.ids, answers[1].body.ids);
    assert.equal(await counted(service), before + 4);
  });

  it('are refused under a key that was used for others', async () => {
    await observe(service, rows, 'reused');
    const before = await counted(service);
    const { status, body } = await observe(service, rows.slice(1), 'reused');
    assert.deepEqual([status, body.type], [422, 'urn:vigia:problem:idempotency-key-reused']);
    assert.equal(await counted(service), before);
  });

  it('may be sent again if they could not be read, or nothing was accepted', async () => {
    assert.equal((await observe(service, '[{', 'fixed')).status, 400);
    assert.equal((await observe(service, rows, 'fixed')).status, 202);
    const first = await observe(service, { features }, 'invalid');
    const again = await observe(service, { features }, 'invalid');
    assert.deepEqual([first.status, again.status, again.body.detail], [422, 422, first.body.detail]);
  });

  it('need a key of 1 to 128 printable characters', async () => {
    for (const key of ['', 'k'.repeat(129), 'schlüssel']) {
      const { status, body } = await observe(service, rows, key);
      assert.deepEqual([status, body.type], [400, 'urn:vigia:problem:invalid-header']);
    }
    assert.equal((await observe(service, rows, `${'k'.repeat(126)} k`)).status, 202);
  });
});

describe('the memory of batches', () => {
  const receipt: ObservationReceipt = { accepted: 1, ids: ['x'.repeat(68)], invalid: [] };
  const name = (i: number, body = 'body') => ({ key: `key ${i}`, body });

  it('keeps the receipts of the newest, and the numbers of the others', async () => {
    const limits = { batches: 10, ageMs: 1000, receiptBytes: 3 * JSON.stringify(receipt).length };
    const { once } = createObservationRepeats(undefined, { limits, now: () => 0 });
    const never = () => assert.fail('was taken before');
    for (let i = 0; i < 10; i++) await once(name(i), async () => receipt);
    for (let i = 0; i < 10; i++) {
      const expected = i < 7 ? { accepted: 1, invalid: [], duplicate: true } : receipt;
      assert.deepEqual(await once(name(i), never), { receipt: expected, isRepetition: true });
    }
    await once(name(10), async () => receipt);
    assert.equal((await once(name(0), async () => receipt)).isRepetition, false);
    assert.equal((await once(name(2), never)).isRepetition, true);
  });

  it('forgets them after their time', async () => {
    let nowMs = 0;
    const limits = { batches: 10, ageMs: 1000, receiptBytes: 1000 };
    const { once } = createObservationRepeats(undefined, { limits, now: () => nowMs });
    await once(name(0), async () => receipt);
    nowMs = 999;
    await assert.rejects(
      once(name(0, 'another'), async () => receipt),
      { key: 'idempotency-key-reused' },
    );
    nowMs = 1000;
    assert.equal((await once(name(0, 'another'), async () => receipt)).isRepetition, false);
  });

  it('processes a batch again that could not be processed', async () => {
    const { once } = createObservationRepeats(undefined);
    const failing = once(name(0), () => Promise.reject(new Error('the first fails')));
    const next = once(name(0), async () => receipt);
    await assert.rejects(failing, /the first fails/);
    assert.deepEqual(await next, { receipt, isRepetition: false });
  });
});

describe('a replica that shares a store', () => {
  it('repeats the result of a batch until the store has it', async () => {
    const told: unknown[] = [];
    let failures = 3;
    const store = {
      claimBatch: async () => 'claimed' as const,
      async settleBatch(batch: object, result: object) {
        if (failures-- > 0) throw new Error('is away');
        told.push({ ...batch, ...result });
      },
    };
    const { once } = createObservationRepeats(store, { retryMs: 1 });
    const receipt = {
      accepted: 2,
      invalid: [{ index: 1, pointer: '', code: 'type', message: '' }],
      moreInvalid: 3,
    };
    const batch = { key: 'key', body: 'body' };
    assert.equal((await once(batch, async () => receipt)).receipt, receipt);
    await eventually(() => assert.deepEqual(told, [{ ...batch, accepted: 2, invalid: 4 }]));
  });

  it('processes nothing that another replica is processing or has processed, or that it cannot claim', async () => {
    const claims = ['pending', 'pending', { accepted: 5, invalid: 0 }] as const;
    let asked = 0;
    const never = () => assert.fail('was taken elsewhere');
    const store = { claimBatch: async () => claims[asked++], settleBatch: async () => {} };
    const { receipt } = await createObservationRepeats(store).once({ key: '', body: '' }, never);
    assert.deepEqual(receipt, { accepted: 5, invalid: [], duplicate: true });
    const away = { ...store, claimBatch: () => Promise.reject(new Error('is away')) };
    await assert.rejects(createObservationRepeats(away).once({ key: '', body: '' }, never), {
      key: 'unavailable',
    });
  });
});

describe('replicas that share a store', () => {
  let redis: TestRedis;
  let replicas: TestService[];
  let port: number;
  let program: string;
  before(async function () {
    program = requireTool(this, 'redis-server');
    port = await freePort();
    redis = await startRedis(program, port);
    const env = { OUTCOME_DEDUP_URL: redis.url, OUTCOME_KEYS: randomUUID() };
    replicas = await Promise.all([startTestService(env), startTestService(env)]);
  });
  after(() => Promise.all([redis?.stop(), ...(replicas ?? []).map((replica) => replica.stop())]));
  const sum = async () => (await Promise.all(replicas.map(counted))).reduce((a, b) => a + b);
  const whenConnected = (replica: TestService, body: unknown, key: string) =>
    eventually(async () => {
      const answer = await observe(replica, body, key);
      assert.notEqual(answer.status, 503);
      return answer;
    });

  it('count a batch once, whoever gets it', async () => {
    const [one, other] = replicas;
    const before = await sum();
    const first = await whenConnected(one, rows, 'shared');
    assert.deepEqual([first.status, first.body.accepted], [202, 2]);
    const again = await whenConnected(other, rows, 'shared');
    assert.equal(again.status, 202);
    assert.deepEqual(again.body, { accepted: 2, invalid: [], moreInvalid: 1, duplicate: true });
    assert.deepEqual((await observe(one, rows, 'shared')).body, first.body);
    assert.equal((await observe(other, rows.slice(1), 'shared')).status, 422);
    assert.equal(await sum(), before + 2);
  });

  it('count it once if all receive it at once', async () => {
    const before = await sum();
    const many = Array.from({ length: 2000 }, () => ({ features, score: 0.5 }));
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => observe(replicas[i % 2], many, 'shared-at-once')),
    );
    for (const { status, body } of answers) assert.deepEqual([status, body.accepted], [202, 2000]);
    assert.equal(await sum(), before + 2000);
  });

  it('accept none with a key while the store is unavailable, but those without one', async () => {
    const [one, other] = replicas;
    await redis.stop();
    const before = await sum();
    const refused = await observe(one, rows, 'away');
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '5']);
    assert.match(refused.body.detail, /send them again under the same Idempotency-Key$/);
    // it was taken before, which this replica knows by itself
    assert.equal((await observe(one, rows, 'shared')).status, 202);
    assert.equal(await sum(), before);
    assert.equal((await observe(one, rows)).status, 202);
    redis = await startRedis(program, port);
    const taken = await whenConnected(one, rows, 'away');
    assert.equal(taken.body.accepted, 2);
    assert.equal((await whenConnected(other, rows, 'away')).body.duplicate, true);
    assert.equal(await sum(), before + 4);
  });
});
