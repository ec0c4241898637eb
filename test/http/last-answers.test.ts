import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTo } from 'node:net';
import Koa from 'koa';
import { type Listener, listen } from '../../src/http/listener.ts';
import type { RequestState } from '../../src/http/request-context.ts';
import type { UnreadableReason } from '../../src/telemetry/http-metrics.ts';
import { assertProblem, exchange, readAnswers } from '../support/raw-answers.ts';
import { openRaw } from '../support/raw-connection.ts';
import { eventually } from '../support/service.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
const connect = 'CONNECT h:1 HTTP/1.1\r\nhost: h:1\r\n\r\n';

const requestsPerConnection = 50;

describe('the end of a connection', () => {
  const waiting: (() => void)[] = [];
  const seen: string[] = [];
  const unreadable: UnreadableReason[] = [];
  let listener: Listener;

  beforeEach(async () => {
    for (const list of [waiting, seen, unreadable]) list.length = 0;
    const app = new Koa<RequestState>();
    app.use(async (context) => {
      seen.push(context.url);
      if (context.path === '/slow') await new Promise<void>((resolve) => waiting.push(resolve));
      context.body = context.path;
    });
    listener = await listen(app, {
      host: '127.0.0.1',
      port: 0,
      keepAliveTimeoutMs: 65_000,
      requestsPerConnection,
      sample: () => false,
      onUnreadable: (reason) => unreadable.push(reason),
    });
  });
  afterEach(async () => {
    const drained = listener.drain();
    listener.destroy();
    await drained;
  });

  it('comes with the last answer allowed, and requests sent after that are not served', async () => {
    const { socket, received, closed } = openRaw(listener.url);
    socket.write(get('/').repeat(requestsPerConnection - 10));
    await eventually(() => assert.equal(seen.length, requestsPerConnection - 10));
    socket.write(get('/slow') + get('/').repeat(9) + get('/beyond').repeat(3));
    await eventually(() => assert.equal(waiting.length, 1));
    assert.ok(!received().includes('connection: close'));
    waiting[0]();
    const answers = readAnswers(await closed);
    assert.equal(answers.length, requestsPerConnection);
    assert.ok(answers.every(({ status }) => status === 200));
    assert.deepEqual(
      answers.flatMap(({ head }, i) => (head.includes('\nconnection: close\r') ? [i] : [])),
      [requestsPerConnection - 1],
    );
    assert.ok(!seen.includes('/beyond'));
  });

  it('comes with the refusal of CONNECT, and requests sent after that are not served', async () => {
    const answers = await exchange(listener.url, connect + get('/beyond'));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [405],
    );
    assertProblem(answers[0], 'method-not-allowed');
    assert.match(answers[0].head, /\nallow: \r/);
    assert.match(answers[0].head, /\nconnection: close\r/);
    assert.deepEqual(seen, []);
    assert.deepEqual(unreadable, ['misdirected']);
  });

  it('waits for the answers to what was sent before a CONNECT', async () => {
    const { socket, received, closed } = openRaw(listener.url);
    socket.write(get('/slow') + get('/') + connect);
    await eventually(() => assert.equal(waiting.length, 1));
    assert.equal(received(), '');
    waiting[0]();
    assert.deepEqual(
      readAnswers(await closed).map(({ status }) => status),
      [200, 200, 405],
    );
  });

  const offer = get('/').replace('host:', 'connection: upgrade\r\nupgrade: h2c\r\nhost:');
  const post = (length: number) =>
    get('/').replace('GET', 'POST').replace('host:', `content-length: ${length}\r\nhost:`);
  const lastRequests: [string, string, number][] = [
    ['a request', get('/'), 200],
    ['a request with a body', `${post(4)}body`, 200],
    ['half a body', `${post(9)}body`, 200],
    ['half a head', 'GET /ha', 400],
    ['an offer to change the protocol', offer, 200],
    ['a CONNECT', connect, 405],
  ];
  for (const [what, last, status] of lastRequests) {
    it(`waits for the answer to the last request of a client that has closed its half: ${what}`, async () => {
      const { socket, closed } = openRaw(listener.url);
      socket.end(get('/slow') + last);
      await once(socket, 'finish');
      // what a client after it gets an answer to has arrived behind the end of its half
      await exchange(listener.url, get('/').replace('host:', 'connection: close\r\nhost:'));
      assert.equal(waiting.length, 1);
      waiting[0]();
      assert.deepEqual(
        readAnswers(await closed).map((answer) => answer.status),
        [200, status],
      );
    });
  }

  for (const [what, sent] of [
    ['a CONNECT', connect],
    ['an offer to change the protocol', offer],
    ['a CONNECT behind another request', get('/') + connect],
    ['a CONNECT behind an offer', offer + connect],
  ]) {
    it(`is no fault of the service when the client resets it after ${what}`, async () => {
      const { hostname, port } = new URL(listener.url);
      // it keeps its half open, so that the service still waits for its end
      const socket = connectTo({ host: hostname, port: Number(port), allowHalfOpen: true });
      socket.write(sent);
      await once(socket, 'data');
      // an error that nobody handles would end the process, and fail the test
      socket.resetAndDestroy();
      const last = get('/after').replace('host:', 'connection: close\r\nhost:');
      for (let i = 0; i < 3; i++) assert.equal((await exchange(listener.url, last))[0].status, 200);
    });
  }

  it('comes with the refusal of a CONNECT that offers to change the protocol', async () => {
    const offer = connect.replace('host:', 'connection: upgrade\r\nupgrade: websocket\r\nhost:');
    assert.deepEqual(
      (await exchange(listener.url, offer + get('/beyond'))).map(({ status }) => status),
      [405],
    );
    assert.deepEqual(seen, []);
  });

  it('comes with the refusal of a CONNECT behind an offer to change the protocol', async () => {
    const offer = get('/').replace('host:', 'connection: upgrade\r\nupgrade: h2c\r\nhost:');
    assert.deepEqual(
      (await exchange(listener.url, offer + connect)).map(({ status }) => status),
      [200, 405],
    );
  });
});
