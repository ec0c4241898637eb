import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { mock } from 'node:test';
import { fileURLToPath } from 'node:url';
import Koa from 'koa';
import { type Listener, listen } from '../../src/http/listener.ts';
import type { RequestState } from '../../src/http/request-context.ts';
import {
  createSlowReaders,
  maxUnreadBytes,
  readTimeoutMs,
  type SlowReaders,
} from '../../src/http/slow-readers.ts';
import { metric } from '../support/load.ts';
import { openRaw, type RawConnection } from '../support/raw-connection.ts';
import { eventually, startTestService } from '../support/service.ts';

const leapAhead = fileURLToPath(new URL('../faults/programs/leap-ahead.ts', import.meta.url));
const mebibyte = 1024 * 1024;
const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;

describe('a client that does not read its answers', () => {
  let nowMs: number;
  let served: string[];
  let readers: SlowReaders;
  let listener: Listener;
  const clients: Socket[] = [];

  beforeEach(async () => {
    nowMs = 1000;
    mock.method(performance, 'now', () => nowMs);
    served = [];
    readers = createSlowReaders();
    const app = new Koa<RequestState>();
    app.use((context) => {
      served.push(context.path);
      // `/12`: an answer of 12 MiB; a short one at every other path
      context.body = 'x'.repeat(Number(context.path.slice(1)) * mebibyte || 600);
    });
    listener = await listen(app, {
      host: '127.0.0.1',
      port: 0,
      keepAliveTimeoutMs: 600_000,
      slowReaders: readers,
      sample: () => false,
    });
  });
  afterEach(async () => {
    for (const socket of clients.splice(0)) socket.destroy();
    const drained = listener.drain();
    listener.destroy();
    await drained;
    mock.restoreAll();
  });

  /** Sends requests and reads nothing. */
  function ask(sent: string): RawConnection {
    const client = openRaw(listener.url);
    client.socket.pause();
    client.socket.write(sent);
    clients.push(client.socket);
    return client;
  }
  function readUntil(socket: Socket, isEnough: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      socket.on('data', function look() {
        if (!isEnough()) return;
        socket.off('data', look).pause();
        resolve();
      });
      socket.resume();
    });
  }
  const unread = (bytes: number) => eventually(() => assert.ok(readers.unreadBytes() >= bytes));

  it('is disconnected after 20 s without progress, and counted', async () => {
    const { socket } = ask(get('/6'));
    await unread(mebibyte);
    nowMs += readTimeoutMs - 1;
    readers.check();
    assert.equal(readers.ended, 0);
    nowMs += 1;
    readers.check();
    assert.equal(readers.ended, 1);
    await eventually(() => {
      socket.resume();
      assert.ok(socket.destroyed);
    });
    assert.equal(readers.unreadBytes(), 0);
  });

  it('has the same time again for the rest once it has read some', async () => {
    const { socket, received } = ask(get('/7'));
    await unread(2 * mebibyte);
    for (let i = 0; i < 2; i++) {
      nowMs += readTimeoutMs - 1;
      await readUntil(socket, () => received().length > (i + 1) * mebibyte);
      await new Promise((resolve) => setImmediate(resolve));
      readers.check();
      assert.equal(readers.ended, 0);
    }
    await readUntil(socket, () => received().length > 7 * mebibyte);
    await eventually(() => assert.equal(readers.unreadBytes(), 0));
  });

  it('is not slow while the service is', async () => {
    const client = ask(get('/short'));
    await eventually(() => assert.equal(served.length, 1));
    nowMs += 2 * readTimeoutMs;
    readers.check();
    client.socket.resume();
    await eventually(() => assert.match(client.received(), /200 OK/));
    assert.equal(readers.ended, 0);
  });

  it('waits with its next request until it has taken a long answer, and is answered when it reads', async () => {
    const { socket, received } = ask(get('/6').repeat(5) + get('/predict').repeat(100));
    await unread(mebibyte);
    assert.deepEqual(served, ['/6']);
    socket.resume();
    await eventually(() => assert.equal(served.length, 105));
    await eventually(() => assert.equal(received().split('HTTP/1.1 200').length, 106));
  });

  it('is served nothing behind an answer that it does not take, in a burst of thousands', async () => {
    const { socket, received } = ask(get('/predict').repeat(1500) + get('/6') + get('/predict').repeat(5000));
    await unread(mebibyte);
    assert.equal(served.indexOf('/6'), served.length - 1);
    socket.resume();
    await eventually(() => assert.equal(received().split('HTTP/1.1 200').length, 6502));
  });

  it('is disconnected earlier if all unread answers are too many bytes, the longest inactive client first', async () => {
    const first = ask(get('/6'));
    await unread(maxUnreadBytes / 2);
    nowMs += 1001;
    // not yet: it may have had no time to read
    const second = ask(get('/6'));
    await eventually(() => {
      first.socket.resume();
      assert.ok(first.socket.destroyed);
    });
    assert.equal(readers.ended, 1);
    assert.equal(second.socket.destroyed, false);
    assert.ok(readers.unreadBytes() <= maxUnreadBytes);
  });

  it('has its time where it had none to read yet, however much waits', async () => {
    const all = [ask(get('/12')), ask(get('/12')), ask(get('/12'))];
    await unread(2 * maxUnreadBytes);
    readers.check();
    assert.equal(readers.ended, 0);
    for (const { socket } of all) socket.resume();
    for (const { received } of all) await eventually(() => assert.ok(received().length > 12 * mebibyte));
  });
});

describe('a client that does not read what the admin listener answers', () => {
  it('is disconnected and counted like one of the public API', async () => {
    const service = await startTestService({
      LOG_LEVEL: 'silent',
      // a leap of the clock does not count as load
      MAX_EVENT_LOOP_DELAY_MS: '60000',
      NODE_OPTIONS: `--import=${leapAhead}`,
    });
    try {
      const { socket } = openRaw(service.admin);
      socket.pause();
      socket.write(get('/metrics').repeat(300));
      await eventually(async () => assert.ok((await metric(service, 'http_server_unread_bytes')) > 0));
      await eventually(async () => {
        service.process.kill('SIGUSR2');
        // once this is answered, the time has leapt. A scrape in flight at that moment would itself be ended as slow.
        assert.equal((await fetch(`${service.api}/health`)).status, 200);
        const labels = { reason: 'slow_reader' };
        assert.equal(await metric(service, 'http_server_connections_ended_total', labels), 1);
      });
      assert.equal(await metric(service, 'http_server_unread_bytes'), 0);
      socket.destroy();
    } finally {
      await service.stop();
    }
  });
});
