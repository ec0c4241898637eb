import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endedStart } from './support/ended-start.ts';
import { type OtlpSink, startOtlpSink } from './support/otlp-sink.ts';
import { halfSent } from './support/raw-connection.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  startTestService,
  type TestService,
} from './support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const program = fileURLToPath(new URL('./support/programs/end-waits.ts', import.meta.url));
/** A stop may take a minute, which {@link endWaits} lets pass. */
const waitsEnded = { NODE_OPTIONS: `--import=${program}`, SHUTDOWN_TIMEOUT_MS: '60000' };

describe('a stop', () => {
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    it(`by ${name} answers what is in flight, keeps every sample, log line and span, and exits with 0`, async () => {
      const sink = await startOtlpSink();
      const service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url });
      try {
        const answers = await Promise.all(
          Array.from({ length: 100 }, () => postJson(`${service.api}/predict`, row)),
        );
        const late = await halfSent(service.api, row);
        const ended = service.signal(name);
        await refused(service.api);
        const ready = await fetch(`${service.admin}/ready`);
        assert.equal(ready.status, 503);
        assert.equal(((await ready.json()) as any).detail, 'the service is draining');
        late.finish();
        assert.match(await late.closed, /HTTP\/1\.1 200 OK[\s\S]*connection: close/i);
        const { code } = await ended;
        assert.equal(code, 0);
        const samples = await readJsonLines(service.samplesPath);
        const kept = new Set(samples.map(({ id }) => id));
        assert.equal(kept.size, 101);
        assert.ok(answers.every(({ body }) => kept.has(body.id)));
        assert.equal(service.logLines().filter(({ event }) => event === 'predict').length, 101);
        assert.equal(sink.spans.filter((span) => span.name === 'predict').length, 101);
      } finally {
        await service.stop();
        sink.close();
      }
    });
  }

  it('answers and stores outcomes that are in progress on the admin listener', async () => {
    const service = await startTestService();
    try {
      const { id } = (await postJson(`${service.api}/predict`, row)).body;
      const late = await halfSent(service.admin, { id, outcome: 'good' }, '/outcomes');
      const ended = service.signal('SIGTERM');
      await refused(service.admin);
      late.finish();
      assert.match(await late.closed, /HTTP\/1\.1 202 [\s\S]*"accepted":1/);
      assert.equal((await ended).code, 0);
      assert.deepEqual(
        (await readJsonLines(service.outcomesPath)).map((line) => line.id),
        [id],
      );
    } finally {
      await service.stop();
    }
  });

  const hang = (sink: OtlpSink) => {
    sink.behave = () => {};
  };
  const refuse = (sink: OtlpSink) => sink.close();
  for (const [what, fault] of [
    ['hangs', hang],
    ['is gone', refuse],
  ] as const) {
    it(`is done in time when the Collector ${what}`, async () => {
      const sink = await startOtlpSink();
      fault(sink);
      // that it ends although the export does not shows that the stop is bounded
      const service = await startTestService({
        ...waitsEnded,
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_EXPORTER_OTLP_TIMEOUT: '600000',
      });
      try {
        for (let i = 0; i < 20; i++) await postJson(`${service.api}/predict`, row);
        const ended = service.signal('SIGTERM');
        await eventually(async () => assert.equal((await readJsonLines(service.samplesPath)).length, 20));
        assert.equal(await endWaits(service, ended), 0);
      } finally {
        await service.stop();
        sink.close();
      }
    });
  }

  it('does not wait for a client that never finishes', async () => {
    const service = await startTestService(waitsEnded);
    try {
      const { closed } = await halfSent(service.api, row);
      const ended = service.signal('SIGTERM');
      await refused(service.api);
      assert.equal(await endWaits(service, ended), 0);
      assert.match(await closed, /^HTTP\/1\.1 100 Continue\s*$/);
    } finally {
      await service.stop();
    }
  });
});

describe('an impossible start', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-'));
  });
  after(() => rm(folder, { recursive: true }));

  const start = (env: Record<string, string>) =>
    endedStart({
      SAMPLES_PATH: join(folder, 's.jsonl'),
      OUTCOMES_PATH: join(folder, 'o.jsonl'),
      ...env,
    });

  const cases: [string, Record<string, string>, RegExp][] = [
    [
      'an unknown sampler',
      { OTEL_TRACES_SAMPLER: 'sometimes' },
      /OTEL_TRACES_SAMPLER=sometimes: .*always_on/,
    ],
    ['a port that is none', { PORT: '80000' }, /PORT=80000: /],
    [
      'a model that is not there',
      { MODEL_PATH: '/nowhere/m.json' },
      /MODEL_PATH: \/nowhere\/m\.json: .*no such file/,
    ],
    ['a ratio above 1', { SAMPLES_RATIO: '2' }, /SAMPLES_RATIO=2: /],
    [
      'an endpoint that is no URL',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'htp://user:hunter2@collector' },
      /OTEL_EXPORTER_OTLP_ENDPOINT: (?!.*hunter2)/,
    ],
  ];
  for (const [what, env, message] of cases) {
    it(`says in one line that it has ${what}`, () => {
      const { status, stderr, stdout } = start(env);
      assert.equal(status, 1);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, '');
    });
  }

  it('says where a damaged model is faulty', async () => {
    const path = join(folder, 'damaged.json');
    await writeFile(path, '{"formatVersion":1,"name":5}');
    const { status, stderr } = start({ MODEL_PATH: path });
    assert.equal(status, 1);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
    assert.match(stderr, /damaged\.json: \w+/);
  });

  it('says which port is taken, and leaves nothing open', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { status, stderr } = start({ PORT: String(port) });
    server.close();
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(` HOST, PORT: .* 127\\.0\\.0\\.1:${port}: the port is in use`));
  });

  it('does not print a secret that it cannot use', () => {
    const { status, stderr } = start({ OUTCOME_DEDUP_URL: 'http://user:hunter2@host' });
    assert.equal(status, 1);
    assert.doesNotMatch(stderr, /hunter2/);
  });
});

/** Ends all that a service which is being stopped waits for; the exit code. */
async function endWaits(
  { process: child }: TestService,
  ended: Promise<{ code: number | null }>,
): Promise<number | null> {
  await eventually(() => {
    child.kill('SIGUSR2');
    assert.ok(child.exitCode !== null || child.signalCode !== null);
  });
  return (await ended).code;
}

/** Waits until nobody listens any more. */
async function refused(api: string): Promise<void> {
  const { port, hostname } = new URL(api);
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (!isOpen) return;
  }
}
