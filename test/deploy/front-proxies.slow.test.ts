import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { createAuthority } from '../support/certificates.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { startProxy, type TestProxy } from '../support/proxies.ts';
import { eventually, root, startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

const names = { public: 'vigia.example.com', admin: 'vigia-admin.example.com' };
// as long as what `openssl rand -base64 32` prints
const apiKey = 'key-of-the-loans-team/0123456789+0123456789=';
const token = 'token-of-those-who-report-0123456789';
const password = 'secret-of-ada';
const row = JSON.stringify({ age: 30, limit: 2000, history: 'good' });
const withKey = { authorization: `Bearer ${apiKey}` };
const withToken = { authorization: `Bearer ${token}` };
const withPassword = { authorization: `Basic ${Buffer.from(`ada:${password}`).toString('base64')}` };

type Answer = { status: number; headers: IncomingHttpHeaders; body: string };
type Options = {
  host?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Name of the client's certificate. */
  certificate?: string;
  agent?: Agent;
};

/** A shipped configuration with values of the test; every one of them must occur in it. */
function adapt(file: string, values: Record<string, string>): string {
  let text = readFileSync(join(root, 'deploy/proxy', file), 'utf8');
  for (const [old, value] of Object.entries(values)) {
    assert.ok(text.includes(old), `${file} has no ${old}`);
    text = text.replaceAll(old, value);
  }
  return text;
}

const addresses = (service: TestService) => ({
  '127.0.0.1:8000': new URL(service.api).host,
  '127.0.0.1:9464': new URL(service.admin).host,
});

/** Each proxy as its file configures it, with certificates from `authority`; the file of the root that signed them. */
const proxies = {
  nginx: {
    root: (folder: string) => join(folder, 'servers.pem'),
    start: (program: string, service: TestService, folder: string) =>
      startProxy(
        program,
        (own) => ['-p', own, '-c', join(own, 'config'), '-e', 'stderr'],
        (port, own) => {
          chmodSync(own, 0o755);
          const shipped = adapt('nginx.conf', {
            ...addresses(service),
            '/etc/nginx/vigia/': `${folder}/`,
            '/var/log/nginx/': `${own}/`,
            'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
            'rate=100r/s': 'rate=10r/s',
            'burst=200': 'burst=20',
          });
          writeFileSync(join(own, 'vigia.conf'), shipped);
          const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
          return `
            daemon off;
            worker_processes 1;
            pid ${own}/pid;
            events {}
            http {
              ${temporary.map((use) => `${use}_temp_path ${own}/${use};`).join('\n')}
              include ${own}/vigia.conf;
            }`;
        },
      ),
    hash: (openssl: string) => execFileSync(openssl, ['passwd', '-6', password], { encoding: 'utf8' }).trim(),
    admins: (hash: string) => `ada:${hash}\n`,
    keys: `"Bearer ${apiKey}" loans-team;\n`,
  },
  caddy: {
    root: (folder: string) => join(folder, 'caddy/pki/authorities/local/root.crt'),
    start: (program: string, service: TestService, folder: string) =>
      startProxy(
        program,
        (own) => ['run', '--config', join(own, 'config'), '--adapter', 'caddyfile'],
        (port) =>
          adapt('Caddyfile', {
            ...addresses(service),
            '/etc/caddy/vigia/': `${folder}/`,
            '\n{\n': `\n{\n\tlocal_certs\n\tskip_install_trust\n\tauto_https disable_redirects\n\tadmin off\n\thttps_port ${port}\n\tstorage file_system ${folder}/caddy\n`,
          }),
      ),
    hash: () =>
      execFileSync(requireCaddy, ['hash-password'], { input: `${password}\n`, encoding: 'utf8' }).trim(),
    admins: (hash: string) => `ada ${hash}\n`,
    keys: `"Bearer ${apiKey}" loans-team\n`,
  },
};
let requireCaddy = 'caddy';

for (const kind of ['nginx', 'caddy'] as const) {
  describe(`${kind} in front of the service, as deploy/proxy configures it`, function () {
    this.slow(5_000);
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    let service: TestService;
    let sink: OtlpSink;
    let proxy: TestProxy;
    let port: number;

    before(async function () {
      const program = requireTool(this, kind);
      if (kind === 'caddy') requireCaddy = program;
      const openssl = requireTool(this, 'openssl');
      folder = await temporaryFolder();
      // nginx reads some of the files as a user of its own
      chmodSync(folder.path, 0o755);
      const servers = createAuthority(openssl, folder.path, 'servers');
      const { certificate, key } = servers.sign('vigia', Object.values(names));
      for (const [from, to] of [
        [certificate, 'vigia-admin.pem'],
        [key, 'vigia-admin.key'],
      ])
        writeFileSync(join(folder.path, to), readFileSync(from));
      createAuthority(openssl, folder.path, 'clients-ca').sign('loans-batch');
      createAuthority(openssl, folder.path, 'strangers-ca').sign('stranger');
      const { hash, admins, keys, start } = proxies[kind];
      writeFileSync(join(folder.path, 'admins'), admins(hash(openssl)), { mode: 0o644 });
      writeFileSync(join(folder.path, 'api-keys'), keys);
      mkdirSync(join(folder.path, 'secrets'));
      writeFileSync(join(folder.path, 'secrets/token'), `${token}\n`);
      sink = await startOtlpSink();
      service = await startTestService({
        ALLOWED_HOSTS: Object.values(names).join(','),
        OUTCOMES_TOKEN_FILE: join(folder.path, 'secrets/token'),
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_BSP_SCHEDULE_DELAY: '50',
      });
      proxy = await start(program, service, folder.path);
      port = Number(new URL(proxy.url).port);
      await eventually(() => send('/health'));
    });
    after(async () => {
      await proxy?.stop();
      await service?.stop();
      sink?.close();
      await folder?.[Symbol.asyncDispose]();
    });

    /** The answer, as soon as its head has arrived. TLS is verified as any client would. */
    async function open(path: string, options: Options = {}): Promise<IncomingMessage> {
      const {
        host = names.public,
        method = 'GET',
        headers = {},
        body,
        certificate,
        agent = new Agent(),
      } = options;
      const file = (name: string) => readFileSync(join(folder.path, name));
      const outgoing = request({
        agent,
        host: '127.0.0.1',
        port,
        path,
        method: body === undefined ? method : 'POST',
        servername: host,
        headers: { host, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ca: readFileSync(proxies[kind].root(folder.path)),
        ...(certificate && { cert: file(`${certificate}.pem`), key: file(`${certificate}.key`) }),
      });
      outgoing.end(body);
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      // it may be cut off while it still sends a body that is too long
      outgoing.on('error', () => {});
      return response;
    }

    async function send(path: string, options: Options = {}): Promise<Answer> {
      const response = await open(path, options);
      let body = '';
      for await (const chunk of response.setEncoding('utf8')) body += chunk;
      return { status: response.statusCode ?? 0, headers: response.headers, body };
    }

    function assertProblem(answer: Answer, status: number): void {
      assert.equal(answer.status, status);
      assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/);
      assert.equal(JSON.parse(answer.body).status, status);
      assert.ok(JSON.parse(answer.body).requestId);
    }

    it('lets callers with a key or a certificate predict, and no others', async () => {
      const accepted = await send('/predict', { body: row, headers: withKey });
      assert.equal(accepted.status, 200);
      assert.ok(JSON.parse(accepted.body).id);
      assert.match(accepted.headers['strict-transport-security'] ?? '', /max-age/);
      assert.equal((await send('/predict', { body: row, certificate: 'loans-batch' })).status, 200);
      for (const path of ['/predict', '/models/credit/predict', '/v2/models/credit/infer']) {
        assertProblem(await send(path, { body: row }), 401);
        assertProblem(await send(path, { body: row, headers: { authorization: 'Bearer guess' } }), 401);
      }
      assert.equal((await send('/predict', { body: row })).headers['www-authenticate'], 'Bearer');
      // nginx says so in HTTP, Caddy in TLS
      const stranger = await send('/predict', { body: row, certificate: 'stranger' }).catch(() => undefined);
      assert.ok(stranger === undefined || stranger.status === 400, String(stranger?.status));
    });

    it('publishes what is for clients, and nothing else', async () => {
      assert.equal((await send('/health')).status, 200);
      assert.equal((await send('/models', { headers: withKey })).status, 200);
      assert.equal((await send('/docs', { headers: withKey })).status, 200);
      for (const path of ['/metrics', '/ready', '/', '/drift'])
        assertProblem(await send(path, { headers: withKey }), 404);
      await assert.rejects(send('/health', { host: 'other.example.com' }));
    });

    it('leaves the token of outcomes and observations to the service', async () => {
      const observation = JSON.stringify({ features: JSON.parse(row), score: 0.3 });
      for (const path of ['/observations', '/models/credit/observations'])
        assert.equal((await send(path, { body: observation, headers: withToken })).status, 202, path);
      const refused = await send('/observations', { body: observation, headers: withKey });
      assert.equal(refused.status, 401);
      assert.match(refused.body, /urn:vigia:problem:unauthorized/);
      const { id } = JSON.parse((await send('/predict', { body: row, headers: withKey })).body);
      const outcome = JSON.stringify({ id, outcome: 'good' });
      assert.equal((await send('/outcomes', { body: outcome, headers: withToken })).status, 202);
    });

    it('lets bodies be as long as the service does, and no longer', async () => {
      const observation = { features: JSON.parse(row), score: 0.3, key: 'k'.repeat(120) };
      const long = JSON.stringify(Array(10_000).fill(observation), null, 4);
      assert.ok(long.length > 2 ** 21);
      assert.equal((await send('/observations', { body: long, headers: withToken })).status, 202);
      for (let i = 0; i < 3; i++) {
        const answer = await send('/predict', {
          body: row + ' '.repeat(3 * 1024 * 1024),
          certificate: 'loans-batch',
        });
        assertProblem(answer, 413);
      }
    });

    it('gives each request an id, and does not believe what a client says about itself', async () => {
      const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
      const answer = await send('/predict', {
        body: row,
        headers: {
          ...withKey,
          'x-request-id': 'chosen-by-the-client',
          'x-forwarded-for': '203.0.113.7',
          traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
        },
      });
      const id = answer.headers['x-request-id'];
      assert.ok(id && id !== 'chosen-by-the-client');
      const line = await eventually(() => {
        const found = service.logLines().find(({ requestId }) => requestId === id);
        assert.ok(found);
        return found;
      });
      assert.notEqual(line.trace_id, traceId);
      const span = await eventually(() => {
        const found = sink.spans.find(({ traceId, kind }) => traceId === line.trace_id && kind === 2);
        assert.ok(found);
        return found;
      });
      assert.equal(span.attributes['client.address'], '127.0.0.1');
    });

    it('asks for a password in front of the admin listener, and keeps it to itself', async () => {
      const host = names.admin;
      const refused = await send('/', { host });
      assert.equal(refused.status, 401);
      assert.match(refused.headers['www-authenticate'] ?? '', /^Basic /);
      const page = await send('/', { host, headers: withPassword });
      assert.equal(page.status, 200);
      assert.match(page.body, /<h1/);
      const metrics = await send('/metrics', { host, headers: withPassword });
      assert.match(metrics.body, /^model_predictions_total\{/m);
    });

    it('passes the updates of the home page on as they happen', async () => {
      const response = await open('/updates', { host: names.admin, headers: withPassword });
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      const events = () => text.split('\n\n').length - 1;
      await eventually(() => assert.equal(events(), 1));
      await send('/predict', { body: row, headers: withKey });
      await eventually(() => assert.ok(events() > 1));
      response.destroy();
    });

    if (kind === 'nginx') {
      it('limits how much a caller sends, and only that caller', async () => {
        const agent = new Agent({ keepAlive: true });
        const answers = Array.from({ length: 60 }, () =>
          send('/predict', { body: row, headers: withKey, agent }),
        );
        const statuses = (await Promise.all(answers)).map(({ status }) => status);
        agent.destroy();
        const rejected = statuses.filter((status) => status === 429).length;
        assert.ok(rejected > 0 && rejected < 60, String(rejected));
        assert.equal((await send('/predict', { body: row, certificate: 'loans-batch' })).status, 200);
      });
    }

    it('answers with a problem document while the service is down', async () => {
      await service.signal('SIGTERM');
      assertProblem(await send('/predict', { body: row, certificate: 'loans-batch' }), 502);
    });
  });
}

describe('the proxies of deploy/proxy', () => {
  it('close idle connections to the service before it does', async () => {
    const { readSetting } = await import('../../src/settings/config.ts');
    const serviceMs = readSetting({}, 'KEEP_ALIVE_TIMEOUT_MS');
    const nginx = [...adapt('nginx.conf', {}).matchAll(/keepalive_timeout (\d+)s;/g)];
    const caddy = [...adapt('Caddyfile', {}).matchAll(/keepalive (\d+)s$/gm)];
    assert.equal(nginx.length, 2);
    assert.equal(caddy.length, 1);
    for (const [, seconds] of [...nginx, ...caddy]) assert.ok(Number(seconds) * 1000 <= serviceMs - 5_000);
  });
});
