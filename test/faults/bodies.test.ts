import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { assertAllRight, type Load, metric, startLoad } from '../support/load.ts';
import { halfSent, openRaw } from '../support/raw-connection.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  startTestService,
  type TestService,
} from '../support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const gibibyte = 1024 ** 3;

/** The bytes of a POST to /predict, on a connection that is closed after it; `undefined` takes a header away. */
function request(body: string | Buffer, headers: Record<string, string | number | undefined> = {}): Buffer {
  const all = {
    host: 'localhost',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) =>
    value === undefined ? '' : `${name}: ${value}\r\n`,
  );
  return Buffer.concat([
    Buffer.from(`POST /predict HTTP/1.1\r\n${head.join('')}\r\n`, 'latin1'),
    Buffer.from(body),
  ]);
}

const history = (value: string) => `{"age":30,"limit":2000,"history":${value}}`;
const age = (value: string) => `{"age":${value},"limit":2000,"history":"good"}`;
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** What is sent, the status, and the key of the problem, if there is one; and whether it reached a route anyway. */
const cases: [string, Buffer, number, string?, boolean?][] = [
  ['an object nested 8,000 deep', request(nested(8000)), 422, 'invalid-input'],
  ['a value nested 8,000 deep', request(age(nested(8000))), 422, 'invalid-input'],
  ['nesting that never closes', request('['.repeat(16_000)), 400, 'malformed-json'],
  [
    'an own __proto__',
    request('{"__proto__":{"age":30,"limit":2000,"history":"good"}}'),
    422,
    'invalid-input',
  ],
  [
    'a __proto__ beside the features',
    request(`{"__proto__":{"polluted":1},${age('30').slice(1)}`),
    422,
    'invalid-input',
  ],
  [
    'a constructor with a prototype',
    request(`{"constructor":{"prototype":{"polluted":1}},${age('30').slice(1)}`),
    422,
    'invalid-input',
  ],
  [
    'the name of a method as a field',
    request(`{"toString":1,"hasOwnProperty":1,${age('30').slice(1)}`),
    422,
    'invalid-input',
  ],
  ['a duplicate key, of which the last counts', request(`{"age":"x",${age('30').slice(1)}`), 200],
  [
    'a duplicate key whose last value is none',
    request(`${age('30').slice(0, -1)},"age":"x"}`),
    422,
    'invalid-input',
  ],
  ['NaN', request(age('NaN')), 400, 'malformed-json'],
  ['Infinity', request(age('-Infinity')), 400, 'malformed-json'],
  ['a number above what a double holds', request(age('1e999')), 422, 'invalid-input'],
  ['a number below what a double holds', request(age('1e-999')), 200],
  ['the largest double', request(age('1.7976931348623157e308')), 200],
  ['minus zero', request(age('-0')), 200],
  ['a number with 10,000 digits', request(age(`3.${'3'.repeat(10_000)}`)), 200],
  ['a number in hexadecimal', request(age('0x1e')), 400, 'malformed-json'],
  ['a number with a leading zero', request(age('030')), 400, 'malformed-json'],
  ['a number in a text', request(age('"30"')), 422, 'invalid-input'],
  ['a lone high surrogate', request(history('"\\ud83d"')), 200],
  ['a lone low surrogate', request(history('"\\ude00 good"')), 200],
  [
    'a surrogate in raw bytes',
    request(Buffer.concat([Buffer.from('{"history":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')])),
    400,
    'malformed-json',
  ],
  [
    'an overlong encoding',
    request(Buffer.concat([Buffer.from('{"history":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')])),
    400,
    'malformed-json',
  ],
  ['NUL in a text', request(history('"\\u0000"')), 200],
  ['NUL in the JSON', request(`${age('30')}\0`), 400, 'malformed-json'],
  ['UTF-16', request(Buffer.from(`\ufeff${age('30')}`, 'utf16le')), 400, 'malformed-json'],
  [
    'UTF-16 that says so',
    request(Buffer.from(age('30'), 'utf16le'), { 'content-type': 'application/json; charset=utf-16' }),
    415,
    'unsupported-media-type',
  ],
  ['Latin-1', request(Buffer.from(history('"é"'), 'latin1')), 400, 'malformed-json'],
  [
    'a gzip bomb',
    request(gzipSync(Buffer.alloc(10_000_000)), { 'content-encoding': 'gzip' }),
    415,
    'unsupported-media-type',
  ],
  ['a gzip bomb that does not say so', request(gzipSync(Buffer.alloc(10_000_000))), 400, 'malformed-json'],
  [
    'encodings in a row',
    request('x', { 'content-encoding': 'gzip, gzip, br' }),
    415,
    'unsupported-media-type',
  ],
  [
    'a transfer coding that is not undone',
    request('0\r\n\r\n', { 'transfer-encoding': 'gzip, chunked', 'content-length': undefined }),
    501,
    'transfer-coding-not-supported',
  ],
  [
    'both a length and chunks, as for smuggling',
    request('0\r\n\r\n', { 'transfer-encoding': 'chunked' }),
    400,
    'malformed-request',
  ],
  [
    'a chunk whose length is none',
    request('xyz\r\n', { 'transfer-encoding': 'chunked', 'content-length': undefined }),
    400,
    'malformed-request',
    true,
  ],
  ['a length that is none', request('{}', { 'content-length': 'two' }), 400, 'malformed-request'],
  ['a negative length', request('{}', { 'content-length': -2 }), 400, 'malformed-request'],
  ['a length of 100 MB', request('{}', { 'content-length': 1e8 }), 413, 'body-too-large'],
  ['an expectation that nobody knows', request(age('30'), { expect: 'the-unexpected' }), 200],
  ['a header of 20 kB', request(age('30'), { 'x-large': 'x'.repeat(20_000) }), 431, 'headers-too-large'],
  [
    '5,000 headers',
    request(age('30'), Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`x-${i}`, i]))),
    431,
    'headers-too-large',
  ],
  [
    'a bare line break in a header',
    request(age('30'), { 'x-request-id': 'a\nb: c' }),
    400,
    'malformed-request',
  ],
  ['no host', request(age('30'), { host: undefined }), 400, 'malformed-request'],
];

/** The series that counts a request which the parser refused. */
const unreadable: Readonly<Record<string, string>> = {
  'malformed-request': 'malformed',
  'headers-too-large': 'headers_too_large',
};

const drained = (socket: Socket) => new Promise((resolve) => socket.once('drain', resolve));

describe('requests that nobody should send', () => {
  let service: TestService;
  let load: Load;

  before(async () => {
    service = await startTestService();
    load = startLoad(service.api, { workers: 2 });
  });
  after(() => service.stop());

  for (const [what, bytes, status, key, isRouted = false] of cases) {
    it(`${what}: ${status}`, async () => {
      const reason = isRouted ? undefined : unreadable[key ?? ''];
      const counted = () =>
        reason === undefined
          ? metric(service, 'http_server_request_duration_seconds_count', {
              http_route: '/predict',
              http_response_status_code: String(status),
            })
          : metric(service, 'http_server_requests_unreadable_total', { reason });
      const before = await counted();
      const { socket, closed } = openRaw(service.api);
      socket.write(bytes);
      const answer = await closed;
      assert.equal(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]), status, answer);
      if (key === undefined) return;
      assert.equal(await counted(), before + 1);
      const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
      assert.equal(problem.type, `urn:vigia:problem:${key}`);
      assert.equal(problem.status, status);
    });
  }

  it('a body that breaks off: nobody is left to answer, it is counted', async () => {
    const aborted = () => metric(service, 'model_input_rejected_total', { feature: '', reason: 'aborted' });
    const before = await aborted();
    // the server is waiting for the rest, which the others' load does not show
    const { socket, closed } = await halfSent(service.api, row);
    socket.destroy();
    await closed;
    await eventually(async () => assert.equal(await aborted(), before + 1));
  });

  it('100 MB in chunks: 413, cut off long before the end, and no memory grows', async () => {
    const tooLarge = () =>
      metric(service, 'model_input_rejected_total', { feature: '', reason: 'too_large' });
    const refused = await tooLarge();
    const before = await metric(service, 'process_resident_memory_bytes');
    const { socket, closed, received } = openRaw(service.api);
    socket.write(request('', { 'transfer-encoding': 'chunked', 'content-length': undefined }));
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    let sent = 0;
    while (sent < 1e8 && !socket.destroyed) {
      sent += chunk.length;
      if (!socket.write(chunk)) await Promise.race([drained(socket), closed]);
    }
    await closed;
    assert.ok(sent < 2e7, `${sent} bytes could be sent`);
    // data still being sent may have cut the connection before the answer was read
    assert.match(received(), /^(HTTP\/1\.1 413 |$)/);
    assert.equal(await tooLarge(), refused + 1);
    const grown = (await metric(service, 'process_resident_memory_bytes')) - before;
    assert.ok(grown < gibibyte / 10, `${grown} bytes`);
  });

  it('has disturbed no other answer, polluted no prototype, thrown nowhere and torn no line', async () => {
    assertAllRight(await load.stop());
    assert.equal((await postJson(`${service.api}/predict`, {})).status, 422, 'no feature is inherited');
    assert.equal((await postJson(`${service.api}/predict`, row)).status, 200);
    await service.signal('SIGTERM');
    const lines = service.logLines();
    assert.deepEqual(
      lines.filter(({ event, level }) => event === 'error' || Number(level) >= 50),
      [],
    );
    const samples = await readJsonLines(service.samplesPath);
    assert.equal(samples.length, lines.filter(({ event }) => event === 'predict').length);
    assert.ok(
      samples.some(({ features }) => features.history === '\ud83d'),
      'a lone surrogate is kept as it was',
    );
  });
});
