import assert from 'node:assert/strict';
import { once } from 'node:events';
import { assertProblem, exchange, readAnswers } from '../support/raw-answers.ts';
import { halfSent, openRaw } from '../support/raw-connection.ts';
import { startTestService, type TestService } from '../support/service.ts';

const row = JSON.stringify({ age: 30, limit: 2000, history: 'good' });
const asks = 'host: x\r\nexpect: 100-continue\r\n';
const json = 'content-type: application/json\r\n';
const goOn = 'HTTP/1.1 100 Continue\r\n\r\n';

describe('a client that asks whether to send the body', () => {
  let service: TestService;
  before(async () => {
    service = await startTestService();
  });
  after(() => service.stop());

  const refused: [string, string, number, string][] = [
    [
      '100 MB',
      `POST /predict HTTP/1.1\r\n${asks}${json}content-length: 100000000\r\n`,
      413,
      'body-too-large',
    ],
    [
      'another type',
      `POST /predict HTTP/1.1\r\n${asks}content-type: text/html\r\ncontent-length: 9\r\n`,
      415,
      'unsupported-media-type',
    ],
    [
      'a coding',
      `POST /predict HTTP/1.1\r\n${asks}${json}content-encoding: gzip\r\ncontent-length: 9\r\n`,
      415,
      'unsupported-media-type',
    ],
    ['another path', `POST /nowhere HTTP/1.1\r\n${asks}${json}content-length: 9\r\n`, 404, 'not-found'],
    [
      'another method',
      `PUT /predict HTTP/1.1\r\n${asks}${json}content-length: 9\r\n`,
      405,
      'method-not-allowed',
    ],
    [
      'no host',
      'POST /predict HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 9\r\n',
      400,
      'malformed-request',
    ],
    [
      'another host',
      'POST /predict HTTP/1.1\r\nhost: a.example\r\nexpect: 100-continue\r\ncontent-length: 9\r\n',
      421,
      'misdirected-request',
    ],
  ];
  for (const [what, head, status, key] of refused) {
    it(`gets a refusal (${status}) and the end of the connection instead: ${what}`, async () => {
      const { socket, closed } = openRaw(service.api);
      socket.write(`${head}\r\n`);
      const answers = readAnswers(await closed);
      assert.deepEqual(
        answers.map((answer) => answer.status),
        [status],
      );
      assertProblem(answers[0], key);
      assert.match(answers[0].head, /\nconnection: close\r/);
    });
  }

  it('gets a refusal (503) under overload', async () => {
    const busy = await startTestService({ MAX_CONCURRENT_REQUESTS: '1' });
    try {
      await halfSent(busy.api, { age: 30 });
      const head = `POST /predict HTTP/1.1\r\n${asks}${json}content-length: 9\r\n\r\n`;
      const [answer, ...others] = await exchange(busy.api, head);
      assert.deepEqual(others, []);
      assertProblem(answer, 'overloaded');
    } finally {
      await busy.stop();
    }
  });

  for (const [what, framing, body] of [
    ['of a length', `content-length: ${row.length}`, row],
    ['in chunks', 'transfer-encoding: chunked', `${row.length.toString(16)}\r\n${row}\r\n0\r\n\r\n`],
  ]) {
    it(`is told to, and gets its answer, on a connection that stays: a body ${what}`, async () => {
      const connection = openRaw(service.api);
      for (let i = 1; i <= 2; i++) {
        const before = connection.received();
        connection.socket.write(`POST /predict HTTP/1.1\r\n${asks}${json}${framing}\r\n\r\n`);
        await once(connection.socket, 'data');
        assert.equal(connection.received(), before + goOn);
        connection.socket.write(body);
        await once(connection.socket, 'data');
        const [answer] = readAnswers(connection.received().slice((before + goOn).length));
        assert.equal(answer.status, 200);
      }
      connection.socket.destroy();
    });
  }

  it('is told to in its turn, if it does not wait for the previous answer', async () => {
    const { socket, received, closed } = openRaw(service.api);
    socket.write(
      `GET /health HTTP/1.1\r\nhost: x\r\n\r\nPOST /predict HTTP/1.1\r\n${asks}${json}connection: close\r\ncontent-length: ${row.length}\r\n\r\n`,
    );
    while (!received().includes(goOn)) await once(socket, 'data');
    socket.write(row);
    const [first, second] = (await closed).split(goOn);
    assert.equal(readAnswers(first)[0].status, 200);
    assert.equal(readAnswers(second)[0].status, 200);
  });

  it('of HTTP/1.0 is not told to, as it does not know that', async () => {
    const { socket, closed } = openRaw(service.api);
    socket.write(`POST /predict HTTP/1.0\r\n${asks}${json}content-length: ${row.length}\r\n\r\n${row}`);
    assert.deepEqual(
      readAnswers(await closed).map(({ status }) => status),
      [200],
    );
  });

  it('with an unknown expectation gets its answer as if it had none', async () => {
    const { socket, closed } = openRaw(service.api);
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\nexpect: something\r\nconnection: close\r\n\r\n');
    assert.deepEqual(
      readAnswers(await closed).map(({ status }) => status),
      [200],
    );
  });
});
