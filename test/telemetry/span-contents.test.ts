import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { trimSpans } from '../../src/telemetry/span-contents.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { eventually, startTestService, type TestService } from '../support/service.ts';

const row = JSON.stringify({ age: 30, limit: 2000, history: 'good' });
const json = { 'content-type': 'application/json' };

describe('what spans contain of a request', () => {
  let sink: OtlpSink;
  let service: TestService;
  before(async () => {
    sink = await startOtlpSink();
    service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url });
  });
  after(async () => {
    await service.stop();
    sink.close();
  });

  /** Sends a request with this target, as it stands. @returns the answer */
  async function sendTo(target: string): Promise<string> {
    const { hostname, port, host } = new URL(service.api);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${row.length}\r\n\r\n${row}`,
    );
    return Buffer.concat(await socket.toArray()).toString();
  }

  it('includes neither a query nor credentials, and neither do logs and metrics', async () => {
    const { host } = new URL(service.api);
    const query = 'age=91.625&user=a-private-query';
    const targets = [
      `/predict?${query}`,
      `/predict?explain=true&${query}`,
      `/nowhere?${query}`,
      `/predict?${query}#a-private-fragment`,
      `http://a-private-user:a-private-word@${host}/predict?${query}`,
      `//a-private-user:a-private-word@${host}/predict?${query}`,
      `http://[::1/predict?${query}`,
    ];
    const answers = [];
    for (const target of targets) answers.push(await sendTo(target));
    assert.match(answers[0], /^HTTP\/1\.1 200 /);
    assert.match(answers[1], /"reasons":/);
    // spans leave in the order in which they ended: with this one, those would be there
    await fetch(`${service.api}/predict`, {
      method: 'POST',
      headers: { ...json, 'user-agent': 'last' },
      body: row,
    });
    await eventually(() =>
      assert.ok(sink.spans.some(({ attributes }) => attributes['user_agent.original'] === 'last')),
    );
    assert.ok(sink.spans.some(({ attributes }) => attributes['url.path'] === '/nowhere'));
    const metrics = await (await fetch(`${service.admin}/metrics`)).text();
    for (const told of [JSON.stringify(sink.spans), JSON.stringify(service.logLines()), metrics]) {
      assert.doesNotMatch(told, /a-private|91\.625/);
    }
  });

  it('is at most 256 characters of each header and address', async () => {
    const answer = await fetch(`${service.api}/predict/${'p'.repeat(2000)}`, {
      method: 'POST',
      headers: { ...json, 'user-agent': `long ${'u'.repeat(5000)}` },
      body: row,
    });
    assert.equal(answer.status, 404);
    const span = await eventually(() => {
      const found = sink.spans.find(({ attributes }) =>
        String(attributes['user_agent.original']).startsWith('long'),
      );
      assert.ok(found);
      return found;
    });
    assert.equal(String(span.attributes['user_agent.original']).length, 256);
    for (const value of Object.values(span.attributes)) assert.ok(String(value).length <= 256, String(value));
  });
});

describe('the trimming of spans', () => {
  it('leaves no query and no credentials in any attribute of an address, and shortens what has failed', () => {
    const exporter = new InMemorySpanExporter();
    const provider = new TracerProvider({
      spanLimits: { attributeValueLengthLimit: 40 },
      spanProcessors: [trimSpans(new SimpleSpanProcessor({ exporter }), 40)],
    });
    const span = provider.getTracer('test').startSpan('GET', {
      attributes: {
        'url.full': 'https://me:word@host:8443/a/path?age=91#end',
        'http.url': 'http://host/a?age=91',
        'http.target': '/a/b?age=91',
        'url.query': 'age=91',
        'url.path': '/a/path/that/stays',
      },
    });
    span.recordException(new Error('x'.repeat(100)));
    span.setStatus({ code: 2, message: 'y'.repeat(100) });
    span.end();
    const [{ attributes, status, events }] = exporter.getFinishedSpans();
    assert.deepEqual(attributes, {
      'url.full': 'https://host:8443/a/path',
      'http.url': 'http://host/a',
      'http.target': '/a/b',
      'url.path': '/a/path/that/stays',
    });
    assert.equal(status.message, 'y'.repeat(40));
    assert.equal(events[0].attributes?.['exception.message'], 'x'.repeat(40));
  });
});
