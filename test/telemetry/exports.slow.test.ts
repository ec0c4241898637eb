import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { eventually, postJson, seriesValue, startTestService, type TestService } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const soon = { OTEL_BSP_SCHEDULE_DELAY: '50' };

/** What the log says of the tracing so far. */
function messages(service: TestService, event = 'tracing'): string[] {
  return service
    .logLines()
    .filter((line) => line.event === event)
    .map((line) => String(line.msg));
}

async function spanCounts(service: TestService): Promise<Record<string, number | undefined>> {
  const text = await (await fetch(`${service.admin}/metrics`)).text();
  const dropped = (reason: string) => seriesValue(text, 'otel_spans_dropped_total', { reason });
  return {
    exported: seriesValue(text, 'otel_spans_exported_total'),
    rejected: dropped('rejected'),
    failed: dropped('export_failed'),
    queueFull: dropped('queue_full'),
  };
}

/** Predicts until the counts are right: how many spans a request has is not looked at here. */
async function predictUntil(
  service: TestService,
  isRight: (counts: Record<string, number | undefined>) => boolean,
): Promise<Record<string, number | undefined>> {
  await postJson(`${service.api}/predict`, row);
  return eventually(async () => {
    const counts = await spanCounts(service);
    assert.ok(isRight(counts), JSON.stringify(counts));
    return counts;
  });
}

describe('what a receiver says of spans that it has not taken', () => {
  let sink: OtlpSink;
  let service: TestService;
  let answer = '{}';

  before(async () => {
    sink = await startOtlpSink();
    sink.behave = (response) => response.setHeader('content-type', 'application/json').end(answer);
    // long enough for the spans of a request to be sent together
    service = await startTestService({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_BSP_SCHEDULE_DELAY: '1000',
    });
  });
  after(async () => {
    await service.stop();
    sink.close();
  });

  it('is counted as lost, and said once', async () => {
    // a 64-bit integer is a string in OTLP's JSON; more than were sent cannot be lost
    answer = '{"partialSuccess":{"rejectedSpans":"1000","errorMessage":"the quota is used up"}}';
    const first = await predictUntil(service, ({ rejected = 0 }) => rejected > 0);
    assert.equal(first.exported, 0);
    const sent = first.rejected ?? 0;
    assert.ok(sent < 1000);
    await predictUntil(service, ({ rejected = 0 }) => rejected > sent);
    const said = await eventually(() => {
      assert.ok(messages(service).length > 0);
      return messages(service);
    });
    assert.equal(said.length, 1, said.join('\n'));
    assert.match(said[0], /rejects \d+ of \d+, saying: the quota is used up/);
  });

  it('is counted span by span', async () => {
    answer = '{"partialSuccess":{"rejectedSpans":1}}';
    const before = await spanCounts(service);
    const after = await predictUntil(service, ({ exported = 0 }) => exported > 0);
    assert.equal((after.rejected ?? 0) - (before.rejected ?? 0), 1);
  });

  it('is said again when it has been well in between', async () => {
    answer = '{}';
    const { exported = 0 } = await spanCounts(service);
    await predictUntil(service, (counts) => (counts.exported ?? 0) > exported);
    await eventually(() => assert.match(messages(service).at(-1) ?? '', /exported again/));
    answer = '{"partialSuccess":{"rejectedSpans":2,"errorMessage":"still"}}';
    const { rejected = 0 } = await spanCounts(service);
    await predictUntil(service, (counts) => (counts.rejected ?? 0) > rejected);
    await eventually(() => assert.match(messages(service).at(-1) ?? '', /rejects 2 of \d+, saying: still/));
  });

  it('is a warning where none was rejected', async () => {
    answer = '{"partialSuccess":{"errorMessage":"attributes will be cut soon"}}';
    const { exported = 0, rejected } = await spanCounts(service);
    const after = await predictUntil(service, (counts) => (counts.exported ?? 0) > exported);
    assert.equal(after.rejected, rejected);
    await eventually(() =>
      assert.match(messages(service).at(-1) ?? '', /warns: attributes will be cut soon/),
    );
  });
});

describe('a receiver that is none', () => {
  for (const [format, answer] of [
    ['http/json', '<!doctype html><title>Traces</title>'],
    ['http/protobuf', '<!doctype html><title>Traces</title>'],
  ] as const) {
    it(`and takes everything with a page is warned of once, in ${format}`, async () => {
      const sink = await startOtlpSink();
      sink.behave = (response) => response.end(answer);
      const service = await startTestService({
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: format,
        ...soon,
      });
      try {
        const { exported = 0 } = await predictUntil(service, (counts) => (counts.exported ?? 0) > 0);
        await predictUntil(service, (counts) => (counts.exported ?? 0) > exported);
        await eventually(() => assert.ok(messages(service).length > 0));
        const said = messages(service);
        assert.equal(said.length, 1, said.join('\n'));
        assert.match(said[0], /127\.0\.0\.1:\d+ answers with success, but not in OTLP/);
      } finally {
        await service.stop();
        sink.close();
      }
    });
  }
});

describe('an export that fails', () => {
  const secret = 'hunter2-and-more';
  const answers: [string, (sink: OtlpSink) => Record<string, string>, number, RegExp][] = [
    [
      'because the path is there twice',
      ({ url }) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/v1/traces` }),
      404,
      /404 Not Found at \/v1\/traces\/v1\/traces: .*omit it/,
    ],
    [
      'because the path is missing',
      ({ url }) => ({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url }),
      404,
      /404 Not Found at \/: .*OTEL_EXPORTER_OTLP_TRACES_ENDPOINT/,
    ],
    [
      'because the credentials are wrong',
      ({ url }) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url }),
      401,
      /401 .*OTEL_EXPORTER_OTLP_HEADERS/,
    ],
    [
      'because it is forbidden',
      ({ url }) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url }),
      403,
      /403 .*OTEL_EXPORTER_OTLP_HEADERS/,
    ],
    ['because it is too large', ({ url }) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url }), 413, /413 .*BATCH_SIZE/],
    [
      'because of the receiver',
      ({ url }) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url }),
      500,
      /500 Internal Server Error/,
    ],
  ];
  for (const [what, env, status, message] of answers) {
    it(`${what} is counted and said once, without secrets`, async () => {
      const sink = await startOtlpSink();
      sink.behave = (response) => response.writeHead(status).end(`no entry for ${secret}`);
      const service = await startTestService({
        ...env(sink),
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${secret}`,
        OTEL_LOG_LEVEL: 'all',
        ...soon,
      });
      try {
        const { failed = 0 } = await predictUntil(service, (counts) => (counts.failed ?? 0) > 0);
        await predictUntil(service, (counts) => (counts.failed ?? 0) > failed);
        const said = await eventually(() => {
          assert.ok(messages(service).length > 0);
          return messages(service);
        });
        assert.equal(said.length, 1, said.join('\n'));
        assert.match(said[0], message);
        const line = service.logLines().find(({ event }) => event === 'tracing');
        assert.equal(line?.trace_id, undefined, 'it is about no request');
        assert.doesNotMatch(JSON.stringify(service.logLines()) + service.stderr(), new RegExp(secret));
      } finally {
        await service.stop();
        sink.close();
      }
    });
  }

  const refusal = /nothing listens at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/;
  it('because nothing listens is said once, and again after it has been well', async () => {
    const sink = await startOtlpSink();
    const port = Number(new URL(sink.url).port);
    sink.close();
    const service = await startTestService({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
      ...soon,
    });
    let later: OtlpSink | undefined;
    // a slow machine may exceed OTEL_EXPORTER_OTLP_TIMEOUT as well, which is said in other words
    const assertRefusalsSaid = (times: number) =>
      eventually(async () => {
        await postJson(`${service.api}/predict`, row);
        assert.equal(messages(service).filter((text) => refusal.test(text)).length, times);
      });
    try {
      await predictUntil(service, (counts) => (counts.failed ?? 0) > 0);
      const { failed = 0 } = await spanCounts(service);
      await predictUntil(service, (counts) => (counts.failed ?? 0) > failed);
      await assertRefusalsSaid(1);
      later = await startOtlpSink(port);
      await eventually(async () => {
        await postJson(`${service.api}/predict`, row);
        assert.ok(((await spanCounts(service)).exported ?? 0) > 0);
      });
      await eventually(() => assert.match(messages(service).at(-1) ?? '', /exported again/));
      later.close();
      const before = (await spanCounts(service)).failed ?? 0;
      await predictUntil(service, (counts) => (counts.failed ?? 0) > before);
      await assertRefusalsSaid(2);
    } finally {
      await service.stop();
      later?.close();
    }
  });

  it('because nobody answers is said with the time', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const service = await startTestService({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      // the one for traces is the stronger
      OTEL_EXPORTER_OTLP_TIMEOUT: '600000',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '250',
      ...soon,
    });
    try {
      await predictUntil(service, (counts) => (counts.failed ?? 0) > 0);
      await eventually(() => assert.match(messages(service)[0] ?? '', /does not answer within 250 ms/));
    } finally {
      await service.stop();
      silent.closeAllConnections();
      silent.close();
    }
  });
});

describe('a queue that is full', () => {
  it('is said once, and what finds no place in it is counted', async () => {
    const sink = await startOtlpSink();
    // it never answers
    sink.behave = () => {};
    const service = await startTestService({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
      OTEL_BSP_MAX_QUEUE_SIZE: '1',
    });
    try {
      for (let i = 0; i < 5; i++) await postJson(`${service.api}/predict`, row);
      const { queueFull = 0 } = await predictUntil(service, (counts) => (counts.queueFull ?? 0) > 5);
      await predictUntil(service, (counts) => (counts.queueFull ?? 0) > queueFull);
      await eventually(() => assert.ok(messages(service).length > 0));
      assert.deepEqual(messages(service), ['spans are lost: 1 wait for their export already (said once)']);
    } finally {
      await service.stop();
      sink.close();
    }
  });
});

describe('a Collector that speaks TLS', () => {
  let folder: string;
  let sink: OtlpSink;
  const ca = () => join(folder, 'cert.pem');

  before(async function () {
    const openssl = requireTool(this, 'openssl');
    folder = await mkdtemp(join(tmpdir(), 'vigia-tls-'));
    execFileSync(
      openssl,
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
        .concat(['-keyout', join(folder, 'key.pem'), '-out', ca(), '-subj', '/CN=127.0.0.1'])
        .concat(['-addext', 'subjectAltName=IP:127.0.0.1']),
      { stdio: 'ignore' },
    );
    const [cert, key] = await Promise.all(
      [ca(), join(folder, 'key.pem')].map((path) => readFile(path, 'utf8')),
    );
    sink = await startOtlpSink(undefined, { cert, key });
  });
  after(async () => {
    sink?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  it('is not trusted without its CA, and that is said', async () => {
    const service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...soon });
    try {
      await predictUntil(service, (counts) => (counts.failed ?? 0) > 0);
      await eventually(() =>
        assert.match(messages(service)[0] ?? '', /not trusted .*OTEL_EXPORTER_OTLP_CERTIFICATE/),
      );
    } finally {
      await service.stop();
    }
  });

  it('gets the spans with its CA', async () => {
    const service = await startTestService({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_CERTIFICATE: `${ca()}\r`,
      ...soon,
    });
    try {
      await predictUntil(service, (counts) => (counts.exported ?? 0) > 0);
      assert.ok(sink.spans.length > 0);
    } finally {
      await service.stop();
    }
  });
});

describe('what the SDK says of itself', () => {
  it('is in the log as JSON, however much it is asked to say', async () => {
    const service = await startTestService({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hunter2pass@127.0.0.1:9',
      OTEL_LOG_LEVEL: ' Debug\t',
      LOG_LEVEL: 'warn',
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
      ...soon,
    });
    try {
      await predictUntil(service, (counts) => (counts.failed ?? 0) > 0);
      // each line is parsed: one that is not JSON would throw
      await eventually(() => assert.ok(messages(service, 'opentelemetry').length > 10));
      assert.ok(service.logLines().some(({ event, level }) => event === 'opentelemetry' && level === 20));
      assert.doesNotMatch(JSON.stringify(service.logLines()) + service.stderr(), /hunter2/);
    } finally {
      await service.stop();
    }
  });

  it('is nothing when all is well', async () => {
    const sink = await startOtlpSink();
    const service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...soon });
    try {
      await predictUntil(service, (counts) => (counts.exported ?? 0) > 0);
      assert.deepEqual([...messages(service), ...messages(service, 'opentelemetry')], []);
    } finally {
      await service.stop();
      sink.close();
    }
  });
});
