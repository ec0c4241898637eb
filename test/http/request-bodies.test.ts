import assert from 'node:assert/strict';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { readContentType } from '../../src/http/content-type.ts';
import { metric } from '../support/load.ts';
import { startTestService, type TestService } from '../support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const byteOrderMark = '\ufeff';

/** Parameters that change nothing: JSON has none, and each of these says UTF-8 or a part of it, if it says anything. */
const harmless = [
  '',
  ';',
  ' ; ',
  ';;',
  '; charset=utf-8',
  ';charset=UTF-8;',
  '; charset=utf-8 ;',
  ' ;CHARSET="utf-8"',
  "; charset='utf-8'",
  '; charset=utf8',
  ';charset=UTF8',
  '; charset="UTF_8"',
  '; charset = utf-8',
  '; charset=us-ascii',
  '; charset=ASCII',
  '; charset=ANSI_X3.4-1968',
  '; charset=unicode-1-1-utf-8',
  '; charset=utf8mb4',
  '; charset=utf-8; charset=utf-8',
  '; charset=',
  '; charset=""',
  '; utf-8',
  '; UTF8',
  ';odata=verbose',
  '; odata.metadata=minimal; IEEE754Compatible=true',
  '; version=1',
  '; charset=utf-8; version=1',
  '; q=0.9',
  '; profile="a; charset=latin1"',
  '; title="a \\"quoted; one\\""; charset=utf-8',
  '; charset="utf-8',
];

const foreign: [string, string][] = [
  ['; charset=iso-8859-1', 'iso-8859-1'],
  [';CHARSET="Windows-1252"', 'Windows-1252'],
  ['; charset=utf-16', 'utf-16'],
  ['; charset=utf-16le; version=1', 'utf-16le'],
  ['; version=1; charset=latin1;', 'latin1'],
  ['; title="x;y"; charset=Shift_JIS', 'Shift_JIS'],
];

describe('a content-type', () => {
  it('is its media type in lower case, whatever surrounds it', () => {
    for (const type of ['application/json', 'Application/JSON', ' application/json ']) {
      for (const more of harmless)
        assert.deepEqual(readContentType(type + more), { mediaType: 'application/json' });
    }
    assert.deepEqual(readContentType(''), { mediaType: '' });
  });

  it('reports a character set that is neither UTF-8 nor a subset of it', () => {
    for (const [more, foreignCharset] of foreign) {
      const found = readContentType(`application/json${more}`);
      assert.deepEqual(found, { mediaType: 'application/json', foreignCharset });
    }
  });
});

describe('a body', () => {
  let service: TestService;
  before(async () => {
    service = await startTestService();
  });
  after(() => service.stop());

  const post = async (path: string, body: string | Buffer, headers: Record<string, string>) => {
    const url = `${path === '/predict' ? service.api : service.admin}${path}`;
    // a Blob has no type of its own, so nothing is sent where no header is given
    const response = await fetch(url, { method: 'POST', body: new Blob([body]), headers });
    return { status: response.status, body: (await response.json()) as any };
  };
  const predict = (body: string | Buffer, type = 'application/json') =>
    post('/predict', body, { 'content-type': type });
  const outcome = async () =>
    JSON.stringify({ id: (await predict(JSON.stringify(row))).body.id, outcome: 'good' });

  for (const more of harmless) {
    it(`is taken on every route as JSON${more}`, async () => {
      assert.equal((await predict(JSON.stringify(row), `application/json${more}`)).status, 200);
      for (const type of ['application/json', 'application/x-ndjson']) {
        const answer = await post('/outcomes', `${await outcome()}\n`, { 'content-type': type + more });
        assert.deepEqual([answer.status, answer.body.accepted], [202, 1], type);
      }
    });
  }

  for (const [more, charset] of foreign) {
    it(`is refused as JSON${more}, which is said`, async () => {
      const detail = `the body must be in UTF-8: content-type says charset=${charset}`;
      const before = await metric(service, 'model_input_rejected_total', { reason: 'content_type' });
      const refused = await predict(JSON.stringify(row), `application/json${more}`);
      assert.deepEqual([refused.status, refused.body.detail], [415, detail]);
      assert.equal(
        await metric(service, 'model_input_rejected_total', { reason: 'content_type' }),
        before + 1,
      );
      for (const type of ['application/json', 'application/x-ndjson']) {
        const { status, body } = await post('/outcomes', '{}', { 'content-type': type + more });
        assert.deepEqual([status, body.detail], [415, detail]);
      }
    });
  }

  it('of another media type is refused, saying what was sent', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/x-ndjson; charset=utf-8',
    ]) {
      const { status, body } = await predict(JSON.stringify(row), type);
      assert.deepEqual([status, body.detail], [415, `content-type must be application/json: not ${type}`]);
    }
    const { body } = await predict('{}', `text/${'x'.repeat(1000)}`);
    assert.match(body.detail, /: not text\/x{95}…$/);
    const none = await post('/predict', JSON.stringify(row), {});
    assert.deepEqual(
      [none.status, none.body.detail],
      [415, 'content-type must be application/json: it is missing'],
    );
  });

  it('may say in any case that it has no encoding', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'Identity' };
    assert.equal((await post('/predict', JSON.stringify(row), headers)).status, 200);
    const { status, body } = await post('/predict', '{}', { ...headers, 'content-encoding': 'br' });
    assert.deepEqual([status, body.detail], [415, 'send the body without content-encoding, not with br']);
  });

  it('may begin with a byte order mark', async () => {
    assert.equal((await predict(byteOrderMark + JSON.stringify(row))).status, 200);
    const type = { 'content-type': 'application/json' };
    const lines = { 'content-type': 'application/x-ndjson' };
    assert.equal((await post('/outcomes', byteOrderMark + (await outcome()), type)).body.accepted, 1);
    const two = `${byteOrderMark}${await outcome()}\r\n${await outcome()}\r\n`;
    assert.equal((await post('/outcomes', two, lines)).body.accepted, 2);
  });

  it('has a byte order mark at its beginning only', async () => {
    const { status, body } = await predict(byteOrderMark + byteOrderMark + JSON.stringify(row));
    assert.equal(status, 400);
    assert.match(body.detail, /^there is an invisible character .* at position 0 /);
    const lines = { 'content-type': 'application/x-ndjson' };
    const second = await post('/outcomes', `${await outcome()}\n${byteOrderMark}${await outcome()}\n`, lines);
    assert.deepEqual([second.body.accepted, second.body.invalid.length], [1, 1]);
  });

  it('of lines has the true reason at each that is not JSON', async () => {
    const lines = [await outcome(), '{"id": "x", "outcome": NaN}', '{"id": "x', '["a"]', await outcome()];
    const type = { 'content-type': 'application/x-ndjson' };
    const { body } = await post('/outcomes', lines.join('\n'), type);
    assert.equal(body.accepted, 2);
    assert.deepEqual(
      body.invalid.map(({ index, message }: any) => [index, message]),
      [
        [1, 'NaN is not a number in JSON, at position 23 of the line'],
        [2, 'the line ends inside a text, at position 9 of the line'],
        [3, 'must be a JSON object with "id" and "outcome"'],
      ],
    );
  });

  const malformed: [string, string | Buffer, string][] = [
    ['nothing', '', 'the body is empty'],
    ['white space', ' \r\n', 'the body is empty'],
    ['a byte order mark alone', byteOrderMark, 'the body is empty'],
    ['NaN', '{"age":\n NaN}', 'NaN is not a number in JSON, at position 9 (line 2 column 2)'],
    [
      'half an object',
      '{"age":',
      'the body ends before the JSON is complete, at position 7 (line 1 column 8)',
    ],
    ['Latin-1', Buffer.from('{"history":"é"}', 'latin1'), 'the body is not UTF-8, at byte 12'],
    ['one byte', Buffer.from([0xff]), 'the body is not UTF-8, at byte 0'],
    ['half a character', Buffer.from([0x22, 0xe2, 0x82]), 'the body is not UTF-8, at byte 1'],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'the body is in UTF-16: send it in UTF-8'],
    ['UTF-32', Buffer.from('fffe00007b000000', 'hex'), 'the body is in UTF-32: send it in UTF-8'],
    ['gzip', gzipSync('{}'), 'the body is compressed with gzip: send it uncompressed'],
    ['zlib', deflateSync('{}'), 'the body is compressed with zlib: send it uncompressed'],
    ['Zstandard', zstdCompressSync('{}'), 'the body is compressed with Zstandard: send it uncompressed'],
  ];
  for (const [what, body, detail] of malformed) {
    it(`that is ${what} is answered with the true reason`, async () => {
      for (const path of ['/predict', '/outcomes']) {
        const { status, body: problem } = await post(path, body, { 'content-type': 'application/json' });
        assert.deepEqual([status, problem.detail], [400, detail], path);
      }
    });
  }
});
