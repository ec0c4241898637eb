import assert from 'node:assert/strict';
import { once } from 'node:events';
import Koa from 'koa';
import { type Listener, listen } from '../../src/http/listener.ts';
import type { RequestState } from '../../src/http/request-context.ts';
import type { UnreadableReason } from '../../src/telemetry/http-metrics.ts';
import { halfSent, openRaw, type RawConnection } from '../support/raw-connection.ts';
import { eventually, startTestService } from '../support/service.ts';

const request = 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n';
/** Requests are late immediately, so that tests wait for events and not for a time. */
const timeouts = { headersTimeout: 100, requestTimeout: 150, connectionsCheckingInterval: 20 };

describe('a connection', () => {
  const unreadable: UnreadableReason[] = [];
  let listener: Listener;

  async function start(keepAliveTimeoutMs: number): Promise<void> {
    unreadable.length = 0;
    const app = new Koa<RequestState>();
    app.use((context) => {
      context.body = '"well"';
    });
    const onUnreadable = (reason: UnreadableReason) => unreadable.push(reason);
    listener = await listen(app, {
      host: '127.0.0.1',
      port: 0,
      keepAliveTimeoutMs,
      timeouts,
      sample: () => false,
      onUnreadable,
    });
  }
  afterEach(async () => {
    const drained = listener.drain();
    listener.destroy();
    await drained;
  });

  it('on which nothing was sent yet waits like an idle one, long after late requests are cut off', async () => {
    await start(600_000);
    const unused = openRaw(listener.url);
    await once(unused.socket, 'connect');
    // two after the other: when the second is cut, the first connection has been looked at several times
    for (const sent of ['GET /health HT', 'POST /health HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n']) {
      const late = openRaw(listener.url);
      late.socket.write(sent);
      assert.match(await late.closed, /HTTP\/1\.1 408 /);
    }
    assert.equal(unused.received(), '');
    unused.socket.write(request);
    await eventually(() => assert.match(unused.received(), /^HTTP\/1\.1 200 OK[\s\S]*"well"$/));
    assert.deepEqual(unreadable, ['timeout', 'timeout']);
    unused.socket.destroy();
  });

  it('on which nothing was sent for long has no more time than others, once a request has begun', async () => {
    await start(600_000);
    const [unused, other] = [openRaw(listener.url), openRaw(listener.url)];
    await once(unused.socket, 'connect');
    other.socket.write('GET /health HT');
    await other.closed;
    unused.socket.write('GET /health HT');
    assert.match(await unused.closed, /^HTTP\/1\.1 408 /);
    assert.deepEqual(unreadable, ['timeout', 'timeout']);
  });

  it('has as much time for its first request as any, however short it may be idle', async () => {
    await start(1);
    const { socket, closed } = openRaw(listener.url);
    socket.write('GET /health HT');
    assert.match(await closed, /^HTTP\/1\.1 408 /);
  });

  it('is closed without an answer after being idle for too long, used or not, and is not counted as a late request', async () => {
    await start(200);
    const unused = openRaw(listener.url);
    let used: RawConnection;
    do {
      used = openRaw(listener.url);
      used.socket.write(request);
      await Promise.race([once(used.socket, 'data'), used.closed]);
      // on a machine that stalled it was idle too long before its request came
    } while (used.received() === '');
    assert.equal(await unused.closed, '');
    assert.match(await used.closed, /^HTTP\/1\.1 200 OK[\s\S]*"well"$/);
    assert.deepEqual(unreadable, []);
  });

  it('is closed immediately by a drain, used or not', async () => {
    await start(600_000);
    const [unused, used] = [openRaw(listener.url), openRaw(listener.url)];
    used.socket.write(request);
    await Promise.all([once(unused.socket, 'connect'), once(used.socket, 'data')]);
    await listener.drain();
    assert.equal(await unused.closed, '');
    await used.closed;
  });

  it('whose request has arrived, but was not read yet when a drain begins, is answered', async () => {
    await start(600_000);
    const [unused, used] = [openRaw(listener.url), openRaw(listener.url)];
    await Promise.all([unused, used].map(({ socket }) => once(socket, 'connect')));
    used.socket.write(request);
    await eventually(() => assert.match(used.received(), /"well"$/));
    unused.socket.write(request);
    used.socket.write(request);
    // in this turn nothing more is read
    const drained = listener.drain();
    const answered = [await unused.closed, await used.closed];
    await drained;
    assert.deepEqual(
      answered.map((text) => text.match(/"well"/g)?.length),
      [1, 2],
    );
  });

  it('says for how long it is kept, by the setting, on both listeners', async () => {
    await start(1000);
    const service = await startTestService({ KEEP_ALIVE_TIMEOUT_MS: '620000' });
    try {
      for (const url of [service.api, service.admin]) {
        const { headers } = await fetch(`${url}/health`);
        assert.match(headers.get('keep-alive') ?? '', /^timeout=620, /);
      }
    } finally {
      await service.stop();
    }
  });
});

describe('a connection that its client resets', () => {
  it('before the body is there is a failed request, and no error of the service', async () => {
    const service = await startTestService();
    try {
      const late = await halfSent(service.api, { age: 30, limit: 2000, history: 'good' });
      late.socket.resetAndDestroy();
      const lines = await eventually(() => {
        assert.ok(service.logLines().some(({ status }) => status === 499));
        return service.logLines();
      });
      assert.deepEqual(
        lines.filter(({ event }) => event === 'error'),
        [],
      );
    } finally {
      await service.stop();
    }
  });
});
