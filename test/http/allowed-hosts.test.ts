import assert from 'node:assert/strict';
import { metric } from '../support/load.ts';
import { assertProblem, exchange } from '../support/raw-answers.ts';
import { postJson, startTestService, type TestService } from '../support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const closing = 'connection: close\r\n\r\n';
const get = (host: string, path = '/health', version = '1.1') =>
  `GET ${path} HTTP/${version}\r\nhost: ${host}\r\n${closing}`;
const post = (host: string, path: string, content: object) => {
  const body = JSON.stringify(content);
  const headers = `host: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`;
  return `POST ${path} HTTP/1.1\r\n${headers}${closing}${body}`;
};
const misdirected = (service: TestService) =>
  metric(service, 'http_server_requests_unreadable_total', { reason: 'misdirected' });

/** Both listeners answer this, or refuse to. */
async function assertAnswer(service: TestService, sent: string, status: 200 | 421): Promise<void> {
  const before = await misdirected(service);
  for (const url of [service.api, service.admin]) {
    const answers = await exchange(url, sent);
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [status],
      sent,
    );
    if (status !== 421) continue;
    assertProblem(answers[0], 'misdirected-request');
    assert.match(JSON.parse(answers[0].body).detail, /add the name to ALLOWED_HOSTS$/);
  }
  assert.equal(await misdirected(service), status === 421 ? before + 2 : before);
}

describe('a listener on a loopback address', () => {
  let service: TestService;
  before(async () => {
    service = await startTestService();
  });
  after(() => service.stop());

  const local = ['localhost', 'LocalHost:1', 'localhost.', 'api.localhost:8000', 'api', 'my_service:9464'];
  const addresses = ['127.0.0.1', '127.1:80', '192.0.2.7:8000', '[::1]', '[2001:db8::1]:80'];
  for (const host of [...local, ...addresses]) {
    it(`answers to ${host}`, () => assertAnswer(service, get(host), 200));
  }

  const foreign = ['rebind.example', 'rebind.example.:8000', 'REBIND%2eexample', 'localhost.example'];
  const lookalikes = ['127.0.0.1.example', '127.0.0.256', 'notlocalhost.x', 'a.localhost.x', 'xn--a.example'];
  for (const host of [...foreign, ...lookalikes]) {
    it(`does not answer to ${host}`, () => assertAnswer(service, get(host), 421));
  }

  it('uses the URL instead of the header if the target is one', async () => {
    await assertAnswer(service, get('rebind.example', 'http://localhost/health'), 200);
    await assertAnswer(service, get('localhost', 'http://rebind.example/health'), 421);
  });

  it('also checks HTTP/1.0', async () => {
    await assertAnswer(service, get('rebind.example', '/health', '1.0'), 421);
  });

  it('accepts no row and no outcome from a page whose name points here', async () => {
    const { body } = await postJson(`${service.api}/predict`, row);
    for (const [url, path, content] of [
      [service.api, '/predict', row],
      [service.admin, '/outcomes', { id: body.id, outcome: 'good' }],
    ] as const) {
      const [answer] = await exchange(url, post('rebind.example', path, content));
      assert.equal(answer.status, 421);
    }
    assert.equal(await metric(service, 'outcomes_received_total', { result: 'accepted' }), 0);
    assert.equal(await metric(service, 'model_predictions_total'), 1);
  });
});

describe('a service with ALLOWED_HOSTS', () => {
  const settings = { ALLOWED_HOSTS: 'Api.Example, bücher.example.' };

  for (const HOST of ['127.0.0.1', '0.0.0.0']) {
    it(`answers to these names and local ones, on ${HOST}`, async () => {
      const service = await startTestService({ ...settings, HOST, ADMIN_HOST: HOST });
      try {
        const own = ['api.example', 'API.example.:443', 'xn--bcher-kva.example'];
        for (const host of [...own, 'localhost', 'api', '10.0.0.1']) {
          await assertAnswer(service, get(host), 200);
        }
        for (const host of ['example', 'other.example', 'www.api.example']) {
          await assertAnswer(service, get(host), host.includes('.') ? 421 : 200);
        }
      } finally {
        await service.stop();
      }
    });
  }

  it('answers to any name without it, on another address', async () => {
    const service = await startTestService({ HOST: '0.0.0.0', ADMIN_HOST: '0.0.0.0' });
    try {
      await assertAnswer(service, get('api.example'), 200);
    } finally {
      await service.stop();
    }
  });
});
