import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Answer, type SendOptions, sendRequests } from '../../src/traffic/send-requests.ts';

type Received = { path: string; body: string };

describe('sendRequests', () => {
  const servers: Server[] = [];

  async function listen(status = 200) {
    const received: Received[] = [];
    const sockets = new Set<Socket>();
    const server = createServer(async (request, response) => {
      const body = (await request.toArray()).join('');
      received.push({ path: `${request.method} ${request.url}`, body });
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"ok":true}');
    });
    server.on('connection', (socket) => sockets.add(socket));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { received, sockets, url: new URL(`http://127.0.0.1:${port}`) };
  }

  async function send(options: Partial<SendOptions> & Pick<SendOptions, 'urls'>) {
    const answers: Answer[] = [];
    let drawn = 0;
    const sent = await sendRequests({
      ratePerSecond: 1000,
      signal: new AbortController().signal,
      nextRow: () => ({ row: drawn++ }),
      onAnswer: (answer) => answers.push(answer),
      ...options,
    });
    return { sent, answers };
  }

  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  it('sends as many rows as asked, each once, to the services in turn', async () => {
    const [first, second] = [await listen(), await listen()];
    const { sent, answers } = await send({ urls: [first.url, second.url], count: 51 });
    assert.equal(sent.sent, 51);
    assert.equal(sent.overdue, 0);
    assert.deepEqual([first.received.length, second.received.length], [26, 25]);
    const rows = [...first.received, ...second.received].map(({ body }) => JSON.parse(body).row as number);
    assert.deepEqual(
      rows.sort((a, b) => a - b),
      Array.from({ length: 51 }, (_, i) => i),
    );
    assert.ok(answers.every(({ status, body }) => status === 200 && body === '{"ok":true}'));
    assert.equal(first.received[0].path, 'POST /predict');
  });

  it('reuses its connections: no more than were in use at once', async () => {
    const { url, sockets } = await listen();
    let [inFlight, mostInFlight] = [0, 0];
    await send({
      urls: [url],
      count: 40,
      ratePerSecond: 200,
      nextRow: () => {
        inFlight += 1;
        mostInFlight = Math.max(mostInFlight, inFlight);
        return {};
      },
      onAnswer: () => {
        inFlight -= 1;
      },
    });
    assert.ok(sockets.size <= mostInFlight, `${sockets.size} connections for ${mostInFlight} at once`);
  });

  it('keeps the path of a base address', async () => {
    const { url, received } = await listen();
    await send({ urls: [new URL('/credit', url)], count: 1 });
    assert.equal(received[0].path, 'POST /credit/predict');
  });

  it('passes on refusals and failures as they are', async () => {
    const refusing = await listen(422);
    const closed = await listen();
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    const { answers } = await send({ urls: [refusing.url, closed.url], count: 2 });
    const [refused, failed] = [refusing, closed].map(({ url }) =>
      answers.find((answer) => answer.url === url),
    );
    assert.equal(refused?.status, 422);
    assert.deepEqual([failed?.status, failed?.failure], [null, 'ECONNREFUSED']);
  });

  it('sends what falls into its duration', async () => {
    const { url } = await listen();
    const { sent } = await send({ urls: [url], ratePerSecond: 100, durationMs: 300 });
    assert.equal(sent.sent + sent.overdue, 30);
  });

  it('ends with the signal, and only after the last answer', async () => {
    const { url, received } = await listen();
    const stop = new AbortController();
    const { sent, answers } = await send({
      urls: [url],
      signal: stop.signal,
      onAnswer: () => stop.abort(),
      ratePerSecond: 500,
    });
    assert.ok(sent.sent >= 1);
    assert.equal(received.length, sent.sent);
    assert.deepEqual(answers, []);
  });
});
