import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { limits, maxHeadersCount, maxRequestsPerSocket } from '../src/http/listener.ts';
import { observationLimits } from '../src/http/observation-intake.ts';
import { outcomeLimits } from '../src/http/outcome-items.ts';
import { predictLimits } from '../src/http/predict-rows.ts';
import { settings } from '../src/settings/config.ts';
import { openConnection, predictRequest } from './support/connection.ts';
import { halfSent, openRaw } from './support/raw-connection.ts';
import { eventually, postJson, root, startTestService, type TestService } from './support/service.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const program = (name: string) => fileURLToPath(new URL(`./support/programs/${name}`, import.meta.url));
const json = { 'content-type': 'application/json' };

const headerText = (headers: Headers) =>
  `\n${[...headers].map(([name, value]) => `${name}: ${value}`).join('\n')}\n`;

/** @param head the headers of an answer in lower case, a line each */
function assertSecure(head: string): void {
  assert.match(head, /\nx-content-type-options: nosniff\r?\n/);
  assert.match(head, /\ncache-control: no-store\r?\n/);
  assert.match(head, /\ncontent-security-policy: default-src 'none';(?:[^\n]*;)? frame-ancestors 'none'/);
  assert.doesNotMatch(head, /\n(server|x-powered-by|access-control-[a-z-]+):/);
}

describe('security', () => {
  let service: TestService;

  before(async () => {
    service = await startTestService({ MAX_CONCURRENT_REQUESTS: '1' });
  });
  after(() => service?.stop());

  describe('headers', () => {
    const post = (body: string, headers: Record<string, string> = json) => ({
      method: 'POST',
      body,
      headers,
    });
    const answers: [string, number, 'api' | 'admin', string, RequestInit?][] = [
      ['a prediction', 200, 'api', '/predict', post(JSON.stringify(row))],
      ['malformed JSON', 400, 'api', '/predict', post('{')],
      ['no such path', 404, 'api', '/nowhere'],
      ['another method', 405, 'api', '/predict'],
      ['OPTIONS', 204, 'api', '/predict', { method: 'OPTIONS' }],
      ['HEAD', 200, 'api', '/health', { method: 'HEAD' }],
      ['too large a body', 413, 'api', '/predict', post('x'.repeat(20_000))],
      ['another type', 415, 'api', '/predict', post('x', { 'content-type': 'text/html' })],
      ['an input that does not fit', 422, 'api', '/predict', post('{}')],
      ['the description', 200, 'api', '/openapi.json'],
      ['its page', 200, 'api', '/docs'],
      ['the page of the operator’s API', 200, 'admin', '/docs'],
      ['the summary', 200, 'api', '/metrics'],
      ['the summary, asked for as text', 200, 'api', '/metrics', { headers: { accept: 'text/plain' } }],
      ['metrics for the operator', 200, 'admin', '/metrics'],
      ['drift', 200, 'admin', '/drift'],
      ['performance', 200, 'admin', '/performance'],
      ['the page', 200, 'admin', '/'],
      ['the runbook', 200, 'admin', '/runbook'],
      ['outcomes', 202, 'admin', '/outcomes', post('[]')],
      ['no such path for the operator', 404, 'admin', '/nowhere'],
    ];
    for (const [what, status, listener, path, init] of answers) {
      it(`are on ${what} (${status})`, async () => {
        const response = await fetch(service[listener] + path, init);
        await response.text();
        assert.equal(response.status, status);
        assertSecure(headerText(response.headers));
      });
    }

    it('are on refusals because of overload (503)', async () => {
      const { socket } = await halfSent(service.api, row);
      const connection = openConnection(service.api);
      const { status, head } = await connection.send(predictRequest(JSON.stringify(row)));
      assert.equal(status, 503);
      assertSecure(head);
      connection.close();
      socket.destroy();
    });

    it('are on what is no HTTP (400), has no host (400) and on too many bytes of headers (431)', async () => {
      for (const [sent, status] of [
        ['hello\r\n\r\n', 400],
        ['GET /health HTTP/1.1\r\n\r\n', 400],
        [`GET /health HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
      ]) {
        const { socket, closed } = openRaw(service.api);
        socket.write(String(sent));
        const answer = await closed;
        assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
        assertSecure(answer.toLowerCase());
      }
    });

    it('are on what is refused for want of a token (401)', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
      const tokenFile = join(folder, 'token');
      await writeFile(tokenFile, 'a-token-0123456789abcdef0123456789');
      const guarded = await startTestService({ OUTCOMES_TOKEN_FILE: tokenFile }, folder);
      try {
        const { status, headers } = await postJson(`${guarded.api}/outcomes`, []);
        assert.equal(status, 401);
        assertSecure(headerText(headers));
      } finally {
        await guarded.stop();
      }
    });

    it('are on what a service says that is stopping (503), to a late request too (200)', async () => {
      const stopping = await startTestService();
      try {
        const { finish, received, closed } = await halfSent(stopping.api, row);
        stopping.process.kill('SIGTERM');
        await eventually(async () => {
          const response = await fetch(`${stopping.admin}/ready`);
          await response.text();
          assert.equal(response.status, 503);
          assertSecure(headerText(response.headers));
        });
        finish();
        await closed;
        const [, last] = received()
          .toLowerCase()
          .split(/(?=http\/1\.1 200 )/);
        assertSecure(last);
      } finally {
        await stopping.stop();
      }
    });
  });

  describe('limits of the server', () => {
    const bound = ({ bytes, rows }: { bytes: number; rows: number }) =>
      `${bytes / 2 ** 20} MiB and ${rows.toLocaleString('en')}`;

    it('are what docs/security.md says', async () => {
      const text = (await readFile(join(root, 'docs/security.md'), 'utf8')).replaceAll(/\s+/g, ' ');
      for (const stated of [
        `${limits.headersTimeout / 1000} s for its headers`,
        `${limits.requestTimeout / 1000} s in all`,
        `idle for \`KEEP_ALIVE_TIMEOUT_MS\` (${Number(settings.KEEP_ALIVE_TIMEOUT_MS.default) / 1000} s)`,
        `after ${maxRequestsPerSocket.toLocaleString('en')} requests`,
        `${limits.maxHeaderSize / 1024} KiB`,
        `${maxHeadersCount} of them`,
        `several rows to be predicted ${bound(predictLimits)} rows`,
        `\`/outcomes\` ${bound({ ...outcomeLimits, rows: outcomeLimits.items })} outcomes`,
        `\`/observations\` ${bound(observationLimits)} rows`,
      ]) {
        assert.ok(text.includes(stated), `docs/security.md does not say: ${stated}`);
      }
    });

    it('are in force: idle time, requests of a connection, number of headers', async () => {
      const ask = async (count: number) => {
        const { socket, closed } = openRaw(service.api);
        const headers = Array.from({ length: count }, (_, i) => `x-${i}: ${i}\r\n`).join('');
        socket.end(`GET /health HTTP/1.1\r\nhost: x\r\n${headers}x-request-id: last\r\n\r\n`);
        return (await closed).toLowerCase();
      };
      const answer = await ask(maxHeadersCount - 2);
      const idleS = Number(settings.KEEP_ALIVE_TIMEOUT_MS.default) / 1000;
      assert.match(answer, new RegExp(`\nkeep-alive: timeout=${idleS}, max=${maxRequestsPerSocket}\r\n`));
      assert.match(answer, /\nx-request-id: last\r\n/);
      // Node refuses what is beyond the limit or, before version 24, does not see it
      assert.match(await ask(maxHeadersCount), /^http\/1\.1 431 |\nx-request-id: (?!last)/);
    });
  });

  describe('a fault in the service itself', () => {
    it('is reported to the client without its message, and to the log with its stack, under the same request id', async () => {
      const broken = await startTestService({ NODE_OPTIONS: `--import=${program('broken-ids.ts')}` });
      try {
        const { status, headers, body } = await postJson(`${broken.api}/predict`, row);
        assert.equal(status, 500);
        assertSecure(headerText(headers));
        assert.equal(headers.get('content-type'), 'application/problem+json');
        assert.equal(body.type, 'urn:vigia:problem:internal');
        assert.doesNotMatch(JSON.stringify(body), /broken|secret|\.ts|node:|\bat /);
        const line = await eventually(() => {
          const found = broken.logLines().find(({ event }) => event === 'error');
          assert.ok(found);
          return found as { requestId: string; err: { message: string; stack: string } };
        });
        assert.equal(line.requestId, body.requestId);
        assert.match(line.err.message, /broken on purpose/);
        assert.match(line.err.stack, /token\.ts/);
        assert.equal((await fetch(`${broken.api}/health`)).status, 200, 'it lives on');
      } finally {
        await broken.stop();
      }
    });
  });

  describe('what a client sends', () => {
    const marker = 'planted';
    const traversal = `../../../../tmp/${marker}`;
    let watched: TestService;
    let said: { paths: string[]; inherited: string[]; own: string[] };

    before(async () => {
      watched = await startTestService({ NODE_OPTIONS: `--import=${program('witness.ts')}` });
      await testify();
      await sendAll();
      said = await testify();
    });
    after(() => watched?.stop());

    /** Everything a client can choose, with what would do harm if it were believed. */
    async function sendAll(): Promise<void> {
      const { api, admin } = watched;
      const forged = '{"level":50,"time":"now","event":"forged"}';
      for (const history of [
        traversal,
        `\n${forged}\n`,
        `\r\n${forged}`,
        `\u2028${forged}`,
        `","event":"forged`,
        '\u001b[2J',
      ]) {
        assert.equal((await postJson(`${api}/predict`, { ...row, history })).status, 200);
      }
      const pollution = [
        `{"__proto__":{"${marker}":1},"age":30,"limit":1,"history":"good"}`,
        `{"constructor":{"prototype":{"${marker}":1}},"age":30,"limit":1,"history":"good"}`,
        `{"age":{"__proto__":{"${marker}":1}},"limit":1,"history":"good"}`,
        `{"${traversal}":1}`,
      ];
      for (const body of pollution) assert.equal((await postJson(`${api}/predict`, body)).status, 422);
      const outcomes = [
        { id: traversal, outcome: 'good' },
        { id: '__proto__', outcome: '__proto__' },
        JSON.parse(`{"__proto__":{"${marker}":1},"id":"x","outcome":"good"}`),
      ];
      assert.equal((await postJson(`${admin}/outcomes`, outcomes)).status, 422);
      for (const id of [`a"b`, 'a\tb', 'a\u00e9b', 'x'.repeat(200)]) {
        const { headers } = await postJson(`${api}/predict`, row, {
          'x-request-id': id,
          traceparent: id,
          baggage: id,
        });
        assert.notEqual(headers.get('x-request-id'), id);
      }
      // characters that a path may hold may stand in a request id; it names no path
      await postJson(`${api}/predict`, row, { 'x-request-id': traversal });
      for (const path of [
        `/${marker}`,
        `/%2e%2e/%2e%2e/${marker}`,
        `/%0a${marker}`,
        '/__proto__',
        '/predict/constructor',
      ]) {
        assert.equal((await fetch(api + path)).status, 404);
        assert.equal((await fetch(admin + path)).status, 404);
      }
      // samples and outcomes that were waiting are on the disk now
      await eventually(async () => assert.match(await readFile(watched.samplesPath, 'utf8'), /planted/));
    }

    async function testify(): Promise<typeof said> {
      const count = () => watched.stderr().split('witness ').length;
      const before = count();
      watched.process.kill('SIGUSR2');
      await eventually(() => {
        assert.ok(count() > before);
        assert.ok(watched.stderr().endsWith('\n'));
      });
      return JSON.parse(watched.stderr().split('witness ').at(-1) ?? '');
    }

    it('never reaches a file path: only the files of the settings are used', () => {
      const allowed = [watched.samplesPath, watched.outcomesPath].flatMap((path) => [path, dirname(path)]);
      for (const path of said.paths) {
        assert.doesNotMatch(path, /planted/);
        assert.ok(
          allowed.some((one) => path === one || path.startsWith(`${watched.folder}/`)),
          `${path} was used while requests were answered`,
        );
      }
      assert.ok(
        said.paths.includes(watched.samplesPath),
        'the witness saw the files that are meant to be used',
      );
    });

    it('pollutes no prototype', () => {
      assert.deepEqual(said.inherited, []);
      assert.deepEqual(said.own, Object.getOwnPropertyNames(Object.prototype).sort());
    });

    it('cannot forge a line or a member of the log or the samples', async () => {
      await watched.signal('SIGTERM');
      const samples = (await readFile(watched.samplesPath, 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      const lines = watched.logLines();
      const predictions = lines.filter(({ event }) => event === 'predict');
      assert.equal(samples.length, predictions.length);
      for (const line of lines) {
        assert.notEqual(line.event, 'forged');
        assert.match(String(line.requestId ?? 'none'), /^[\w.:~+/=-]{1,128}$/);
      }
      const told = predictions.map(({ payload }) => (payload as { history: string }).history);
      assert.ok(told.includes('","event":"forged'), 'the text is kept, inside its string');
      assert.deepEqual(
        samples.map(({ features }) => features.history),
        told,
      );
    });
  });

  it('reveals no secret: not at the start, in the log, in an answer or in an error', async () => {
    const secrets = {
      key: 'k3y-0123456789abcdef0123456789abcdef',
      token: 't0ken-0123456789abcdef0123456789',
      password: 'passw0rd-in-the-url',
    };
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, secrets.token);
    const closed = `http://user:${secrets.password}@127.0.0.1:9`;
    const one = await startTestService(
      {
        OUTCOME_KEYS: secrets.key,
        OUTCOMES_TOKEN_FILE: tokenFile,
        OUTCOME_DEDUP_URL: closed.replace('http', 'redis'),
        OTEL_EXPORTER_OTLP_ENDPOINT: closed,
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${secrets.token}`,
        LOG_LEVEL: 'trace',
      },
      folder,
    );
    try {
      const { body } = await postJson(`${one.api}/predict`, row);
      const outcome = { id: body.id, outcome: 'good' };
      const told = [
        JSON.stringify(await postJson(`${one.api}/outcomes`, outcome)),
        JSON.stringify(await postJson(`${one.api}/outcomes`, outcome, { authorization: 'Bearer wrong' })),
        JSON.stringify(
          await postJson(`${one.api}/outcomes`, outcome, { authorization: `Bearer ${secrets.token}` }),
        ),
      ];
      for (const url of [one.api, one.admin]) {
        for (const path of ['/', '/metrics', '/openapi.json', '/docs', '/drift', '/performance', '/ready']) {
          told.push(await (await fetch(url + path)).text());
        }
      }
      await one.signal('SIGTERM');
      const all = [...told, one.stderr(), JSON.stringify(one.logLines())].join('\n');
      assert.match(one.stderr(), /Ids {6}signed with the key that is set/);
      for (const [what, secret] of Object.entries(secrets)) {
        assert.ok(!all.includes(secret), `the ${what} is told`);
      }
    } finally {
      await one.stop();
    }
  });
});
