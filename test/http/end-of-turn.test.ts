import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type AddRoutes, createApp } from '../../src/http/app.ts';
import { endOfTurn } from '../../src/http/end-of-turn.ts';
import { listen } from '../../src/http/listener.ts';
import { type Observed, type Observer, observeRequest } from '../../src/http/observe-request.ts';
import { sendJson } from '../../src/http/send.ts';
import { createHttpMetrics } from '../../src/telemetry/http-metrics.ts';

describe('the end of a turn', () => {
  it('comes for all waiters, after everything that had arrived, in their order', async () => {
    const events: string[] = [];
    const waiting = ['a', 'b', 'c'].map(async (name) => {
      await endOfTurn();
      events.push(name);
    });
    process.nextTick(() => events.push('still arriving'));
    await Promise.all(waiting);
    assert.deepEqual(events, ['still arriving', 'a', 'b', 'c']);
  });

  it('is awaited by at most 32, and does not affect the next one', async () => {
    let released = 0;
    const wait = () => endOfTurn().then(() => released++);
    const first = Array.from({ length: 33 }, wait);
    await Promise.all(first.slice(0, 32));
    assert.equal(released, 32);
    await nextTurn();
    assert.equal(released, 33);
  });

  it('is when requests that arrived together are answered, on whatever connections', async () => {
    const events: string[] = [];
    const service: Observed & Observer = {
      state: 'ready',
      httpMetrics: createHttpMetrics([]),
      logRequest: () => events.push('answered'),
      onError: () => {},
      callerTrace: () => undefined,
    };
    const addRoutes: AddRoutes<unknown> = (router) => {
      router.get('/', (context) => {
        events.push('handled');
        sendJson(context, '{}');
      });
    };
    const listener = await listen(createApp(service, [addRoutes], observeRequest(service, service)), {
      host: '127.0.0.1',
      port: 0,
      keepAliveTimeoutMs: 65_000,
      sample: () => false,
    });
    const sockets = [1, 2, 3].map(() => connect(Number(new URL(listener.url).port), '127.0.0.1'));
    const askAll = () => {
      const answers = sockets.map((socket) => once(socket, 'data'));
      for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
      return Promise.all(answers);
    };
    try {
      // accepts the connections
      await askAll();
      events.length = 0;
      const answered = askAll();
      // gives the kernel time to deliver, while the server cannot look yet
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      await answered;
      assert.deepEqual(events, [...sockets.map(() => 'handled'), ...sockets.map(() => 'answered')]);
    } finally {
      for (const socket of sockets) socket.destroy();
      await listener.drain();
    }
  });
});
