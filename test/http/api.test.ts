import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Validator } from '@seriousme/openapi-schema-validator';
import { problems } from '../../src/http/problem.ts';
import { scrape } from '../support/load.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };

/** Who asks for metrics, the Accept header they send, and what suits them best. */
const scrapers: [string, string, RegExp][] = [
  [
    'Prometheus 3',
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    /^text\/plain; version=0\.0\.4/,
  ],
  ['curl that wants text', 'text/plain', /^text\/plain/],
  ['a browser', 'text/html,application/xhtml+xml,*/*;q=0.8', /^application\/json/],
  ['axios', 'application/json, text/plain, */*', /^application\/json/],
];

describe('the API', () => {
  let service: TestService;
  let predict: string;

  before(async () => {
    service = await startTestService();
    predict = `${service.api}/predict`;
  });
  after(() => service.stop());

  const rejected = async (feature: string, reason: string) =>
    seriesValue(await scrape(service), 'model_input_rejected_total', { feature, reason }) ?? Number.NaN;

  describe('POST /predict', () => {
    it('returns a prediction, its score, an id and the model', async () => {
      const { status, headers, body } = await postJson(predict, row);
      assert.equal(status, 200);
      assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
      assert.deepEqual(Object.keys(body), ['prediction', 'score', 'id', 'model']);
      assert.ok(body.score > 0 && body.score < 1);
      assert.equal(body.prediction, body.score >= 0.5 ? 'bad' : 'good');
      assert.match(body.id, /^[A-Za-z0-9_-]{16,80}$/);
      assert.notEqual(body.id, headers.get('x-request-id'));
      assert.deepEqual(Object.keys(body.model), ['name', 'version']);
    });

    it('gives the same score for the same input, and each a different id', async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => postJson(predict, row)));
      assert.equal(new Set(answers.map(({ body }) => body.score)).size, 1);
      assert.equal(new Set(answers.map(({ body }) => body.id)).size, 50);
    });

    it('scores a category that training never saw, and counts it as unseen', async () => {
      const before = seriesValue(await scrape(service), 'model_feature_bin_observations_total', {
        bin: 'unseen',
      });
      const { status } = await postJson(predict, { ...row, history: 'never seen' });
      assert.equal(status, 200);
      const text = await scrape(service);
      const labels = { feature: 'history', bin: 'unseen' };
      assert.equal(seriesValue(text, 'model_feature_bin_observations_total', labels), (before ?? 0) + 1);
    });

    const refusals: [string, unknown, string, string, string][] = [
      ['a missing field', { limit: 2000, history: 'good' }, '/age', 'missing', 'age'],
      ['a mistyped field', { ...row, age: 'thirty' }, '/age', 'type', 'age'],
      ['null in a required field', { ...row, history: null }, '/history', 'null', 'history'],
      ['a text without end', { ...row, history: 'x'.repeat(300) }, '/history', 'too_long', 'history'],
      ['an unknown field', { ...row, income: 1 }, '/income', 'unknown_field', ''],
      ['a list with what is no row', [row, 3], '/1', 'not_an_object', ''],
      ['a list with one faulty row', [row, { ...row, age: 'x' }], '/1/age', 'type', 'age'],
      ['a bare text', '"hello"', '', 'not_an_object', ''],
      ['a number too large to be one', '{"age":1e999,"limit":2000,"history":"good"}', '/age', 'type', 'age'],
      ['an own __proto__', '{"__proto__":{"age":30},"limit":1,"history":"good"}', '/age', 'missing', 'age'],
    ];
    for (const [what, body, pointer, code, feature] of refusals) {
      it(`refuses ${what} with 422, says where, and counts it`, async () => {
        const before = await rejected(feature, code);
        const { status, headers, body: problem } = await postJson(predict, body);
        assert.equal(status, 422);
        assert.equal(headers.get('content-type'), 'application/problem+json');
        assert.equal(problem.type, 'urn:vigia:problem:invalid-input');
        assert.equal(problem.status, 422);
        assert.ok(
          problem.errors.some((error: any) => error.pointer === pointer && error.code === code),
          JSON.stringify(problem.errors),
        );
        assert.equal(await rejected(feature, code), before + 1);
      });
    }

    it('says that a number is too large, and otherwise which types are allowed', async () => {
      const { body } = await postJson(predict, '{"age":-1e999,"limit":"2","history":1e999}');
      assert.deepEqual(
        body.errors.map(({ message }: any) => message),
        [
          'is a number too large for double precision: its size may be at most 1.79e308',
          'must be number',
          'must be string',
        ],
      );
    });

    it('names every fault at once', async () => {
      const { body } = await postJson(predict, { age: 'x', history: 4, more: 1 });
      const found = body.errors.map((error: any) => `${error.pointer} ${error.code}`).sort();
      assert.deepEqual(found, ['/age type', '/history type', '/limit missing', '/more unknown_field']);
    });

    it('lists at most 20 faults, says how many more there are, and counts them all', async () => {
      const before = await rejected('', 'unknown_field');
      const beforeAge = await rejected('age', 'type');
      const many = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`${i}x`, 0]));
      const { status, headers, body } = await postJson(predict, { ...row, ...many, age: 'x' });
      assert.equal(status, 422);
      assert.equal(body.errors.length, 20);
      assert.equal(body.errors[0].pointer, '/age');
      assert.equal(body.errors[1].pointer, '/0x');
      assert.equal(body.moreErrors, 1481);
      assert.match(body.detail, /^\/age .*, and 1500 more$/);
      assert.ok(Number(headers.get('content-length')) < 4096);
      assert.equal(await rejected('', 'unknown_field'), (before ?? 0) + 1500);
      assert.equal(await rejected('age', 'type'), (beforeAge ?? 0) + 1);
      const few = await postJson(predict, { ...row, more: 1 });
      assert.equal(few.body.moreErrors, undefined);
    });

    it('never turns the client’s words into a label', async () => {
      await postJson(predict, { ...row, 'evil"} 1': 1 });
      assert.doesNotMatch(await scrape(service), /evil/);
    });

    const malformed: [string, RequestInit, number, string, string][] = [
      ['broken JSON', { body: '{"age":30,' }, 400, 'malformed-json', 'malformed_json'],
      ['an empty body', { body: '' }, 400, 'malformed-json', 'malformed_json'],
      [
        'bytes that are not UTF-8',
        { body: Buffer.from([0x22, 0xff, 0x22]) },
        400,
        'malformed-json',
        'malformed_json',
      ],
      [
        'another type',
        { headers: { 'content-type': 'text/plain' } },
        415,
        'unsupported-media-type',
        'content_type',
      ],
      [
        'another character set',
        { headers: { 'content-type': 'application/json; charset=latin1' } },
        415,
        'unsupported-media-type',
        'content_type',
      ],
      [
        'a compressed body',
        {
          body: gzipSync(Buffer.alloc(10_000_000)),
          headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        },
        415,
        'unsupported-media-type',
        'content_encoding',
      ],
    ];
    for (const [what, init, status, key, reason] of malformed) {
      it(`refuses ${what} with ${status}`, async () => {
        const before = await rejected('', reason);
        const response = await fetch(predict, {
          method: 'POST',
          body: JSON.stringify(row),
          headers: { 'content-type': 'application/json' },
          ...init,
        });
        const problem = (await response.json()) as any;
        assert.equal(response.status, status);
        assert.equal(problem.type, `urn:vigia:problem:${key}`);
        assert.equal(problem.requestId, response.headers.get('x-request-id'));
        assert.equal(await rejected('', reason), before + 1);
      });
    }

    it('refuses a body that announces too much before it is sent', async () => {
      const { host, port, hostname } = new URL(service.api);
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST /predict HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: 104857600\r\n\r\n`,
      );
      const answer = await new Promise<string>((resolve) => {
        let text = '';
        socket.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        socket.on('close', () => resolve(text));
      });
      assert.match(answer, /^HTTP\/1\.1 413 /);
      assert.match(answer, /urn:vigia:problem:body-too-large/);
    });

    it('refuses a body that turns out too large while it is sent', async () => {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const outgoing = request(predict, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
        });
        outgoing.on('response', resolve).on('error', reject);
        // no length is announced, so it goes in chunks; the body does not end
        for (let i = 0; i < 3; i++) outgoing.write('a'.repeat(8192));
      });
      assert.equal(answer.statusCode, 413);
      answer.destroy();
      assert.equal((await fetch(`${service.api}/health`)).status, 200);
    });
  });

  describe('paths and methods', () => {
    const cases: [string, string, number, string | null][] = [
      ['GET', '/health', 200, null],
      ['HEAD', '/health', 200, null],
      ['GET', '/ready', 200, null],
      ['GET', '/nowhere', 404, null],
      ['GET', '/predict/', 404, null],
      ['PROPFIND', '/nowhere', 404, null],
      ['GET', '/predict', 405, 'POST, OPTIONS'],
      ['DELETE', '/predict', 405, 'POST, OPTIONS'],
      ['PROPFIND', '/predict', 405, 'POST, OPTIONS'],
      ['OPTIONS', '/predict', 204, 'POST, OPTIONS'],
      ['OPTIONS', '/health', 204, 'HEAD, GET, OPTIONS'],
      ['POST', '/health', 405, 'HEAD, GET, OPTIONS'],
    ];
    for (const [method, path, status, allow] of cases) {
      it(`${method} ${path} is ${status}`, async () => {
        const response = await fetch(service.api + path, { method });
        assert.equal(response.status, status);
        assert.equal(response.headers.get('allow'), allow);
        if (status >= 400) assert.equal(response.headers.get('content-type'), 'application/problem+json');
      });
    }

    it('reports that it is healthy', async () => {
      assert.deepEqual(await (await fetch(`${service.api}/health`)).json(), { status: 'ok' });
    });

    it('makes no label of unknown paths and methods', async () => {
      for (let i = 0; i < 20; i++) await fetch(`${service.api}/no/${i}`, { method: 'PROPFIND' });
      const text = await scrape(service);
      assert.doesNotMatch(text, /\/no\/|PROPFIND/);
      const labels = { http_request_method: '_OTHER', http_response_status_code: '404' };
      assert.ok((seriesValue(text, 'http_server_request_duration_seconds_count', labels) ?? 0) >= 20);
    });

    it('answers what is not HTTP with a problem document', async () => {
      const { port, hostname } = new URL(service.api);
      const socket = connect(Number(port), hostname);
      socket.write('hello\r\n\r\n');
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk as Buffer);
      assert.match(
        Buffer.concat(chunks).toString(),
        /^HTTP\/1\.1 400 [\s\S]*urn:vigia:problem:malformed-request/,
      );
    });

    it('refuses headers without end with 431', async () => {
      const { port, hostname, host } = new URL(service.api);
      const socket = connect(Number(port), hostname);
      socket.write(`GET /health HTTP/1.1\r\nhost: ${host}\r\nx-large: ${'x'.repeat(20_000)}\r\n\r\n`);
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk as Buffer);
      assert.match(
        Buffer.concat(chunks).toString(),
        /^HTTP\/1\.1 431 [\s\S]*urn:vigia:problem:headers-too-large/,
      );
    });
  });

  describe('the request id', () => {
    it('is the client’s, if that can stand in a header and a log', async () => {
      const { headers } = await postJson(predict, row, { 'x-request-id': 'abc-123' });
      assert.equal(headers.get('x-request-id'), 'abc-123');
    });
    it('is a new one otherwise', async () => {
      const { headers } = await postJson(predict, row, { 'x-request-id': 'a b"c' });
      assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
    });
  });

  it('describes itself in valid OpenAPI 3.1, from the model', async () => {
    const document = (await (await fetch(`${service.api}/openapi.json`)).json()) as any;
    const { valid, errors } = await new Validator().validate(document);
    assert.ok(valid, JSON.stringify(errors));
    assert.equal(document.openapi, '3.1.0');
    assert.deepEqual(Object.keys(document.components.schemas.Input.properties), ['age', 'limit', 'history']);
    const example = document.paths['/predict'].post.requestBody.content['application/json'].example;
    assert.equal((await postJson(predict, example)).status, 200);
    const { responses } = document.paths['/predict'].post;
    for (const key of ['invalid-query', 'overloaded', 'model-busy'] as const) {
      assert.ok(responses[problems[key].status].description.includes(problems[key].title), key);
    }
  });

  describe('GET /metrics', () => {
    it('is the summary in JSON for curl', async () => {
      const response = await fetch(`${service.api}/metrics`, { headers: { accept: '*/*' } });
      const summary = (await response.json()) as any;
      assert.ok(summary.request_count >= summary.requests['POST /predict']);
      assert.ok(summary.requests['POST /predict'] > 50);
      assert.ok(summary.errors['POST /predict'] > 5);
      assert.ok(summary.latency['POST /predict'].p99Ms >= summary.latency['POST /predict'].p50Ms);
    });

    for (const [who, accept] of scrapers) {
      it(`is the same summary for ${who}`, async () => {
        const response = await fetch(`${service.api}/metrics`, { headers: { accept } });
        assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
        assert.ok(((await response.json()) as any).request_count > 0);
      });
    }

    it('tells only how often the model was called', async () => {
      const summary = await (await fetch(`${service.api}/metrics`)).json();
      assert.deepEqual(Object.keys(summary as object).sort(), [
        'error_count',
        'errors',
        'latency',
        'request_count',
        'requests',
      ]);
      assert.doesNotMatch(JSON.stringify(summary), /age|limit|history|good|bad/);
    });

    it('is described as it is', async () => {
      const document = (await (await fetch(`${service.api}/openapi.json`)).json()) as any;
      const { content } = document.paths['/metrics'].get.responses[200];
      assert.deepEqual(Object.keys(content), ['application/json']);
    });
  });

  it('writes one log line per request, with the prediction and the payload', async () => {
    await postJson(predict, row, { 'x-request-id': 'the-logged-one' });
    const line = await eventually(() => {
      const found = service.logLines().find(({ requestId }) => requestId === 'the-logged-one');
      assert.ok(found);
      return found;
    });
    assert.equal(line.name, 'credit-api');
    assert.equal(line.event, 'predict');
    assert.equal(line.route, '/predict');
    assert.equal(line.status, 200);
    assert.equal(typeof line.durationMs, 'number');
    assert.deepEqual(line.payload, row);
    assert.equal(typeof line.score, 'number');
    assert.ok(['good', 'bad'].includes(String(line.prediction)));
  });

  it('keeps a sample of each prediction, under the id of its answer', async () => {
    const before = Date.now();
    const { body } = await postJson(predict, { ...row, age: 31 });
    const sample = await eventually(async () => {
      const found = (await readJsonLines(service.samplesPath)).find(({ id }) => id === body.id);
      assert.ok(found);
      return found;
    });
    assert.deepEqual(sample.features, { ...row, age: 31 });
    assert.equal(sample.score, body.score);
    assert.equal(sample.version, body.model.version);
    assert.ok(Date.parse(sample.time) >= before && Date.parse(sample.time) <= Date.now());
  });
});

describe('settings of the API', () => {
  it('remove /metrics, keep payloads out of the log, sample successes, store bins only', async () => {
    const service = await startTestService({
      API_METRICS: 'false',
      LOG_PAYLOAD: 'false',
      LOG_SAMPLE_RATIO: '0',
      SAMPLES_VALUES: 'bins',
    });
    try {
      assert.equal((await fetch(`${service.api}/metrics`)).status, 404);
      const document = (await (await fetch(`${service.api}/openapi.json`)).json()) as any;
      assert.equal(document.paths['/metrics'], undefined);
      const { body } = await postJson(`${service.api}/predict`, row);
      assert.equal((await postJson(`${service.api}/predict`, {})).status, 422);
      await service.signal('SIGTERM');
      const lines = service.logLines();
      assert.ok(lines.length >= 2 && lines.every(({ status }) => Number(status) >= 400));
      const [sample] = await readJsonLines(service.samplesPath);
      assert.equal(sample.id, body.id);
      assert.equal(sample.features, undefined);
      assert.deepEqual(Object.keys(sample.bins), ['age', 'limit', 'history']);
      assert.match(sample.bins.age, /^\d\d \(/);
      assert.equal(sample.bins.history, '02', 'a category by its number, not by its text');
    } finally {
      await service.stop();
    }
  });

  describe('API_METRICS=full', () => {
    let service: TestService;
    before(async () => {
      service = await startTestService({ API_METRICS: 'full' });
    });
    after(() => service?.stop());

    for (const [who, accept, type] of scrapers) {
      it(`suits ${who}`, async () => {
        const response = await fetch(`${service.api}/metrics`, { headers: { accept } });
        assert.match(response.headers.get('content-type') ?? '', type);
        assert.match(response.headers.get('vary') ?? '', /Accept/);
        const text = await response.text();
        assert.equal(/^model_feature_bin_observations_total/m.test(text), text[0] !== '{');
      });
    }

    it('is described as it is', async () => {
      const document = (await (await fetch(`${service.api}/openapi.json`)).json()) as any;
      const { content } = document.paths['/metrics'].get.responses[200];
      assert.deepEqual(Object.keys(content), ['application/json', 'text/plain']);
    });
  });
});
