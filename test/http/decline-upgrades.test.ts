import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import Koa from 'koa';
import { type Listener, listen } from '../../src/http/listener.ts';
import type { RequestState } from '../../src/http/request-context.ts';
import { metric } from '../support/load.ts';
import { openRaw } from '../support/raw-connection.ts';
import { eventually, startTestService, type TestService } from '../support/service.ts';

const h2c = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQ\r\n';
const webSocket = 'Connection: keep-alive, Upgrade\r\nUPGRADE: websocket\r\nsec-websocket-version: 13\r\n';
const close = 'connection: close\r\n';

const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\n${headers}\r\n`;
const statuses = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));

describe('an offer to change the protocol', () => {
  let service: TestService;
  before(async () => {
    service = await startTestService();
  });
  after(() => service.stop());

  const row = JSON.stringify({ age: 30, limit: 2000, history: 'good' });
  const predict = (headers = '') =>
    `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${headers}content-length: ${row.length}\r\n\r\n${row}`;
  const inPieces = (headers = '') =>
    `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${headers}transfer-encoding: chunked\r\n\r\n` +
    `5\r\n${row.slice(0, 5)}\r\n${(row.length - 5).toString(16)}\r\n${row.slice(5)}\r\n0\r\n\r\n`;

  const packets: [string, string, number[]][] = [
    ['h2c, alone', get('/health', h2c + close), [200]],
    ['h2c, with another request behind it', get('/health', h2c) + get('/nowhere', close), [200, 404]],
    ['h2c with a body', predict(h2c) + predict(close), [200, 200]],
    ['h2c with a body in pieces', inPieces(h2c) + get('/health', close), [200, 200]],
    ['a WebSocket', get('/ready', webSocket) + predict(close), [200, 200]],
    [
      'TLS',
      get('/nowhere', 'connection: upgrade\r\nupgrade: TLS/1.2\r\n') + get('/health', close),
      [404, 200],
    ],
    [
      'something in every request',
      predict(h2c).repeat(3) + get('/health', h2c + webSocket) + get('/health', close),
      [200, 200, 200, 200, 200],
    ],
  ];
  for (const [what, packet, expected] of packets) {
    it(`is left aside: ${what}`, async () => {
      for (const url of [service.api, service.admin]) {
        const connection = openRaw(url);
        connection.socket.write(packet);
        const answers = statuses(await connection.closed);
        if (url === service.api) assert.deepEqual(answers, expected);
        else assert.equal(answers.length, expected.length);
      }
    });
  }

  it('is refused where not all headers were kept', async () => {
    const before = await metric(service, 'http_server_requests_unreadable_total', {
      reason: 'headers_too_large',
    });
    const connection = openRaw(service.api);
    connection.socket.write(predict(`${'x: y\r\n'.repeat(100)}${h2c}`) + get('/health', close));
    const text = await connection.closed;
    assert.deepEqual(statuses(text), [431]);
    assert.match(text, /at most 100 headers/);
    const after = await metric(service, 'http_server_requests_unreadable_total', {
      reason: 'headers_too_large',
    });
    assert.equal(after, before + 1);
  });
});

describe('an offer to change the protocol behind a request that is not answered yet', () => {
  const answers: (() => void)[] = [];
  /** The server's ends of the connections, the newest last. */
  const sockets = new Set<Socket>();
  let listener: Listener;

  before(async () => {
    const app = new Koa<RequestState>();
    app.use(async ({ path, request, response }) => {
      sockets.add(request.socket);
      if (path === '/predict') await new Promise<void>((resolve) => answers.push(resolve));
      response.body = path;
    });
    listener = await listen(app, {
      host: '127.0.0.1',
      port: 0,
      keepAliveTimeoutMs: 65_000,
      sample: () => false,
    });
  });
  beforeEach(() => sockets.clear());
  after(async () => {
    const drained = listener.drain();
    listener.destroy();
    await drained;
  });

  it('is answered after it, as are those that follow', async () => {
    const { socket, closed, received } = openRaw(listener.url);
    socket.write(get('/predict') + get('/predict') + get('/offer', h2c) + get('/last', close));
    await eventually(() => assert.equal(answers.length, 2));
    assert.equal(received(), '');
    for (const answer of answers.splice(0).reverse()) answer();
    const text = await closed;
    assert.deepEqual(statuses(text), [200, 200, 200, 200]);
    assert.match(text, /\/predict[\s\S]*\/predict[\s\S]*\/offer[\s\S]*\/last/);
  });

  it('is forgotten when the client goes away', async () => {
    const { socket, closed } = openRaw(listener.url);
    socket.write(get('/predict') + get('/offer', h2c));
    await eventually(() => assert.equal(answers.length, 1));
    socket.resetAndDestroy();
    await closed;
    await eventually(() => assert.ok([...sockets].every(({ destroyed }) => destroyed)));
    for (const answer of answers.splice(0)) answer();
  });

  it('leaves nothing behind on a connection that makes it repeatedly', async () => {
    const { socket, received } = openRaw(listener.url);
    const listeners = () => {
      const [server, ...others] = sockets;
      assert.deepEqual(others, []);
      return server.eventNames().reduce((sum, name) => sum + server.listenerCount(name), 0);
    };
    const ask = async (count: number) => {
      const before = statuses(received()).length;
      socket.write(get('/offer', h2c).repeat(count));
      await eventually(() => assert.equal(statuses(received()).length, before + count));
      return listeners();
    };
    assert.equal(await ask(50), await ask(2));
    socket.destroy();
  });
});
