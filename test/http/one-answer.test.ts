import assert from 'node:assert/strict';
import { scrape } from '../support/load.ts';
import { readAnswers } from '../support/raw-answers.ts';
import { openRaw } from '../support/raw-connection.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  startTestService,
  type TestService,
} from '../support/service.ts';

const body = JSON.stringify({ age: 30, limit: 2000, history: 'good' });
const head = (path: string, more: string) => `POST ${path} HTTP/1.1\r\nhost: localhost\r\n${more}\r\n`;
const json = 'content-type: application/json\r\n';
const predict = `${head('/predict', `${json}content-length: ${body.length}\r\n`)}${body}`;
const chunked = 'transfer-encoding: chunked\r\n';
const health = 'GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n';
const garbage = 'no HTTP\r\n\r\n';

/** Every answer is counted under its route, or as one that no route saw. */
async function countedAnswers(service: TestService): Promise<number> {
  const text = await scrape(service);
  const lines = text.matchAll(
    /^(?:http_server_request_duration_seconds_count|http_server_requests_unreadable_total)\{[^}]*\} (\d+)$/gm,
  );
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}

describe('one answer a request', () => {
  let service: TestService;
  before(async () => {
    service = await startTestService();
  });
  after(() => service.stop());

  /** Sends pieces, each when as many answers are there as it says, and gives the statuses when the service closed. */
  async function exchange(pieces: readonly (readonly [after: number, sent: string])[]): Promise<number[]> {
    const before = await countedAnswers(service);
    const { socket, closed, received } = openRaw(service.api);
    for (const [after, sent] of pieces) {
      await eventually(() => assert.equal(received().split('HTTP/1.1 ').length - 1, after));
      socket.write(sent);
    }
    const answers = readAnswers(await closed);
    assert.match(answers[answers.length - 1].head, /\nconnection: close\r/);
    await eventually(async () => assert.equal((await countedAnswers(service)) - before, answers.length));
    return answers.map(({ status }) => status);
  }

  const cases: [string, readonly (readonly [number, string])[], number[]][] = [
    ['garbage behind a prediction', [[0, predict + garbage]], [200, 400]],
    ['garbage behind many predictions', [[0, predict.repeat(70) + garbage]], [...Array(70).fill(200), 400]],
    [
      'garbage behind documents',
      [[0, 'GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(3) + garbage]],
      [200, 200, 200, 400],
    ],
    ['a broken chunk of a prediction', [[0, `${head('/predict', json + chunked)}zz\r\n`]], [400]],
    [
      'a broken chunk behind a prediction',
      [[0, `${predict}${head('/predict', json + chunked)}zz\r\n`]],
      [200, 400],
    ],
    [
      'a broken chunk after an early 415',
      [
        [0, head('/predict', chunked)],
        [1, 'zz\r\n'],
      ],
      [415],
    ],
    [
      'a broken chunk after an early 404',
      [
        [0, head('/nowhere', json + chunked)],
        [1, 'zz\r\n'],
      ],
      [404],
    ],
    [
      'a request behind a body that nobody read',
      [
        [0, head('/nowhere', chunked)],
        [1, `0\r\n\r\n${health}`],
      ],
      [404],
    ],
    [
      'a body that is too large',
      [[0, `${head('/predict', json + chunked)}10000\r\n${'x'.repeat(65_536)}\r\n`]],
      [413],
    ],
  ];
  for (const [what, pieces, statuses] of cases) {
    it(`${what}: ${statuses.length < 10 ? statuses.join(', ') : 'each in its order'}`, async () => {
      assert.deepEqual(await exchange(pieces), statuses);
    });
  }

  const halves: [string, string, number[]][] = [
    ['half a head', 'GET /hea', [400]],
    ['half a body', head('/predict', `${json}content-length: 100\r\n`) + body, [400]],
    ['half a request behind a prediction', `${predict}GET /hea`, [200, 400]],
    ['nothing: the prediction is answered', predict, [200]],
    ['nothing, behind several: all are answered', predict.repeat(3), [200, 200, 200]],
  ];
  for (const [what, sent, statuses] of halves) {
    it(`a client that closes its half behind ${what}: ${statuses.join(', ')}`, async () => {
      const before = await countedAnswers(service);
      const { socket, closed } = openRaw(service.api);
      socket.end(sent);
      assert.deepEqual(
        readAnswers(await closed).map(({ status }) => status),
        statuses,
      );
      await eventually(async () => assert.equal((await countedAnswers(service)) - before, statuses.length));
    });
  }

  it('keeps the connection if a refused body has arrived: the next request is answered', async () => {
    const { socket, received } = openRaw(service.api);
    const refused = `${head('/nowhere', `${json}content-length: ${body.length}\r\n`)}${body}`;
    socket.write(refused);
    await eventually(() => assert.match(received(), /^HTTP\/1\.1 404 /));
    socket.write(health);
    await eventually(() => assert.match(received(), /HTTP\/1\.1 200 /));
    assert.doesNotMatch(received(), /\nconnection: close/i);
    socket.destroy();
  });

  it('keeps the connection of a client that pipelines: behind all answers there may be more requests', async () => {
    const { socket, received } = openRaw(service.api);
    const counted = () => received().split('HTTP/1.1 200 ').length - 1;
    for (const asked of [health, predict, 'GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n']) {
      const before = counted();
      socket.write(asked.repeat(40));
      await eventually(() => assert.equal(counted(), before + 40));
    }
    assert.doesNotMatch(received(), /\nconnection: close/i);
    socket.destroy();
  });

  it('reaches a client that is still sending a body that is not read', async () => {
    const { socket, closed } = openRaw(service.api);
    socket.write(head('/nowhere', `${json}content-length: 5000000\r\n`));
    // what comes after the answer is read and dropped: otherwise the system would reset the connection
    for (let sent = 0; sent < 5_000_000; sent += 50_000) {
      socket.write('x'.repeat(50_000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(
      readAnswers(await closed).map(({ status }) => status),
      [404],
    );
  });

  it('keeps a sample of every prediction that was answered, and of no other', async () => {
    const { status } = await postJson(`${service.api}/predict`, JSON.parse(body));
    assert.equal(status, 200);
    await eventually(async () => {
      const text = await scrape(service);
      const answered =
        /^http_server_request_duration_seconds_count\{[^}]*POST[^}]*predict[^}]*"200"[^}]*\} (\d+)$/m.exec(
          text,
        );
      assert.equal((await readJsonLines(service.samplesPath)).length, Number(answered?.[1]));
    });
  });
});
