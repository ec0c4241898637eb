import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ErrorReply } from '@redis/client';
import { keepRedisConnection, type RedisConnection } from '../../src/outcomes/redis-connection.ts';
import { hurryTimers } from '../support/clock.ts';
import { eventually } from '../support/service.ts';

/** A client whose connection works, unless `fault` is set. */
class FakeClient extends EventEmitter {
  static made: FakeClient[] = [];
  static fault: Error | undefined;
  isDestroyed = false;
  readonly madeMs = Date.now();
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    FakeClient.made.push(this);
  }
  async connect(): Promise<void> {
    if (FakeClient.fault) throw FakeClient.fault;
  }
  destroy(): void {
    this.isDestroyed = true;
  }
}

const lost = (why: string) =>
  `store:1: ${why}; outcomes are deferred until it is back, and so are observations with an Idempotency-Key`;
const back = 'store:1: is back: outcomes, and observations with an Idempotency-Key, are accepted again';

describe('the connection to a shared store', () => {
  const { made } = FakeClient;
  let connection: RedisConnection<FakeClient>;
  let problems: string[];
  let ready: number;
  let tried: FakeClient[];
  let nowMs: number;

  beforeEach(() => {
    made.length = 0;
    FakeClient.fault = undefined;
    problems = [];
    tried = [];
    ready = 0;
    nowMs = 1000;
    mock.method(performance, 'now', () => nowMs);
  });
  afterEach(() => {
    connection.close();
    mock.restoreAll();
  });

  const open = (url = 'redis://store:1') => {
    connection = keepRedisConnection(() => new FakeClient(url), {
      url,
      tryOut: (client) => {
        tried.push(client);
        return [Promise.resolve()];
      },
      onReady: () => ready++,
      onProblem: (problem) => problems.push(problem),
    });
  };
  const isReady = (times = 1) => eventually(() => assert.equal(ready, times));
  const ask = (...answers: (number | Error)[]) =>
    connection.ask(() =>
      answers.map(async (answer) => (answer instanceof Error ? Promise.reject(answer) : answer)),
    );

  it('is used once it has passed a trial, and reported only if it fails', async () => {
    open();
    await assert.rejects(ask(1), new Error('store:1: is unavailable'));
    await isReady();
    assert.deepEqual(tried, made);
    assert.deepEqual(await ask(1, 2), [1, 2]);
    assert.deepEqual(problems, []);
    assert.equal(made.length, 1);
  });

  it('is made again after growing pauses while it cannot be made, reported once, and said to be back', async () => {
    FakeClient.fault = new Error('no route');
    open();
    await eventually(() => assert.equal(made.length, 3));
    const pauses = [made[1].madeMs - made[0].madeMs, made[2].madeMs - made[1].madeMs];
    assert.ok(pauses[0] >= 95 && pauses[1] >= 195, `${pauses}`);
    assert.equal(tried.length, 0);
    assert.deepEqual(problems, [lost('no route')]);
    FakeClient.fault = undefined;
    await isReady();
    assert.deepEqual(problems, [lost('no route'), back]);
    assert.deepEqual(
      made.map(({ isDestroyed }) => isDestroyed),
      [true, true, true, false],
    );
  });

  it('is made again at once if it has lasted for ten seconds, and after a pause otherwise', async () => {
    open();
    await isReady();
    nowMs += 10_000;
    made[0].emit('error', new Error('gone'));
    assert.equal(made.length, 2);
    assert.equal(made[0].isDestroyed, true);
    await isReady(2);
    nowMs += 9_999;
    made[1].emit('error', new Error('gone'));
    await nextTurn();
    assert.equal(made.length, 2);
    await isReady(3);
    assert.ok(made[2].madeMs - made[1].madeMs >= 95);
  });

  it('ends with the first answer that is an error, but all calls of the pipeline get theirs', async () => {
    open();
    await isReady();
    await assert.rejects(ask(1, new ErrorReply('READONLY You can’t write')), /READONLY/);
    await assert.rejects(ask(1), new Error('store:1: is unavailable'));
    assert.equal(made[0].isDestroyed, true);
    assert.deepEqual(problems, [lost('READONLY You can’t write')]);
    await isReady(2);
    assert.deepEqual(await ask(3), [3]);
    assert.equal(problems.at(-1), back);
  });

  it('is not affected by what an earlier one reports late', async () => {
    open();
    await isReady();
    nowMs += 10_000;
    made[0].emit('error', new Error('gone'));
    await isReady(2);
    made[0].emit('error', new Error('gone again'));
    assert.equal(made[1].isDestroyed, false);
    assert.deepEqual(await ask(1), [1]);
    assert.deepEqual(problems, [lost('gone'), back]);
  });

  it('is reported again in an outage when the reason is of another kind, by the first word of a reply', async () => {
    const timers = hurryTimers();
    try {
      FakeClient.fault = new ErrorReply('LOADING wait');
      open();
      await eventually(() => assert.equal(made.length, 2));
      FakeClient.fault = new ErrorReply('LOADING wait longer');
      await eventually(() => assert.equal(made.length, 3));
      FakeClient.fault = new ErrorReply('LIMITED to others');
      await eventually(() => assert.equal(problems.length, 2));
      FakeClient.fault = new Error('no route');
      await eventually(() => assert.equal(problems.length, 3));
      assert.deepEqual(problems, [lost('LOADING wait'), lost('LIMITED to others'), lost('no route')]);
    } finally {
      timers.release();
    }
  });

  it('never shows the password, nor how it is written in the address', async () => {
    FakeClient.fault = new Error('WRONGPASS s%40cret and s@cret');
    open('redis://:s%40cret@store:1');
    await eventually(() => assert.equal(problems.length, 1));
    assert.deepEqual(problems, [lost('WRONGPASS [redacted] and [redacted]')]);
  });

  it('is neither made nor used nor reported any more once it is closed', async () => {
    open();
    await isReady();
    connection.close();
    assert.equal(made[0].isDestroyed, true);
    await assert.rejects(ask(1), new Error('store:1: is unavailable'));
    made[0].emit('error', new Error('closed'));
    await nextTurn();
    assert.equal(made.length, 1);

    open();
    connection.close();
    await nextTurn();
    assert.equal(ready, 1, 'not when it is closed while it is made');

    FakeClient.fault = new Error('no route');
    const madeOf = (url: string) => made.filter((client) => client.url === url).length;
    open('redis://closed');
    connection.close();
    open();
    await eventually(() => assert.equal(madeOf('redis://store:1'), 4));
    assert.equal(madeOf('redis://closed'), 1);
    assert.deepEqual(problems, [lost('no route')]);
  });

  it('is ended if there is no answer for two seconds', async () => {
    open();
    await isReady();
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const asking = connection.ask(() => [new Promise(() => {})]);
      mock.timers.tick(1999);
      await nextTurn();
      assert.equal(made[0].isDestroyed, false);
      mock.timers.tick(1);
      await assert.rejects(asking, new Error('no answer within 2000 ms'));
      assert.equal(made[0].isDestroyed, true);
    } finally {
      mock.timers.reset();
    }
  });

  it('keeps no process running by a timer, neither after an answer nor before it is made again', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    // by then the one of the test itself runs
    await nextTurn();
    const before = timers();
    open();
    await isReady();
    await ask(1);
    assert.ok(timers() <= before);
    made[0].emit('error', new Error('gone'));
    await nextTurn();
    assert.ok(timers() <= before);
  });
});
