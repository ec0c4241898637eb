import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { mock } from 'node:test';
import { endOfTurn } from '../../src/http/end-of-turn.ts';
import { createLoadGuard, type LoadGuard } from '../../src/http/shed-load.ts';
import { createHttpMetrics, type HttpMetrics } from '../../src/telemetry/http-metrics.ts';

const intervalMs = 25;
const maxDelayMs = 100;

describe('the load guard', () => {
  let nowMs: number;
  let metrics: HttpMetrics;
  let guard: LoadGuard;

  beforeEach(() => {
    nowMs = 1000;
    mock.method(performance, 'now', () => nowMs);
    mock.timers.enable({ apis: ['setInterval'] });
    metrics = createHttpMetrics([]);
    guard = createLoadGuard(metrics, { maxConcurrent: 3, maxDelayMs });
  });
  afterEach(() => {
    guard.stop();
    mock.timers.reset();
    mock.restoreAll();
  });

  /** The guard's timer fires, later than it should. */
  function tick(lateMs: number): void {
    nowMs += intervalMs + lateMs;
    mock.timers.tick(intervalMs);
  }

  function ask(url = '/predict'): ServerResponse | undefined {
    const request = Object.assign(new IncomingMessage(new Socket()), { method: 'POST', url });
    const response = new ServerResponse(request);
    return guard.refuse(request, response) ? response : undefined;
  }

  it('forgives one late turn of the event loop, and refuses from the second in a row', () => {
    tick(maxDelayMs + 1);
    assert.equal(ask(), undefined);
    tick(maxDelayMs + 1);
    assert.ok(ask());
    assert.deepEqual(metrics.shed, { concurrency: 0, event_loop: 1 });
  });

  it('does not count a delay up to the limit as late', () => {
    for (let i = 0; i < 10; i++) tick(maxDelayMs);
    assert.equal(ask(), undefined);
  });

  it('accepts requests again after one turn in time', () => {
    for (let i = 0; i < 10; i++) tick(maxDelayMs + 1);
    assert.ok(ask());
    tick(0);
    assert.equal(ask(), undefined);
  });

  it('refuses when the timer is two limits late, without waiting for it', () => {
    nowMs += intervalMs + 2 * maxDelayMs - 1;
    assert.equal(ask(), undefined);
    nowMs += 1;
    assert.ok(ask());
  });

  it('adds the present delay to one that was measured', () => {
    tick(maxDelayMs + 1);
    nowMs += intervalMs + maxDelayMs;
    assert.ok(ask());
  });

  it('refuses those beyond the number that may be in flight, with that reason', () => {
    metrics.active = 2;
    assert.equal(ask(), undefined);
    metrics.active = 3;
    assert.ok(ask());
    assert.deepEqual(metrics.shed, { concurrency: 1, event_loop: 0 });
  });

  it('answers health, readiness and metrics whatever the load, and no other path', () => {
    metrics.active = 1000;
    for (let i = 0; i < 10; i++) tick(10 * maxDelayMs);
    for (const path of [
      '/health',
      '/ready',
      '/metrics',
      '/metrics?x=1',
      '/v2/health/live',
      '/v2/health/ready',
    ]) {
      assert.equal(ask(path), undefined, path);
    }
    for (const path of ['/', '/predict', '/healthy', '/predict?/health', '/v2/health']) {
      assert.ok(ask(path), path);
    }
  });

  it('answers previously accepted requests immediately when it refuses, and only then', async () => {
    metrics.active = 2;
    let answered = false;
    const answer = endOfTurn().then(() => {
      answered = true;
    });
    assert.equal(ask(), undefined);
    await Promise.resolve();
    assert.equal(answered, false);
    metrics.active = 3;
    assert.ok(ask());
    // no turn of the event loop has ended
    await Promise.resolve();
    assert.equal(answered, true);
    await answer;
  });

  it('says when to try again, in a complete problem document', async () => {
    metrics.active = 1000;
    const response = ask();
    // when what was read is parsed, so that a request that is all there does not cost its connection
    assert.equal(response?.headersSent, false);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(response?.statusCode, 503);
    assert.equal(response.writableEnded, true);
    const head = (response as ServerResponse & { _header: string })._header.toLowerCase();
    assert.match(head, /^http\/1\.1 503 /);
    assert.match(head, /\nretry-after: 1\r\n/);
    assert.match(head, /\ncontent-type: application\/problem\+json\r\n/);
    assert.match(head, /\nx-content-type-options: nosniff\r\n/);
  });

  it('says so to a client of the V2 protocol as that prescribes', async () => {
    metrics.active = 1000;
    const texts = ['/v2/models/credit/infer', '/predict'].map((url) => {
      const response = ask(url) as ServerResponse;
      return new Promise<string>((resolve) => {
        mock.method(response, 'end', resolve);
      });
    });
    const [v2, own] = (await Promise.all(texts)).map((text) => JSON.parse(text));
    assert.equal(v2.error, own.detail);
    assert.equal(own.error, undefined);
  });

  it('measures nothing more once it is stopped', () => {
    guard.stop();
    for (let i = 0; i < 10; i++) tick(0);
    // the last measurement was ten intervals ago, which is two limits
    assert.ok(ask());
  });
});
