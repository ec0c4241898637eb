import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { type Span, trace } from '@opentelemetry/api';
import type { Middleware } from 'koa';
import { type AddRoutes, createApp } from '../../src/http/app.ts';
import { type Listener, listen } from '../../src/http/listener.ts';
import { type Observed, type Observer, observeRequest } from '../../src/http/observe-request.ts';
import { Problem } from '../../src/http/problem.ts';
import type { RequestState } from '../../src/http/request-context.ts';
import { sendJson } from '../../src/http/send.ts';
import { createHttpMetrics } from '../../src/telemetry/http-metrics.ts';
import type { RequestEntry } from '../../src/telemetry/request-log.ts';

const traceId = 'a'.repeat(32);
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('the request observer', () => {
  let service: { -readonly [Member in keyof (Observed & Observer)]: (Observed & Observer)[Member] };
  let logged: RequestEntry[];
  let faults: [error: unknown, requestId: string][];
  let handle: Middleware<RequestState>;
  let listener: Listener;

  beforeEach(async () => {
    logged = [];
    faults = [];
    service = {
      state: 'ready',
      httpMetrics: createHttpMetrics([]),
      logRequest: (entry) => logged.push(entry),
      onError: (error, requestId) => faults.push([error, requestId]),
      callerTrace: ({ traceparent }) =>
        traceparent === undefined ? undefined : { traceId, spanId: 'b'.repeat(16), traceFlags: 1 },
    };
    const addRoutes: AddRoutes<unknown> = (router) => {
      router.post('/models/:name', (context, next) => handle(context, next));
    };
    listener = await listen(createApp(service, [addRoutes], observeRequest(service, service)), {
      host: '127.0.0.1',
      port: 0,
      keepAliveTimeoutMs: 65_000,
      sample: () => false,
    });
    handle = (context) => sendJson(context, '{}');
  });
  afterEach(async () => {
    const drained = listener.drain();
    listener.destroy();
    await drained;
  });

  const ask = (headers: Record<string, string> = {}) =>
    fetch(`${listener.url}/models/a`, { method: 'POST', headers });
  const counted = () =>
    service.httpMetrics.series.map(({ method, route, status, durations: { counts } }) => [
      method,
      route,
      status,
      counts.reduce((sum, count) => sum + count),
    ]);

  it('keeps a request id that is safe in a header and a log line, and makes one for every other request', async () => {
    for (const given of ['a', 'A-z_0.9:~+/=', 'x'.repeat(128)]) {
      assert.equal((await ask({ 'x-request-id': given })).headers.get('x-request-id'), given);
      assert.equal(logged.at(-1)?.requestId, given);
    }
    for (const given of [undefined, '', 'x'.repeat(129), 'a b', 'a"b', 'ä', '{"a":1}', 'a,b']) {
      const made = (await ask(given === undefined ? {} : { 'x-request-id': given })).headers.get(
        'x-request-id',
      );
      assert.match(made ?? '', uuid, given);
      assert.equal(logged.at(-1)?.requestId, made);
    }
  });

  it('counts and logs an answer once, under its route and status', async () => {
    handle = (context) => sendJson(context, '{}', 202);
    await ask();
    await ask();
    assert.deepEqual(counted(), [['POST', '/models/:name', 202, 2]]);
    assert.equal(logged.length, 2);
    const [{ event, route, method, status, durationMs }] = logged;
    assert.deepEqual(
      { event, route, method, status },
      { event: 'request', route: '/models/:name', method: 'POST', status: 202 },
    );
    // measured in milliseconds here, and counted in seconds
    assert.ok(durationMs > 0 && durationMs < 60_000, `${durationMs} ms`);
    const [{ durations }] = service.httpMetrics.series;
    assert.ok(Math.abs(durations.sum - (durationMs + logged[1].durationMs) / 1000) < 1e-9);
  });

  it('counts a request as active until it is answered', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    handle = async (context) => {
      begin();
      await released;
      sendJson(context, '{}');
    };
    const answer = ask();
    await begun;
    assert.equal(service.httpMetrics.active, 1);
    release();
    await answer;
    assert.equal(service.httpMetrics.active, 0);
  });

  it('answers a problem with its document and headers, and reports nothing', async () => {
    handle = () => {
      throw new Problem('overloaded', 'try again', { headers: { 'retry-after': '3' } });
    };
    const answer = await ask({ 'x-request-id': 'r1' });
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('retry-after'), '3');
    const { detail, requestId } = (await answer.json()) as any;
    assert.deepEqual({ detail, requestId }, { detail: 'try again', requestId: 'r1' });
    assert.deepEqual(faults, []);
    assert.deepEqual(counted(), [['POST', '/models/:name', 503, 1]]);
    assert.equal(service.httpMetrics.active, 0);
  });

  it('answers anything else that is thrown with 500 without repeating it, and reports it under the request id', async () => {
    const error = new Error('the password is 123');
    handle = async () => {
      throw error;
    };
    const answer = await ask({ 'x-request-id': 'r2' });
    assert.equal(answer.status, 500);
    assert.doesNotMatch(await answer.text(), /password/);
    assert.deepEqual(faults, [[error, 'r2']]);
    assert.deepEqual(counted(), [['POST', '/models/:name', 500, 1]]);
    assert.equal(logged[0].status, 500);
  });

  it('adds the security headers to every answer', async () => {
    for (const answer of [await ask(), await fetch(`${listener.url}/nowhere`)]) {
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(answer.headers.get('cache-control'), 'no-store');
    }
  });

  it('ends the connection with the answer when the service stops, and only then', async () => {
    assert.notEqual((await ask()).headers.get('connection'), 'close');
    service.state = 'draining';
    assert.equal((await ask()).headers.get('connection'), 'close');
  });

  it("logs the caller's trace, but not the caller's span as its own", async () => {
    await ask({ traceparent: 'any' });
    const [{ spanId, traceFlags }] = logged;
    assert.deepEqual([logged[0].traceId, spanId, traceFlags], [traceId, undefined, 1]);
  });

  it('has an exemplar of a request whose own span is recorded, and of no other', async () => {
    const hasExemplar = () =>
      service.httpMetrics.series.some(({ exemplars, durations: { counts } }) =>
        exemplars.recent(0, counts.length)?.some((one) => one?.traceId === traceId),
      );
    const askWithin = async (traceFlags: number) => {
      const spanContext = () => ({ traceId, spanId: 'c'.repeat(16), traceFlags });
      const active = mock.method(trace, 'getActiveSpan', () => ({ spanContext }) as Span);
      await ask();
      active.mock.restore();
      assert.equal(logged.at(-1)?.spanId, 'c'.repeat(16));
    };
    await ask({ traceparent: 'any' });
    await askWithin(0);
    assert.equal(hasExemplar(), false);
    await askWithin(1);
    assert.equal(hasExemplar(), true);
  });

  it('hands the request id and the trace on', async () => {
    let handed: unknown;
    handle = (context) => {
      const { requestId, trace } = context.state;
      handed = { requestId, trace };
      sendJson(context, '{}');
    };
    await ask({ 'x-request-id': 'r1', traceparent: 'any' });
    assert.deepEqual(handed, { requestId: 'r1', trace: { traceId, traceFlags: 1 } });
  });

  it('names a prediction, several rows and a batch of observations by their own events, with what is known of them', async () => {
    const entryOf = async (state: Partial<RequestState>) => {
      handle = (context) => {
        Object.assign(context.state, state);
        sendJson(context, '{}');
      };
      await ask();
      const { durationMs: _, requestId: __, route: ___, method: ____, ...entry } = logged.at(-1)!;
      return JSON.parse(JSON.stringify(entry));
    };
    const prediction = { key: 'k1', prediction: 'good', score: 0.25, payload: '{"age":30}' };
    assert.deepEqual(await entryOf({ model: '"model":"credit"', prediction }), {
      event: 'predict',
      status: 200,
      model: '"model":"credit"',
      ...prediction,
    });
    assert.deepEqual(await entryOf({ predicted: { rows: 3, key: 'k2' } }), {
      event: 'predict',
      status: 200,
      rows: 3,
      key: 'k2',
    });
    const observations = { accepted: 5, invalid: 2, isRepetition: false };
    assert.deepEqual(await entryOf({ observations }), {
      event: 'observations',
      status: 200,
      accepted: 5,
      invalid: 2,
    });
    assert.deepEqual(await entryOf({ observations: { ...observations, isRepetition: true } }), {
      event: 'observations',
      status: 200,
      accepted: 5,
      invalid: 2,
      duplicate: true,
    });
  });
});
