import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { openSharedStore } from '../../src/outcomes/redis-store.ts';
import type { SharedStore } from '../../src/outcomes/shared-store.ts';
import { hurryTimers } from '../support/clock.ts';
import { freePort } from '../support/free-port.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type Behaviour, type RespServer, silence, startRespServer } from '../support/resp-server.ts';
import { eventually, postJson, seriesValue, startTestService, type TestService } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

const dayMs = 86_400_000;
const later = Date.now() + dayMs;
const isWrite = ([name]: readonly string[]) => ['SET', 'EVAL', 'EVALSHA'].includes(name);
const replies = [
  "READONLY You can't write against a read only replica.",
  'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
  'LOADING Redis is loading the dataset in memory',
  'NOAUTH Authentication required.',
  'WRONGPASS invalid username-password pair or user is disabled.',
  'NOPERM this user has no permissions to run the command',
  'CLUSTERDOWN The cluster is down',
  'TRYAGAIN Multiple keys request during rehashing of slot',
  'MOVED 3999 127.0.0.1:6381',
  "OOM command not allowed when used memory > 'maxmemory'.",
  'NOREPLICAS Not enough good replicas to write.',
  'MASTERDOWN Link with MASTER is down',
  'BUSY Redis is busy running a script.',
  'ERR max number of clients reached',
];

describe('a shared store that answers with errors', () => {
  let clock: ReturnType<typeof hurryTimers>;
  let store: RespServer;
  let memory: SharedStore;
  let problems: string[];

  beforeEach(async () => {
    clock = hurryTimers();
    store = await startRespServer();
    problems = [];
  });
  afterEach(async () => {
    await memory.close();
    await store.close();
    clock.release();
  });

  const open = (url = store.url) => {
    memory = openSharedStore(url, {
      owner: randomUUID(),
      maxAgeMs: dayMs,
      onProblem: (message) => problems.push(message),
    });
  };
  const ready = () => eventually(() => memory.claim([0n]));

  for (const reply of replies) {
    const [code] = reply.split(' ');
    it(`by ${code}: makes a new connection, is back when that works, and reports both once`, async () => {
      open();
      await ready();
      const old = store.connections;
      store.behave = (command, connection) =>
        connection <= old && isWrite(command) ? `-${reply}\r\n` : undefined;
      await assert.rejects(memory.claim([1n]), new RegExp(code));
      await eventually(async () => assert.deepEqual(await memory.claim([1n]), ['claimed']));
      assert.equal(store.connections, old + 1);
      assert.equal(store.open, 1, 'the old connection is closed');
      assert.deepEqual(problems, [
        `${store.host}: ${reply}; outcomes are deferred until it is back, and so are observations with an Idempotency-Key`,
        `${store.host}: is back: outcomes, and observations with an Idempotency-Key, are accepted again`,
      ]);
    });
  }

  it('for long: retries at intervals, does not count as working in the meantime, and is reported once', async () => {
    open();
    await ready();
    let isBroken = true;
    store.behave = (command) => (isBroken && isWrite(command) ? '-MISCONF cannot save\r\n' : undefined);
    await assert.rejects(memory.claim([1n]), /MISCONF/);
    const before = store.connections;
    const startedMs = clock.passedMs();
    await eventually(() => assert.ok(store.connections >= before + 6));
    assert.ok(clock.passedMs() - startedMs > 100 + 200 + 400 + 800 + 1600 + 2000, 'the pauses grow');
    await assert.rejects(memory.claim([1n]), /is unavailable/);
    assert.equal(problems.length, 1);
    isBroken = false;
    await eventually(async () => assert.deepEqual(await memory.claim([1n]), ['claimed']));
    assert.equal(problems.length, 2);
  });

  it('to some calls and not to the trial: makes connections at growing intervals', async () => {
    open();
    await ready();
    let asked = 0;
    store.behave = ([name, key]) =>
      name === 'SET' && key === 'vigia:outcome:1' && asked++ % 2 === 0 ? '-TRYAGAIN later\r\n' : undefined;
    const before = store.connections;
    const startedMs = clock.passedMs();
    await eventually(async () => {
      await memory.claim([1n]).catch(() => {});
      assert.ok(store.connections >= before + 6);
    });
    assert.ok(clock.passedMs() - startedMs > 100 + 200 + 400 + 800 + 1600 + 2000, 'the pauses grow');
  });

  it('to models alone: does not count as working, as other replicas could count nothing', async () => {
    store.behave = ([name, key]) =>
      name === 'SET' && key.startsWith('vigia:model:') ? '-NOPERM not this key\r\n' : undefined;
    open();
    memory.publishModel('abc', '{}');
    await eventually(() => assert.ok(store.connections >= 3));
    await assert.rejects(memory.claim([1n]), /is unavailable/);
    assert.deepEqual(problems, [
      `${store.host}: NOPERM not this key; outcomes are deferred until it is back, and so are observations with an Idempotency-Key`,
    ]);
  });

  it('when it is to confirm: the outcome does not count as confirmed, and can be claimed again', async () => {
    open();
    await ready();
    const old = store.connections;
    await memory.claim([1n, 2n]);
    store.behave = ([name], connection) =>
      connection <= old && name.startsWith('EVAL') ? '-READONLY no\r\n' : undefined;
    await assert.rejects(memory.confirm([1n, 2n], [later, later]), /READONLY/);
    await eventually(async () => assert.deepEqual(await memory.claim([1n, 2n]), ['claimed', 'claimed']));
    assert.deepEqual(await memory.confirm([1n, 2n], [later, later]), [true, true]);
  });

  it('of a different kind than before: is reported, too, as the first may be over', async () => {
    open();
    await ready();
    let reply = '-LOADING wait\r\n';
    store.behave = () => reply;
    await assert.rejects(memory.claim([1n]), /LOADING/);
    reply = '-WRONGPASS invalid username-password pair\r\n';
    await eventually(() => assert.match(problems[1] ?? '', /WRONGPASS/));
    store.behave = () => undefined;
    await eventually(() => memory.claim([1n]));
    assert.equal(problems.length, 3);
  });

  it('never shows the password, which a store that does not know HELLO repeats', async () => {
    store.behave = ([name, ...args]) =>
      name === 'HELLO' ? `-ERR unknown command 'HELLO', with args: ${args.join(' ')}\r\n` : undefined;
    open(store.url.replace('redis://', 'redis://:s%40cret-of-redis@'));
    await eventually(() => assert.equal(problems.length, 1));
    assert.match(problems[0], /ERR unknown command .*\[redacted\]/);
    assert.doesNotMatch(problems[0], /cret-of-redis/);
  });

  it('publishes models again once it is back', async () => {
    open();
    await ready();
    const old = store.connections;
    store.behave = (command, connection) =>
      connection <= old && isWrite(command) ? '-READONLY no\r\n' : undefined;
    memory.publishModel('abc', '{"a":1}');
    await eventually(async () => assert.equal(await memory.getModel('abc'), '{"a":1}'));
  });

  const mute: [string, Behaviour][] = [
    ['takes connections and never answers', () => silence],
    ['greets and then answers nothing', ([name]) => (name === 'GET' ? silence : undefined)],
  ];
  for (const [what, behave] of mute) {
    it(`or that ${what}: is left for a new connection within seconds`, async () => {
      store.behave = behave;
      open();
      await eventually(() =>
        assert.match(problems[0] ?? '', /no answer within \d+ ms; outcomes are deferred/),
      );
      await assert.rejects(memory.claim([1n]), /is unavailable/);
      store.behave = () => undefined;
      await eventually(() => memory.claim([1n]));
      assert.match(problems.at(-1) ?? '', /is back:/);
      assert.equal(problems.length, 2);
    });
  }

  it('or whose connection is half open: a new one is made', async () => {
    open();
    await ready();
    const old = store.connections;
    store.behave = (_, connection) => (connection <= old ? silence : undefined);
    await assert.rejects(memory.claim([1n]), /no answer within 2000 ms/);
    await eventually(async () => assert.deepEqual(await memory.claim([1n]), ['claimed']));
    assert.equal(store.open, 1);
    assert.equal(problems.length, 2);
  });

  it('makes no more connections once it is closed', async () => {
    store.behave = () => '-LOADING wait\r\n';
    open();
    await eventually(() => assert.equal(problems.length, 1));
    await memory.close();
    await eventually(() => assert.equal(store.open, 0));
    const { connections } = store;
    // another one, which is not closed, shows when it would have made some
    const closed = store;
    store = await startRespServer();
    try {
      store.behave = () => '-LOADING wait\r\n';
      open();
      await eventually(() => assert.ok(store.connections >= 4));
      assert.equal(closed.connections, connections);
    } finally {
      await closed.close();
    }
  });
});

describe('a service whose Redis', () => {
  let redis: TestRedis;
  let service: TestService;
  let client: ReturnType<typeof createClient>;

  before(async function () {
    redis = await startRedis(requireTool(this, 'redis-server'), await freePort());
    client = createClient({ url: redis.url });
    await client.connect();
    service = await startTestService({
      OUTCOME_KEYS: 'a key that is long enough',
      OUTCOME_DEDUP_URL: redis.url,
    });
  });
  after(async () => {
    client?.destroy();
    await service?.stop();
    await redis?.stop();
  });

  const predict = async () => {
    const { status, body } = await postJson(`${service.api}/predict`, {
      age: 30,
      limit: 2000,
      history: 'good',
    });
    assert.equal(status, 200);
    return body.id as string;
  };
  const report = (id: string) => postJson(`${service.admin}/outcomes`, { id, outcome: 'good' });
  const said = () =>
    service
      .logLines()
      .filter(({ event }) => event === 'outcomes')
      .map(({ msg }) => String(msg));

  for (const [what, code, spoil, mend] of [
    [
      'has become a replica',
      'READONLY',
      () => client.sendCommand(['REPLICAOF', '127.0.0.1', '1']),
      () => client.sendCommand(['REPLICAOF', 'NO', 'ONE']),
    ],
    [
      'has too few replicas to write',
      'NOREPLICAS',
      () => client.configSet('min-replicas-to-write', '1'),
      () => client.configSet('min-replicas-to-write', '0'),
    ],
    [
      'is full',
      'OOM',
      () => client.configSet({ maxmemory: '1', 'maxmemory-policy': 'noeviction' }),
      () => client.configSet('maxmemory', '0'),
    ],
  ] as const) {
    it(`${what}: defers outcomes, says so once with ${code}, and takes them again by itself`, async () => {
      const id = await predict();
      const first = await predict();
      await eventually(async () => assert.equal((await report(first)).body.accepted, 1));
      const before = said().length;
      await spoil();
      for (let i = 0; i < 3; i++) {
        const { status, headers, body } = await report(id);
        assert.equal(status, 503);
        assert.equal(body.type, 'urn:vigia:problem:unavailable');
        assert.ok(Number(headers.get('retry-after')) > 0);
        await predict();
      }
      await mend();
      await eventually(async () => assert.equal((await report(id)).body.accepted, 1));
      assert.equal((await report(id)).body.duplicate, 1);
      const lines = await eventually(() => {
        const some = said().slice(before);
        assert.match(some.at(-1) ?? '', /is back:/);
        return some;
      });
      assert.equal(lines.length, 2, lines.join('\n'));
      assert.match(lines[0], new RegExp(`^127\\.0\\.0\\.1:\\d+: ${code} .*; outcomes are deferred`));
      const text = await (await fetch(`${service.admin}/metrics`)).text();
      assert.ok((seriesValue(text, 'outcomes_received_total', { result: 'deferred' }) ?? 0) >= 3);
    });
  }
});
