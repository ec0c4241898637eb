import assert from 'node:assert/strict';
import { scrape } from '../support/load.ts';
import { startHaproxy, startNginx, type TestProxy } from '../support/proxies.ts';
import { exchange, type RawAnswer, readAnswers } from '../support/raw-answers.ts';
import { openRaw } from '../support/raw-connection.ts';
import { eventually, seriesValue, startTestService, type TestService } from '../support/service.ts';
import { requireTool, type ToolName } from '../support/tools.ts';

const host = 'host: localhost\r\n';
const row = JSON.stringify({ age: 30, limit: 2000, history: 'good' });
const size = row.length.toString(16);
const get = (headers = '', target = '/health', version = 'HTTP/1.1') =>
  `GET ${target} ${version}\r\n${host}${headers}\r\n`;
const post = (headers: string, body: string, version = 'HTTP/1.1') =>
  `POST /predict ${version}\r\n${host}content-type: application/json\r\n${headers}\r\n${body}`;
const chunked = 'transfer-encoding: chunked\r\n';
const length = `content-length: ${row.length}\r\n`;
const inChunks = `${size}\r\n${row}\r\n0\r\n\r\n`;
/** A request in the place of another one's body. */
const hidden = `DELETE /health HTTP/1.1\r\n${host}\r\n`;
/** Nothing for whoever reads chunks, and then a request; a body for whoever reads a length. */
const early = `0\r\n\r\n${hidden}`;
/** The method of each request that a reader may find, by the rules or against them. */
type Methods = readonly ('GET' | 'POST' | 'DELETE' | 'OPTIONS')[];
const both: Methods = ['POST', 'DELETE'];

const shapes: [string, string | Buffer, Methods][] = [
  ['two requests in one packet', post(length, row) + get(), ['POST', 'GET']],
  ['two requests in chunks in one packet', post(chunked, inChunks).repeat(2), ['POST', 'POST']],
  ['a body where none is usual', get(`content-length: ${hidden.length}\r\n`) + hidden, ['GET']],
  [
    'a body in chunks where none is usual',
    `${get(chunked)}${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
    ['GET'],
  ],
  [
    'a body in chunks that looks like requests',
    post(chunked, `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`),
    ['POST'],
  ],
  ['a length, then chunks', post(`content-length: ${early.length}\r\n${chunked}`, early), both],
  ['chunks, then a length', post(`${chunked}content-length: ${early.length}\r\n`, early), both],
  ['a length of nothing, then chunks', post(`content-length: 0\r\n${chunked}`, early), both],
  ['chunked, then identity', post('transfer-encoding: chunked, identity\r\n', early), both],
  ['gzip, then chunked', post('transfer-encoding: gzip, chunked\r\n', early), both],
  ['nothing, then chunked', post('transfer-encoding: ,chunked\r\n', early), both],
  ['chunked twice', post('transfer-encoding: chunked, chunked\r\n', early), both],
  ['chunked in two headers', post(chunked.repeat(2), early), both],
  ['chunked and identity in two headers', post(`${chunked}transfer-encoding: identity\r\n`, early), both],
  ['another coding', post('transfer-encoding: xchunked\r\n', early), both],
  [
    'another coding and a length',
    post(`transfer-encoding: xchunked\r\ncontent-length: ${early.length}\r\n`, early),
    both,
  ],
  ['chunked in quotes', post('transfer-encoding: "chunked"\r\n', early), both],
  ['chunked with a parameter', post('transfer-encoding: chunked;a=b\r\n', early), both],
  ['chunked in capitals', post('Transfer-Encoding: CHUNKED\r\n', inChunks), ['POST']],
  ['chunked behind a tab', post('transfer-encoding:\tchunked\r\n', inChunks), ['POST']],
  ['chunked with a vertical tab', post('transfer-encoding: \vchunked\r\n', early), both],
  ['a blank before the colon of chunked', post('transfer-encoding : chunked\r\n', early), both],
  [
    'an underscore in the name of chunked',
    post(`transfer_encoding: chunked\r\ncontent-length: ${early.length}\r\n`, early),
    ['POST'],
  ],
  ['chunked on a line of its own', post('transfer-encoding:\r\n chunked\r\n', early), both],
  ['chunked behind a line that is no header', post(`a\r\n${chunked}`, early), both],
  ['chunked behind a line ended by LF', post(`a: b\n${chunked}`, early), both],
  [
    'chunked behind a line ended by CR',
    post(`a: b\r${chunked}content-length: ${early.length}\r\n`, early),
    both,
  ],
  ['chunked behind NUL', post(`a: b\0${chunked}content-length: ${early.length}\r\n`, early), both],
  ['chunks in HTTP/1.0', post(chunked, early, 'HTTP/1.0'), both],
  [
    'chunks in HTTP/1.0 on a connection that stays',
    post(`${chunked}connection: keep-alive\r\n`, early, 'HTTP/1.0'),
    both,
  ],
  [
    'chunked named as a header of the connection',
    post(`${chunked}connection: transfer-encoding\r\n`, inChunks),
    ['POST'],
  ],
  [
    'the length named as a header of the connection',
    post(`content-length: ${hidden.length}\r\nconnection: content-length\r\n`, hidden),
    ['POST'],
  ],
  ['two lengths', post(`content-length: 0\r\ncontent-length: ${hidden.length}\r\n`, hidden), both],
  ['the same length twice', post(length.repeat(2), row), ['POST']],
  ['a list of lengths', post(`content-length: ${row.length}, ${row.length}\r\n`, row), ['POST']],
  ['a length with a sign', post(`content-length: +${hidden.length}\r\n`, hidden), both],
  ['a negative length', post('content-length: -1\r\n', hidden), both],
  ['a length in hexadecimal', post(`content-length: 0x${hidden.length.toString(16)}\r\n`, hidden), both],
  ['a length with a blank', post(`content-length: 0 ${hidden.length}\r\n`, hidden), both],
  ['an empty length', post('content-length:\r\n', hidden), both],
  ['a length with zeros in front', post(`content-length: 000${row.length}\r\n`, row), ['POST']],
  [
    'a length of more than 64 bits',
    post(`content-length: ${2n ** 64n + BigInt(row.length)}\r\n`, row),
    ['POST'],
  ],
  ['a chunk that ends with LF', post(chunked, `${size}\n${row}\r\n0\r\n\r\n`), ['POST']],
  ['a chunk whose size begins with 0x', post(chunked, `0x${size}\r\n${row}\r\n0\r\n\r\n`), ['POST']],
  ['a chunk whose size has a sign', post(chunked, `+${size}\r\n${row}\r\n0\r\n\r\n`), ['POST']],
  ['a chunk whose size ends with a blank', post(chunked, `${size} \r\n${row}\r\n0\r\n\r\n`), ['POST']],
  [
    'a chunk whose size has zeros in front',
    post(chunked, `0000000000000000000${size}\r\n${row}\r\n0\r\n\r\n`),
    ['POST'],
  ],
  ['a chunk of more than 64 bits', post(chunked, `100000000000000${size}\r\n${row}\r\n0\r\n\r\n`), ['POST']],
  ['a chunk with an extension', post(chunked, `${size};a="b;c"\r\n${row}\r\n0\r\n\r\n`), ['POST']],
  ['a chunk with an extension that has LF', post(chunked, `${size};a=\n${row}\r\n0\r\n\r\n`), ['POST']],
  ['a chunk that is longer than it says', post(chunked, `2\r\n${row}\r\n0\r\n\r\n`), ['POST']],
  ['chunks behind the last one', post(chunked, `${size}\r\n${row}\r\n0\r\n\r\n`) + get(), ['POST', 'GET']],
  [
    'a trailer that gives a length',
    post(chunked, `${size}\r\n${row}\r\n0\r\ncontent-length: 100\r\n\r\n`),
    ['POST'],
  ],
  ['a trailer that gives a host', post(chunked, `${size}\r\n${row}\r\n0\r\nhost: b\r\n\r\n`), ['POST']],
  ['a trailer of LF', post(chunked, `${size}\r\n${row}\r\n0\r\n\n`) + hidden, both],
  ['two hosts', get('host: b\r\n'), ['GET']],
  ['a host that is none', get().replace('localhost', 'a b/c?'), ['GET']],
  ['no host', get().replace(host, ''), ['GET']],
  ['a URL for a target', get('', 'http://localhost/health'), ['GET']],
  ['a URL of another host for a target', get('', 'http://other/health'), ['GET']],
  ['a fragment in the target', get('', '/health#/nowhere'), ['GET']],
  ['a blank in the target', get('', '/health /nowhere'), ['GET']],
  ['a line break in the target, encoded', get('', '/health%0d%0aa:%20b'), ['GET']],
  ['dots in the target', get('', '/nowhere/../health'), ['GET']],
  ['dots in the target, encoded', get('', '/nowhere/%2e%2e/health'), ['GET']],
  ['two slashes', get('', '//health'), ['GET']],
  ['NUL in the target', get('', '/health\0'), ['GET']],
  ['OPTIONS of the whole server', `OPTIONS * HTTP/1.1\r\n${host}\r\n`, ['OPTIONS']],
  ['lines ended by LF', get().replaceAll('\r', ''), ['GET']],
  ['a header over two lines', get('a: b\r\n c\r\n'), ['GET']],
  ['a header without a name', get(': a\r\n'), ['GET']],
  ['a first header that begins with a blank', get().replace(host, ` a: b\r\n${host}`), ['GET']],
  ['empty lines before it', `\r\n\r\n${get()}`, ['GET']],
  ['HTTP/0.9 by name', get('', '/health', 'HTTP/0.9'), ['GET']],
  ['HTTP/1.2', get('', '/health', 'HTTP/1.2'), ['GET']],
  ['HTTP/2.0', get('', '/health', 'HTTP/2.0'), ['GET']],
  ['a version with a blank behind it', get('', '/health', 'HTTP/1.1 '), ['GET']],
  ['a method in lower case', get().replace('GET', 'get'), []],
  ['an unknown method', get().replace('GET', 'FOO'), []],
  ['CONNECT', `CONNECT localhost:1 HTTP/1.1\r\n${host}\r\n${hidden}`, ['DELETE']],
  [
    'an offer of h2c',
    get('connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQ\r\n') + get(),
    ['GET', 'GET'],
  ],
  ['an offer of a WebSocket', get('connection: upgrade\r\nupgrade: websocket\r\n') + get(), ['GET', 'GET']],
  [
    'an offer with a body',
    post(`connection: upgrade\r\nupgrade: h2c\r\n${length}`, row) + get(),
    ['POST', 'GET'],
  ],
  ['a body that is asked for', post(`expect: 100-continue\r\n${length}`, row), ['POST']],
  ['an expectation that is none', post(`expect: something\r\n${length}`, row), ['POST']],
  ['what is no HTTP', Buffer.from('16030100c8010000c40303', 'hex'), []],
];

const kept = 'proxy_http_version 1.1; proxy_set_header connection "";';
const proxies: [string, ToolName, (program: string, service: string) => Promise<TestProxy>][] = [
  ['nginx as it comes', 'nginx', (program, service) => startNginx(program, service, '')],
  ['nginx that keeps connections', 'nginx', (program, service) => startNginx(program, service, kept)],
  [
    'nginx that passes bodies on as they come',
    'nginx',
    (program, service) => startNginx(program, service, `${kept} proxy_request_buffering off;`),
  ],
  ['HAProxy', 'haproxy', (program, service) => startHaproxy(program, service, '')],
  [
    'HAProxy that lets invalid requests pass',
    'haproxy',
    (program, service) => startHaproxy(program, service, 'option accept-invalid-http-request'),
  ],
];

const idOf = ({ head }: RawAnswer) => /\nx-request-id: (\S+)\r/.exec(head)?.[1];

for (const [name, tool, start] of proxies) {
  describe(`behind ${name}, the service reads each request as the proxy does:`, () => {
    let service: TestService;
    let proxy: TestProxy;
    before(async function () {
      const program = requireTool(this, tool);
      service = await startTestService();
      proxy = await start(program, service.api);
    });
    after(async () => {
      await proxy?.stop();
      await service?.stop();
    });

    /** The requests that a route answered, by the id of the proxy. */
    const served = () =>
      service
        .logLines()
        .map(({ requestId, method, status }) => ({ id: String(requestId), method: String(method), status }));
    const unreadable = async () => {
      const text = await scrape(service);
      const reasons = ['malformed', 'misdirected'].map((reason) =>
        Number(seriesValue(text, 'http_server_requests_unreadable_total', { reason })),
      );
      return reasons[0] + reasons[1];
    };

    for (const [what, sent, methods] of shapes) {
      it(what, async () => {
        const before = proxy.forwarded();
        const earlier = new Set(before.map(({ id }) => id));
        const unreadableBefore = await unreadable();
        const { socket, received, closed } = openRaw(proxy.url);
        socket.write(typeof sent === 'string' ? Buffer.from(sent, 'latin1') : sent);
        let isClosed = false;
        closed.then(() => {
          isClosed = true;
        });
        // a proxy may ask for the body itself
        const answers = () => readAnswers(received()).filter(({ status }) => status !== 100);
        await eventually(() => {
          // behind a refusal nothing more may come
          const isRefused = answers().some((answer) => idOf(answer) === undefined);
          assert.ok(isClosed || isRefused || answers().length >= Math.max(methods.length, 1));
        });
        // another client, whose request goes to the service over the same connection where it is kept
        const [other, ...more] = await exchange(
          proxy.url,
          `GET /ready HTTP/1.1\r\n${host}connection: close\r\n\r\n`,
        );
        assert.deepEqual(more, []);
        assert.equal(other.status, 200);
        socket.destroy();

        await eventually(async () => {
          const all = proxy.forwarded().slice(before.length);
          const forwarded = all.filter(({ id }) => id !== idOf(other));
          assert.equal(forwarded.length, all.length - 1);
          assert.deepEqual(
            forwarded.map(({ status, answeredId }) => ({ status, id: answeredId })),
            answers().map((answer) => ({ status: answer.status, id: idOf(answer) })),
          );
          const now = served().filter(({ id }) => !earlier.has(id) && id !== idOf(other));
          const answered = forwarded.filter(({ answeredId }) => answeredId !== undefined);
          for (const { id, answeredId } of answered) assert.equal(answeredId, id);
          const known = new Set(forwarded.map(({ id }) => id));
          assert.ok(now.every(({ id }) => known.has(id)));
          assert.deepEqual(
            // one whose body turned out to be malformed has been answered by the parser
            now.filter(({ status }) => status !== 499).map(({ id }) => id),
            answered.map(({ id }) => id),
          );
          assert.deepEqual(
            now.map(({ method }) => method),
            methods.slice(0, now.length),
          );
          assert.equal(
            (await unreadable()) - unreadableBefore,
            forwarded.filter(({ reached, answeredId }) => reached && answeredId === undefined).length,
          );
        });
      });
    }
  });
}
