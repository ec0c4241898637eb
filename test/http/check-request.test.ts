import assert from 'node:assert/strict';
import { metric } from '../support/load.ts';
import { assertProblem, exchange } from '../support/raw-answers.ts';
import { halfSent } from '../support/raw-connection.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const host = 'host: x\r\n';
const json = 'content-type: application/json\r\n';
const row = JSON.stringify({ age: 30, limit: 2000, history: 'good' });
const get = (target: string, headers = host) =>
  `GET ${target} HTTP/1.1\r\n${headers}connection: close\r\n\r\n`;
const post = (headers: string, body: string, version = '1.1') =>
  `POST /predict HTTP/${version}\r\n${host}${json}${headers}connection: close\r\n\r\n${body}`;
const inChunks = `${row.length.toString(16)}\r\n${row}\r\n0\r\n\r\n`;

describe('a request that violates HTTP/1.1', () => {
  let service: TestService;
  before(async () => {
    service = await startTestService();
  });
  after(() => service.stop());

  const refused: [string, string | Buffer, number, string][] = [
    ['two hosts', get('/health', 'host: a\r\nhost: b\r\n'), 400, 'malformed-request'],
    ['the same host twice', get('/health', 'host: a\r\nHost: a\r\n'), 400, 'malformed-request'],
    ['a host and an empty one', get('/health', 'host: a\r\nhost:\r\n'), 400, 'malformed-request'],
    ['a host with a path', get('/health', 'host: a/b\r\n'), 400, 'malformed-request'],
    ['a host with a blank', get('/health', 'host: a b\r\n'), 400, 'malformed-request'],
    ['a host with a user', get('/health', 'host: u@a\r\n'), 400, 'malformed-request'],
    ['a host with a port that is none', get('/health', 'host: a:b\r\n'), 400, 'malformed-request'],
    ['a bracket that is not closed', get('/health', 'host: [::1\r\n'), 400, 'malformed-request'],
    ['no host', get('/health', ''), 400, 'malformed-request'],
    ['a URL, and no host', get('http://x/health', ''), 400, 'malformed-request'],
    ['a URL, and two hosts', get('http://x/health', `${host}${host}`), 400, 'malformed-request'],
    ['a URL with a user', get('http://u@x/health'), 400, 'malformed-request'],
    ['a URL without a host', get('http:///health'), 400, 'malformed-request'],
    ['a URL with half a bracket', get('http://[/health'), 400, 'malformed-request'],
    ['a URL of another scheme', get('ftp://x/health'), 400, 'malformed-request'],
    ['a fragment', get('/health#x'), 400, 'malformed-request'],
    ['a fragment behind a query', get('/health?a#x'), 400, 'malformed-request'],
    ['an asterisk for a path', get('*'), 400, 'malformed-request'],
    ['a path that begins with an asterisk', get('*/health'), 400, 'malformed-request'],
    ['no version, as before HTTP/1.0', 'GET /health\r\n\r\n', 400, 'malformed-request'],
    ['HTTP/0.9 by name', `GET /health HTTP/0.9\r\n${host}\r\n`, 400, 'malformed-request'],
    ['a version of letters', `GET /health HTTP/x.y\r\n${host}\r\n`, 400, 'malformed-request'],
    ['a version in lower case', `GET /health http/1.1\r\n${host}\r\n`, 400, 'malformed-request'],
    ['HTTP/2.0 in the lines of HTTP/1', `GET / HTTP/2.0\r\n${host}\r\n`, 505, 'http-version-not-supported'],
    ['HTTP/3.0', `GET / HTTP/3.0\r\n${host}\r\n`, 505, 'http-version-not-supported'],
    ['HTTP/1.2', `GET / HTTP/1.2\r\n${host}\r\n`, 505, 'http-version-not-supported'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505, 'http-version-not-supported'],
    ['chunks in HTTP/1.0', post('transfer-encoding: chunked\r\n', inChunks, '1.0'), 400, 'malformed-request'],
    [
      'a coding beside chunked',
      post('transfer-encoding: gzip, chunked\r\n', inChunks),
      501,
      'transfer-coding-not-supported',
    ],
    [
      'an empty coding beside chunked',
      post('transfer-encoding: ,chunked\r\n', inChunks),
      501,
      'transfer-coding-not-supported',
    ],
    ['chunked twice', post('transfer-encoding: chunked, chunked\r\n', inChunks), 400, 'malformed-request'],
    ['the same length twice', post('content-length: 9\r\n'.repeat(2), row), 400, 'malformed-request'],
    [
      'a length and chunks',
      post('content-length: 9\r\ntransfer-encoding: chunked\r\n', inChunks),
      400,
      'malformed-request',
    ],
    ['lines ended by LF', get('/health').replaceAll('\r', ''), 400, 'malformed-request'],
    ['a line ended by LF', get('/health', 'host: x\na: b\r\n'), 400, 'malformed-request'],
    ['a line ended by CR', get('/health', 'host: x\ra: b\r\n'), 400, 'malformed-request'],
    ['a header over two lines', get('/health', `${host}a: b\r\n c\r\n`), 400, 'malformed-request'],
    ['a blank before the colon', get('/health', `${host}a : b\r\n`), 400, 'malformed-request'],
    ['a header without a colon', get('/health', `${host}a\r\n`), 400, 'malformed-request'],
    ['NUL in a header', get('/health', `${host}a: \0\r\n`), 400, 'malformed-request'],
    ['NUL in the target', get('/health\0'), 400, 'malformed-request'],
    ['bytes above ASCII in the target', get('/h\u00e4lth'), 400, 'malformed-request'],
    ['a method in lower case', get('/health').replace('GET', 'get'), 400, 'malformed-request'],
  ];
  for (const [what, sent, status, key] of refused) {
    it(`is refused: ${what} (${status})`, async () => {
      const before = await metric(service, 'http_server_requests_unreadable_total', { reason: 'malformed' });
      for (const url of [service.api, service.admin]) {
        const answers = await exchange(url, sent);
        assert.deepEqual(
          answers.map((answer) => answer.status),
          [status],
        );
        assertProblem(answers[0], key);
        assert.match(answers[0].head, /\nconnection: close\r/);
      }
      const after = await metric(service, 'http_server_requests_unreadable_total', { reason: 'malformed' });
      assert.equal(after, before + 2);
    });
  }

  it('gets no body with its refusal when it is a HEAD', async () => {
    const sent = get('/health', 'host: a b\r\n').replace('GET', 'HEAD');
    assert.deepEqual(
      (await exchange(service.api, sent, true)).map(({ status }) => status),
      [400],
    );
  });

  const taken: [string, string, number][] = [
    ['an empty host', get('/health', 'host:\r\n'), 200],
    ['a host of all that names may have', get('/health', "host: a_~!$&'()*+,;=%41-\r\n"), 200],
    ['HTTP/1.0 without a host', 'GET /health HTTP/1.0\r\n\r\n', 200],
    ['a URL of HTTP/1.0 without a host', 'GET http://x/health HTTP/1.0\r\n\r\n', 200],
    ['a URL', get('http://x:8000/health'), 200],
    ['a URL in capitals', get('HTTP://X/health'), 200],
    ['a URL with https, as behind a proxy that speaks TLS', get('https://x/health'), 200],
    ['a URL with a query', get('http://x/health?a=b'), 200],
    ['a URL without a path', get('http://x'), 404],
    ['a URL with nothing but a query', get('http://x?a=/health'), 404],
    ['two slashes', get('//health'), 404],
    ['a URL of two slashes', get('http://x//health'), 404],
    ['OPTIONS of the whole server', get('*').replace('GET', 'OPTIONS'), 404],
    ['chunked in capitals', post('transfer-encoding: CHUNKED\r\n', inChunks), 200],
    ['an empty line before it', `\r\n${get('/health')}`, 200],
  ];
  for (const [what, sent, status] of taken) {
    it(`but only seemingly, is answered: ${what} (${status})`, async () => {
      assert.deepEqual(
        (await exchange(service.api, sent)).map((answer) => answer.status),
        [status],
      );
    });
  }

  it('has the second of two content types checked, too', async () => {
    const twice = post(`content-type: text/plain\r\ncontent-length: ${row.length}\r\n`, row);
    const [answer] = await exchange(service.api, twice);
    assert.equal(answer.status, 415);
    assertProblem(answer, 'unsupported-media-type');
  });

  it('is refused when it sends two tokens, even if one is right', async () => {
    await using folder = await temporaryFolder();
    const token = 'a-token-0123456789abcdef0123456789';
    const guarded = await startTestService({ OUTCOMES_TOKEN_FILE: await folder.write('token', token) });
    try {
      const send = async (...tokens: string[]) => {
        const headers = tokens.map((one) => `authorization: Bearer ${one}\r\n`).join('');
        const [answer] = await exchange(
          guarded.api,
          post(`${headers}content-length: 2\r\n`, '[]').replace('/predict', '/outcomes'),
        );
        return answer.status;
      };
      assert.equal(await send(token), 202);
      assert.equal(await send(token, 'another'), 401);
      assert.equal(await send('another', token), 401);
    } finally {
      await guarded.stop();
    }
  });

  it('is served under load by the path that its URL has', async () => {
    const busy = await startTestService({ MAX_CONCURRENT_REQUESTS: '1' });
    try {
      await halfSent(busy.api, { age: 30 });
      for (const [target, status] of [
        ['http://x/health', 200],
        ['http://x/ready?a', 200],
        ['http://x/metrics', 200],
        ['http://x', 503],
        ['http://x/nowhere?/health', 503],
      ] as const) {
        const [answer] = await exchange(busy.api, get(target));
        assert.equal(answer.status, status, target);
      }
    } finally {
      await busy.stop();
    }
  });
});
