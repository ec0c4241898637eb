import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import {
  type AcceptedBody,
  announcedBytes,
  BodyProblem,
  decodeText,
  readBody,
} from '../../src/http/read-body.ts';

const maxBytes = 64;
const json: AcceptedBody = { mediaTypes: ['application/json', 'application/x-ndjson'], maxBytes };

describe('the body reader', () => {
  let server: Server;
  let accepted: AcceptedBody;
  /** What became of the last request. */
  let outcome: Promise<{ bytes: Buffer; mediaType: string }>;

  before(async () => {
    server = createServer(async (request, response) => {
      outcome = readBody(request, accepted);
      const headers = await outcome.then(
        () => ({}),
        (problem: BodyProblem) => problem.headers,
      );
      response.writeHead(200, headers).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    accepted = json;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const port = () => (server.address() as AddressInfo).port;

  /** Sends a body in one piece, and returns what was read of it. */
  async function read(body: string | Buffer, headers: Record<string, string> = {}) {
    await fetch(`http://127.0.0.1:${port()}`, {
      method: 'POST',
      // a Blob has no type of its own
      body: new Blob([body]),
      headers: { 'content-type': 'application/json', ...headers },
    });
    const { bytes, mediaType } = await outcome;
    return { text: bytes.toString('latin1'), mediaType };
  }

  const refused = (key: string, reason: string, detail: string, headers = {}) => ({
    key,
    reason,
    detail,
    headers,
  });

  it('returns the bytes and the media type', async () => {
    assert.deepEqual(await read('{"a": 1}'), { text: '{"a": 1}', mediaType: 'application/json' });
    assert.deepEqual(await read('', { 'content-type': 'Application/X-NDJSON; q=1' }), {
      text: '',
      mediaType: 'application/x-ndjson',
    });
  });

  it('refuses another media type, repeating at most 100 characters of it', async () => {
    const wanted = 'content-type must be application/json or application/x-ndjson: ';
    const long = `text/${'x'.repeat(95)}`;
    for (const [type, sent] of [
      ['text/plain', 'not text/plain'],
      [long, `not ${long}`],
      [`${long}y`, `not ${long}…`],
    ]) {
      await assert.rejects(
        read('{}', { 'content-type': type }),
        refused('unsupported-media-type', 'content_type', `${wanted}${sent}`),
      );
    }
  });

  it('assumes a media type that is missing only where it may, and never of a request from a page', async () => {
    const readUntyped = (headers: IncomingHttpHeaders, untyped?: string) => {
      const request = new IncomingMessage(new Socket());
      request.headers = headers;
      const body = readBody(request, { ...json, ...(untyped !== undefined && { untyped }) });
      request.emit('end');
      return body;
    };
    const missing = refused(
      'unsupported-media-type',
      'content_type',
      'content-type must be application/json or application/x-ndjson: it is missing',
    );
    assert.equal((await readUntyped({}, 'application/x-ndjson')).mediaType, 'application/x-ndjson');
    await assert.rejects(readUntyped({}), missing);
    await assert.rejects(readUntyped({ origin: 'https://example.org' }, 'application/json'), missing);
  });

  it('refuses another character set', async () => {
    await assert.rejects(
      read('{}', { 'content-type': 'application/json; charset=latin1' }),
      refused(
        'unsupported-media-type',
        'content_type',
        'the body must be in UTF-8: content-type says charset=latin1',
      ),
    );
  });

  it('refuses a content encoding, and says which one it accepts', async () => {
    await assert.rejects(
      read(gzipSync('{}'), { 'content-encoding': 'gzip' }),
      refused(
        'unsupported-media-type',
        'content_encoding',
        'send the body without content-encoding, not with gzip',
        { 'accept-encoding': 'identity' },
      ),
    );
    for (const none of ['identity', ' Identity ', '']) {
      assert.equal((await read('{}', { 'content-encoding': none })).text, '{}');
    }
  });

  const tooLarge = refused('body-too-large', 'too_large', `the body may have at most ${maxBytes} bytes`, {
    connection: 'close',
  });

  it('takes a body of the greatest length, and refuses one byte more', async () => {
    assert.equal((await read('x'.repeat(maxBytes))).text.length, maxBytes);
    await assert.rejects(read('x'.repeat(maxBytes + 1)), tooLarge);
  });

  it('refuses a body that declares more before any of it arrives', async () => {
    const request = new IncomingMessage(new Socket());
    request.headers = { 'content-type': 'application/json', 'content-length': String(maxBytes + 1) };
    await assert.rejects(readBody(request, json), tooLarge);
    assert.equal(request.listenerCount('data'), 0);
  });

  it('stops reading a body of unknown length as soon as it is too long', async () => {
    const request = new IncomingMessage(new Socket());
    request.headers = { 'content-type': 'application/json' };
    const body = readBody(request, json);
    request.emit('data', Buffer.alloc(maxBytes));
    assert.equal(request.isPaused(), false);
    request.emit('data', Buffer.alloc(1));
    await assert.rejects(body, tooLarge);
    assert.equal(request.isPaused(), true);
    assert.equal(request.listenerCount('data'), 0);
  });

  it('says of bytes that are not UTF-8 what they are, or where the first is', async () => {
    for (const [hex, detail] of [
      ['1f8b08', 'the body is compressed with gzip: send it uncompressed'],
      ['28b52ffd00', 'the body is compressed with Zstandard: send it uncompressed'],
      ['789cff', 'the body is compressed with zlib: send it uncompressed'],
      ['fffe00007b000000', 'the body is in UTF-32: send it in UTF-8'],
      ['0000feff0000007b', 'the body is in UTF-32: send it in UTF-8'],
      ['feff007b', 'the body is in UTF-16: send it in UTF-8'],
      ['fffe7b00', 'the body is in UTF-16: send it in UTF-8'],
      ['7b22c3a4ff', 'the body is not UTF-8, at byte 4'],
      ['ff', 'the body is not UTF-8, at byte 0'],
    ]) {
      await assert.rejects(
        read(Buffer.from(hex, 'hex')),
        refused('malformed-json', 'malformed_json', detail),
        hex,
      );
    }
  });

  it('says that the client went away before the body was complete', async () => {
    const socket = connect(port(), '127.0.0.1');
    socket.write(
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n12',
    );
    await once(server, 'request');
    socket.destroy();
    await assert.rejects(
      outcome,
      refused('client-closed-request', 'aborted', 'the connection ended before the body did'),
    );
  });

  it('passes on why the connection is ended here', async () => {
    const request = new IncomingMessage(new Socket());
    request.headers = { 'content-type': 'application/json' };
    const body = readBody(request, json);
    const why = new BodyProblem('request-timeout', 'aborted', 'the body took too long');
    request.destroy(why);
    await assert.rejects(body, (error) => error === why);
  });

  it('knows the length that is declared, as far as it would be read', () => {
    const request = new IncomingMessage(new Socket());
    assert.equal(announcedBytes(request, maxBytes), undefined);
    for (const [length, bytes] of [
      ['0', 0],
      ['64', 64],
      ['65', 64],
    ] as const) {
      request.headers = { 'content-length': length };
      assert.equal(announcedBytes(request, maxBytes), bytes);
    }
  });
});

describe('a body that comes in chunks', () => {
  /** @param maxBytes the most that is taken */
  function open(maxBytes: number) {
    const request = new IncomingMessage(new Socket());
    request.headers = { 'content-type': 'application/json' };
    const body = readBody(request, { mediaTypes: ['application/json'], maxBytes });
    return { request, text: body.then(({ bytes }) => decodeText(bytes)) };
  }

  it('is what they are together, up to the limit', async () => {
    const whole = 'abcdefghij'.repeat(50);
    for (const sizes of [[500], [1], [250], [1, 498], [499, 1], [7, 64, 3], [64, 1]]) {
      const { request, text } = open(whole.length);
      for (let start = 0, i = 0; start < whole.length; i++) {
        const end = start + sizes[i % sizes.length];
        request.emit('data', Buffer.from(whole.slice(start, end)));
        start = end;
      }
      request.emit('end');
      assert.equal(await text, whole, `${sizes}`);
    }
    const { request, text } = open(whole.length);
    for (const part of [whole.slice(1), 'a', 'b']) request.emit('data', Buffer.from(part));
    await assert.rejects(text, { detail: 'the body may have at most 500 bytes' });
  });

  it('takes no more memory if it comes in pieces of one byte', async () => {
    const bytes = 1_000_000;
    const { request, text } = open(bytes);
    const piece = Buffer.from('a');
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < bytes; i++) request.emit('data', piece.subarray());
    const grown = process.memoryUsage().heapUsed - before;
    request.emit('end');
    assert.equal((await text).length, bytes);
    // a buffer for each would take 100 MB
    assert.ok(grown < 50_000_000, `${grown} bytes`);
  });
});
